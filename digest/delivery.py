"""The outbox at work: claim, send, record. Never lost; a second copy only after a crash, then the same bytes."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Self

import structlog

from digest.message import address, envelope_sender
from digest.settings import DigestSettings, SmtpSettings
from digest.smtp import Line, MailServerError, Verdict, open_line
from storage.database import Database
from storage.digests import issue_message
from storage.outbox import Claim, DeliveryState, Outcome, claim, is_due, postpone, release, settle

log = structlog.get_logger()

# Waits before the next try of a reader whose server says "later"; the last one repeats.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
GIVE_UP_AFTER = timedelta(hours=12)
# Waits while the server is down or refuses us: short, so that readers have the issue minutes after it recovers.
SERVER_DOWN = timedelta(minutes=4)
ANSWERS_A_MESSAGE = 5  # MAIL, RCPT, DATA, the message, RSET: each may take the full time-out
SPARE = timedelta(seconds=60)

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
            while _anything_due(database, clock()):
                # The line is opened before a claim, so that a lease has to outlast one message only.
                line = courier.line()
                claimed = _claim(database, settings, clock())
                if claimed is None:
                    break
                verdict, answer = _send(database, settings, line, claimed, now=clock())
                report.count(_settle(database, claimed, verdict, answer, now=clock()))
        except MailServerError as error:
            _stop(database, str(error), clock(), report)
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


def _anything_due(database: Database, now: datetime) -> bool:
    with database.reader() as session:
        return is_due(session, now=now)


def _claim(database: Database, settings: DigestSettings, now: datetime) -> Claim | None:
    lease_for = timedelta(seconds=settings.smtp.timeout * ANSWERS_A_MESSAGE) + SPARE
    with database.writer() as session:
        return claim(session, now=now, lease_for=lease_for, lease=secrets.token_hex(16))


def _send(
    database: Database, settings: DigestSettings, line: Line, claimed: Claim, *, now: datetime
) -> tuple[Verdict, str]:
    with database.reader() as session:
        frozen = issue_message(session, claimed.issue_id)
    message = address(frozen, recipient=claimed.recipient, message_id=claimed.message_id)
    try:
        return line.send(message, sender=envelope_sender(settings), recipient=claimed.recipient)
    except MailServerError as error:
        with database.writer() as session:
            release(session, claimed, due_at=now, answer=str(error))
        raise


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
