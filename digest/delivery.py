"""The outbox at work: claim, send, record. Never lost; a second copy only after a crash, then the same bytes."""

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Self

import structlog

from digest.channels import send as send_to_channel
from digest.dkim import load_key, sign
from digest.frozen import unpack
from digest.links import unsubscribe_url
from digest.message import address, envelope_sender
from digest.settings import DigestSettings, SmtpSettings
from digest.smtp import Line, MailServerError, Verdict, open_line
from digest.variants import edition_of, variant_named
from storage.database import Database, Session
from storage.digests import issue_message
from storage.errors import ConfigurationError
from storage.issues import issue_content, issue_watch
from storage.outbox import Claim, DeliveryState, Outcome, Way, claim, is_due, postpone, release, settle
from storage.subscribers import subscriber_by_address
from storage.suppressions import suppress, suppression_of

log = structlog.get_logger()

# Waits before the next try of a reader whose server says "later"; the last one repeats.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
GIVE_UP_AFTER = timedelta(hours=12)
# Waits while the server is down or refuses us: short, so that readers have the issue minutes after it recovers.
SERVER_DOWN = timedelta(minutes=4)
ANSWERS_A_MESSAGE = 5  # MAIL, RCPT, DATA, the message, RSET: each may take the full time-out
SPARE = timedelta(seconds=60)
CHANNEL_LEASE = timedelta(minutes=5)
# A refusal for good, of the mailbox and not of the mail (RFC 3463: the address is wrong, or has moved without a trace).
NO_SUCH_MAILBOX = re.compile(r"5\d\d 5\.1\.(1|2|3|6|10)\b")

STATES = {
    Verdict.ACCEPTED: DeliveryState.SENT,
    Verdict.REFUSED: DeliveryState.FAILED,
    Verdict.LATER: DeliveryState.DEFERRED,
    Verdict.UNKNOWN: DeliveryState.UNCERTAIN,
}


@dataclass(slots=True)
class DeliveryReport:
    """What one round did. `errors` are sentences for the operator; `waiting` readers were not tried because of them."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    uncertain: int = 0
    waiting: int = 0
    errors: tuple[str, ...] = ()

    def count(self, state: DeliveryState) -> None:
        """Add one try that ended in `state`."""
        setattr(self, state.value, getattr(self, state.value) + 1)


def deliver_due(database: Database, settings: DigestSettings, *, clock: Callable[[], datetime]) -> DeliveryReport:
    """Send everything that is due, one message a reader. Safe to run in two processes at once.

    A refused reader costs that reader only; a server that is down or refuses us ends the round and is told in `errors`.
    """
    report = DeliveryReport()
    with Courier(settings.smtp) as courier:
        try:
            postman = Postman(database, settings)
            while _anything_due(database, clock()):
                # The line is opened before a claim, so that a lease has to outlast one message only.
                line = courier.line()
                claimed = _claim(database, "mail", _lease_for(settings), clock())
                if claimed is None:
                    break
                verdict, answer = postman.send(line, claimed, now=clock())
                report.count(_settle(database, claimed, verdict, answer, now=clock()))
        except (MailServerError, ConfigurationError) as error:
            _stop(database, str(error), clock(), report)
    _to_channels(database, settings, report, clock=clock)
    if report != DeliveryReport():
        log.info("delivery.finished", **asdict(report))
    return report


class Courier:
    """Keeps one line to the mail server and opens a new one when it was lost."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._open = ExitStack()
        self._line: Line | None = None

    def line(self) -> Line:
        """A line in working order. Raises MailServerError."""
        if self._line is None or self._line.lost:
            self._open.close()
            self._line = self._open.enter_context(open_line(self._settings))
        return self._line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()


class Postman:
    """Makes each reader's own bytes of an issue and hands them over."""

    def __init__(self, database: Database, settings: DigestSettings) -> None:
        self._database, self._settings = database, settings
        key_file = settings.dkim.key_file
        self._key = load_key(key_file) if key_file else None

    def send(self, line: Line, claimed: Claim, *, now: datetime) -> tuple[Verdict, str]:
        """One message to one reader. Raises MailServerError: it is us; the delivery is given back untried then."""
        with self._database.reader() as session:
            withheld = suppression_of(session, claimed.recipient)
            if withheld is not None:
                return Verdict.REFUSED, f"nothing is sent to this address: {withheld.reason}"
            message = self._message(session, claimed)
        if message is None:
            return Verdict.REFUSED, "the issue has no mail in this form"
        try:
            sender = envelope_sender(self._settings)
            verdict, answer = line.send(message, sender=sender, recipient=claimed.recipient)
        except MailServerError as error:
            with self._database.writer() as session:
                release(session, claimed, due_at=now, answer=str(error))
            raise
        if verdict is Verdict.REFUSED and NO_SUCH_MAILBOX.match(answer):
            with self._database.writer() as session:
                suppress(session, claimed.recipient, "refused", answer, now=now)
        return verdict, answer

    def _message(self, session: Session, claimed: Claim) -> bytes | None:
        try:
            frozen = issue_message(session, claimed.issue_id, claimed.variant)
        except LookupError:
            return None
        message = address(
            frozen,
            recipient=claimed.recipient,
            message_id=claimed.message_id,
            unsubscribe=way_out(session, self._settings, claimed),
            in_reply_to=claimed.in_reply_to,
        )
        dkim = self._settings.dkim
        if self._key is None or dkim.domain is None or dkim.selector is None:
            return message
        return sign(message, self._key, domain=dkim.domain, selector=dkim.selector)


def way_out(session: Session, settings: DigestSettings, claimed: Claim) -> str | None:
    """Where this reader leaves the watch this issue is of: the reader's own link, else that of the settings.

    Somebody who was sent an issue without being a reader writes to the sender: the body has a place for a link.
    """
    subscriber = subscriber_by_address(session, claimed.recipient)
    watch = issue_watch(session, claimed.issue_id)
    own = unsubscribe_url(settings, subscriber, watch) if subscriber and watch else None
    by_mail = f"mailto:{envelope_sender(settings)}?subject=unsubscribe" if settings.web_url else None
    return own or settings.unsubscribe or by_mail


def _to_channels(
    database: Database, settings: DigestSettings, report: DeliveryReport, *, clock: Callable[[], datetime]
) -> None:
    while True:
        claimed = _claim(database, "channel", CHANNEL_LEASE, clock())
        if claimed is None:
            return
        with database.reader() as session:
            content = issue_content(session, claimed.issue_id, edition_of(claimed.variant))
            watch = issue_watch(session, claimed.issue_id)
        if content is None or watch is None:
            verdict, answer = Verdict.REFUSED, "the issue says nothing"
        else:
            said = variant_named(claimed.variant).of(unpack(content))
            verdict, answer = send_to_channel(
                said,
                watch,
                claimed.recipient,
                settings,
                identity=claimed.message_id,
                replaces=claimed.in_reply_to,
                now=clock(),
            )
        report.count(_settle(database, claimed, verdict, answer, now=clock()))


def _anything_due(database: Database, now: datetime) -> bool:
    with database.reader() as session:
        return is_due(session, now=now)


def _lease_for(settings: DigestSettings) -> timedelta:
    return timedelta(seconds=settings.smtp.timeout * ANSWERS_A_MESSAGE) + SPARE


def _claim(database: Database, way: Way, lease_for: timedelta, now: datetime) -> Claim | None:
    if way == "channel":
        with database.reader() as session:
            if not is_due(session, way, now=now):
                return None
    with database.writer() as session:
        return claim(session, way, now=now, lease_for=lease_for, lease=secrets.token_hex(16))


def _settle(database: Database, claimed: Claim, verdict: Verdict, answer: str, *, now: datetime) -> DeliveryState:
    outcome = judge(claimed, verdict, answer, now=now)
    with database.writer() as session:
        settle(session, claimed, outcome, now=now)
    log.info("delivery.tried", delivery=claimed.id, issue=claimed.issue_id, state=outcome.state.value, answer=answer)
    return outcome.state


def judge(claimed: Claim, verdict: Verdict, answer: str, *, now: datetime) -> Outcome:
    """The new state of a delivery after one try, and when the next one is due."""
    state = STATES[verdict]
    if state in {DeliveryState.SENT, DeliveryState.FAILED}:
        return Outcome(state, answer)
    wait = BACK_OFF[min(claimed.attempts, len(BACK_OFF)) - 1]
    if now + wait > (claimed.first_refused_at or now) + GIVE_UP_AFTER:
        return Outcome(DeliveryState.FAILED, f"given up after {claimed.attempts} tries: {answer}")
    return Outcome(state, answer, now + wait)


def _stop(database: Database, error: str, now: datetime, report: DeliveryReport) -> None:
    """Nobody is tried for a while: whatever stands in the way stands in everybody's way."""
    with database.writer() as session:
        report.waiting = postpone(session, until=now + SERVER_DOWN, answer=error)
    report.errors = (error,)
    log.error("delivery.stopped", error=error, waiting=report.waiting)
