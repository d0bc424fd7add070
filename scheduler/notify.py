"""The operator is told of changes, once each: a round's changes are one message, an outbox row for every channel.

A change is told when the state in force differs from the one told last, so a crash, a mute or a state that came and
went between two rounds neither lose nor repeat anything. Readers of the digest are never told.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digest.settings import DigestSettings
from scheduler.channels import GiveUp, NotSent, send_mail, send_notification
from scheduler.settings import OperatorSettings
from scheduler.watch import Rows, rows_by_outlet
from scheduler.workdays import SEOUL
from storage.database import Database
from storage.health import (
    HealthRow,
    MessageClaim,
    OutletState,
    add_messages,
    claim_message,
    health_rows,
    note_told,
    outlet_marks,
    settle_message,
)
from storage.health.records import WHOLE_OUTLET
from storage.outlets import outlet_names
from storage.sources import source_addresses

log = structlog.get_logger()

MAIL, NOTIFY = "mail:", "notify:"
LEASE = timedelta(minutes=5)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
GIVE_UP_AFTER = timedelta(days=3)
OUR_NETWORK = 0.8  # when so many of all outlets fail at once, it is rather us
FEWEST_FOR_OUR_NETWORK = 5
HINT = (
    "`zgcwatch outlets health` shows all of them, `zgcwatch outlets test ID` looks at one,\n"
    "`zgcwatch outlets mute ID --until DATE` silences one, and after a redesign\n"
    "`zgcwatch outlets enable ID` takes what is read now as its new habit."
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said of one outlet: its own change, if any, and sources that are not as it is."""

    row: HealthRow
    is_changed: bool
    sources: tuple[HealthRow, ...]


def channels_of(operator: OperatorSettings) -> tuple[str, ...]:
    """The names of the channels as they are kept: an apprise URL holds secrets, so only its digest is."""
    mails = [f"{MAIL}{address}" for address in operator.mail]
    return (*mails, *(f"{NOTIFY}{_digest(url.get_secret_value())}" for url in operator.notify))


def tell_changes(database: Database, operator: OperatorSettings, *, now: datetime) -> int:
    """Put what the operator has not been told yet into the outbox, as one message for each channel; how many changes.

    Muted outlets wait until their mute ends; what is well again by then is never told.
    """
    channels = channels_of(operator)
    with database.writer() as session:
        rows = rows_by_outlet(health_rows(session))
        muted = {mark.outlet for mark in outlet_marks(session).values() if mark.is_muted(now)}
        notices = find_notices(rows, muted)
        if not notices:
            return 0
        names = {outlet: row.name for outlet, row in outlet_names(session).items()}
        subject = subject_of(notices)
        body = body_of(notices, rows, names, source_addresses(session))
        note_told(session, _told(notices, rows), now=now)
        if channels:
            add_messages(session, channels, round_id=secrets.token_hex(16), subject=subject, body=body, now=now)
        else:
            log.warning("health.untold", subject=subject, remedy="set operator.mail or operator.notify")
    return len(notices)


def find_notices(rows: Rows, muted: Collection[str] = ()) -> list[Notice]:
    """The outlets of which there is something to say, worst first."""
    notices = []
    for outlet, parts in rows.items():
        whole = parts.get(WHOLE_OUTLET)
        if whole is None or outlet in muted:
            continue
        is_changed = whole.state is not whole.told
        others = [row for source, row in parts.items() if source != WHOLE_OUTLET]
        told = [row for row in others if _is_worth_a_line(row, whole, is_changed)]
        if is_changed or told:
            notices.append(Notice(whole, is_changed, tuple(told)))
    order = list(OutletState)
    return sorted(notices, key=lambda notice: (order.index(notice.row.state), notice.row.outlet))


def _is_worth_a_line(source: HealthRow, whole: HealthRow, whole_is_told: bool) -> bool:
    """A source that is as its outlet is goes without saying; the others are said when they or their outlet changed."""
    if source.state is whole.state:
        return source.told is not source.state and source.told is not whole.told
    return whole_is_told or source.told is not source.state


def _told(notices: Sequence[Notice], rows: Rows) -> list[HealthRow]:
    return [row for notice in notices for row in rows[notice.row.outlet].values()]


def subject_of(notices: Sequence[Notice]) -> str:
    """One line that says how bad it is."""
    changed = [notice for notice in notices if notice.is_changed]
    well = sum(notice.row.state is OutletState.OK for notice in changed)
    off = sum(notice.row.state is OutletState.DISABLED for notice in changed)
    bad = len(changed) - well - off
    sources = len(notices) - len(changed)
    parts = [
        _counted(bad, "outlet needs a look", "outlets need a look"),
        _counted(sources, "outlet has a source that changed", "outlets have sources that changed"),
        _counted(well, "is well again", "are well again"),
        _counted(off, "is switched off", "are switched off"),
    ]
    return f"zgcwatch: {', '.join(part for part in parts if part)}"


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def body_of(notices: Sequence[Notice], rows: Rows, names: Mapping[str, str], addresses: Mapping[int, str]) -> str:
    """The message: an outlet a paragraph, worst first, and what to do next."""
    paragraphs = [_paragraph(notice, names, addresses) for notice in notices]
    network = _our_network(rows)
    return "\n\n".join([*([network] if network else []), *paragraphs, HINT]) + "\n"


def _paragraph(notice: Notice, names: Mapping[str, str], addresses: Mapping[int, str]) -> str:
    row = notice.row
    lines = [f"{names.get(row.outlet, row.outlet)} ({row.outlet}): {_said(row)}"]
    for source in notice.sources:
        lines += [f"  {addresses.get(source.source_id, 'a source')}", f"  {_said(source)}"]
    return "\n".join(lines)


def _said(row: HealthRow) -> str:
    since = row.since.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M")
    before = f", was {row.told.value}" if row.told not in {OutletState.OK, row.state} else ""
    return f"{row.state.value} since {since}{before}. {row.why}"


def _our_network(rows: Rows) -> str | None:
    states = [parts[WHOLE_OUTLET].state for parts in rows.values() if WHOLE_OUTLET in parts]
    on = [state for state in states if state is not OutletState.DISABLED]
    failing = sum(state is OutletState.FAILING for state in on)
    if len(on) < FEWEST_FOR_OUR_NETWORK or failing < OUR_NETWORK * len(on):
        return None
    return f"{failing} of {len(on)} outlets fail: look at this machine's own network first."


def send_messages(
    database: Database, operator: OperatorSettings, digest: DigestSettings, *, clock: Callable[[], datetime]
) -> int:
    """Send what is due in the operator's outbox; how many were sent. A failure is tried again later, never raised."""
    sent = 0
    while True:
        with database.writer() as session:
            claimed = claim_message(session, now=clock(), lease_for=LEASE, lease=secrets.token_hex(16))
        if claimed is None:
            return sent
        sent += _send(database, claimed, operator, digest, now=clock())


def _send(
    database: Database, claimed: MessageClaim, operator: OperatorSettings, digest: DigestSettings, *, now: datetime
) -> bool:
    state, answer, due_at = "sent", "", None
    try:
        answer = _hand_over(claimed, operator, digest)
    except NotSent as error:
        wait = BACK_OFF[min(claimed.attempts, len(BACK_OFF)) - 1]
        is_over = isinstance(error, GiveUp) or now + wait > claimed.created_at + GIVE_UP_AFTER
        state, answer, due_at = ("failed", str(error), None) if is_over else ("waiting", str(error), now + wait)
    with database.writer() as session:
        settle_message(session, claimed, state=state, answer=answer, now=now, due_at=due_at)
    say = log.info if state == "sent" else log.error
    say("health.message", channel=claimed.channel, state=state, answer=answer, attempt=claimed.attempts)
    return state == "sent"


def _hand_over(claimed: MessageClaim, operator: OperatorSettings, digest: DigestSettings) -> str:
    if claimed.channel not in channels_of(operator):
        raise GiveUp("This channel is no longer in the settings.")
    if claimed.channel.startswith(MAIL):
        return send_mail(claimed, claimed.channel.removeprefix(MAIL), digest)
    named = {f"{NOTIFY}{_digest(url.get_secret_value())}": url for url in operator.notify}
    return send_notification(named[claimed.channel].get_secret_value(), claimed.subject, claimed.body)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:16]
