"""The SQL of the outbox: one row for each issue and reader, claimed in its own transaction before a word is sent."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.digest import Delivery, DigestIssue


class DeliveryState(StrEnum):
    """Where a delivery stands. `waiting`, `deferred`, `uncertain`: tried when due; `sent`, `failed`: over."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


Way = Literal["mail", "channel"]
CHANNEL = "channel:"  # stands before the name of a channel where a reader's address stands otherwise
OPEN = (DeliveryState.WAITING, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
OVER = (DeliveryState.SENT, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process alone may send until its lease runs out. `attempts` counts this one."""

    id: int
    issue_id: int
    recipient: str
    message_id: str
    lease: str
    attempts: int
    created_at: datetime
    first_refused_at: datetime | None
    was: DeliveryState
    variant: str = ""
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as a person looks at it; `subject` is the issue's."""

    id: int
    issue_id: int
    watch: str
    subject: str
    recipient: str
    state: DeliveryState
    edition: int
    attempts: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that a reader has: its Message-ID and the form of the issue it is."""

    recipient: str
    message_id: str
    variant: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: the new state, when to try again (None: never), and the server's answer in one line."""

    state: DeliveryState
    answer: str
    due_at: datetime | None = None


def add_deliveries(
    session: Session,
    issue_id: int,
    message_ids: Mapping[str, str],
    *,
    due_at: datetime,
    now: datetime,
    variant: str = "",
    edition: int = 0,
    replaces: Mapping[str, str] | None = None,
) -> int:
    """Put an issue into the outbox for each recipient (→ Message-ID) that does not have it yet; how many were added.

    `variant` names the rendering they get; empty is that of the issue itself. A later `edition` replaces, for each
    recipient, the mail whose Message-ID is in `replaces`.
    """
    if not message_ids:
        return 0
    rows = [
        {
            "issue_id": issue_id,
            "variant": variant,
            "edition": edition,
            "in_reply_to": (replaces or {}).get(recipient),
            "recipient": recipient,
            "message_id": message_id,
            "state": DeliveryState.WAITING.value,
            "created_at": now,
            "due_at": due_at,
            "attempts": 0,
        }
        for recipient, message_id in message_ids.items()
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Delivery).on_conflict_do_nothing(index_elements=["issue_id", "recipient", "edition"])
    added = session.scalars(statement.returning(Delivery.id), rows)
    return len(added.all())


def is_due(session: Session, way: Way = "mail", *, now: datetime) -> bool:
    """Whether `claim` would find something."""
    return session.scalars(_due(way, now)).first() is not None


def _due(way: Way, now: datetime) -> Select[Delivery]:
    tried = Delivery.state.in_((*OPEN, DeliveryState.SENDING))
    due = select(Delivery).where(tried, Delivery.due_at <= now, _goes(way))
    return due.order_by(Delivery.due_at, Delivery.id).limit(1)


def _goes(way: Way) -> ColumnElement[bool]:
    to_channel = Delivery.recipient.startswith(CHANNEL, autoescape=True)
    return to_channel if way == "channel" else ~to_channel


def claim(session: Session, way: Way = "mail", *, now: datetime, lease_for: timedelta, lease: str) -> Claim | None:
    """Take the next due delivery of one way, oldest first, for `lease_for`; None when nothing is due.

    A delivery whose lease ran out was being sent when its process died: whether it arrived is not known.
    """
    row = session.scalars(_due(way, now).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    was = DeliveryState(row.state)
    row.state = DeliveryState.SENDING
    row.lease = lease
    row.due_at = now + lease_for
    row.attempts += 1
    session.flush()
    return Claim(
        row.id,
        row.issue_id,
        row.recipient,
        row.message_id,
        lease,
        row.attempts,
        row.created_at,
        row.first_refused_at,
        was,
        row.variant,
        row.in_reply_to,
    )


def settle(session: Session, claimed: Claim, outcome: Outcome, *, now: datetime) -> bool:
    """Write how a claimed try ended. False when the lease ran out meanwhile and another process has the row."""
    refused = outcome.state in {DeliveryState.DEFERRED, DeliveryState.UNCERTAIN}
    values: dict[str, object] = {
        "state": outcome.state.value,
        "answer": outcome.answer,
        "lease": None,
        "settled_at": now if outcome.state in OVER else None,
    }
    if outcome.due_at is not None:
        values["due_at"] = outcome.due_at
    if refused:
        values["first_refused_at"] = func.coalesce(Delivery.first_refused_at, now)
    ours = and_(Delivery.id == claimed.id, Delivery.lease == claimed.lease)
    return session.scalar(update(Delivery).where(ours).values(values).returning(Delivery.id)) is not None


def release(session: Session, claimed: Claim, *, due_at: datetime, answer: str) -> None:
    """Give a claimed delivery back untried, as it was, to be tried at `due_at`: the reader had no part in it."""
    ours = and_(Delivery.id == claimed.id, Delivery.lease == claimed.lease)
    was = DeliveryState.UNCERTAIN if claimed.was is DeliveryState.SENDING else claimed.was
    values = {
        "state": was.value,
        "lease": None,
        "attempts": Delivery.attempts - 1,
        "due_at": due_at,
        "answer": answer,
    }
    session.execute(update(Delivery).where(ours).values(values))


def postpone(session: Session, *, until: datetime, answer: str) -> int:
    """No mail is tried before `until`: the server is down or refuses us, whoever the reader is. How many wait."""
    due = and_(Delivery.state.in_(OPEN), Delivery.due_at <= until, _goes("mail"))
    waiting = session.scalars(update(Delivery).where(due).values(due_at=until, answer=answer).returning(Delivery.id))
    return len(waiting.all())


def outbox_counts(session: Session, issue_ids: Iterable[int] | None = None) -> dict[DeliveryState, int]:
    """How many deliveries stand where, of these issues or of all."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    if issue_ids is not None:
        query = query.where(Delivery.issue_id.in_(list(issue_ids)))
    return {DeliveryState(state): count for state, count in session.execute(query)}


def list_deliveries(
    session: Session,
    *,
    states: Collection[DeliveryState] = (),
    issue_id: int | None = None,
    recipient: str | None = None,
    limit: int = 100,
) -> list[DeliveryRow]:
    """Deliveries, newest first: those in one of `states`, of an issue, to a reader."""
    query = select(Delivery, DigestIssue.watch, DigestIssue.subject).join(
        DigestIssue, DigestIssue.id == Delivery.issue_id
    )
    if states:
        query = query.where(Delivery.state.in_([state.value for state in states]))
    if issue_id is not None:
        query = query.where(Delivery.issue_id == issue_id)
    if recipient is not None:
        query = query.where(func.lower(Delivery.recipient) == recipient.lower())
    rows = session.execute(query.order_by(Delivery.id.desc()).limit(limit))
    return [
        DeliveryRow(
            row.id,
            row.issue_id,
            watch,
            subject or "",
            row.recipient,
            DeliveryState(row.state),
            row.edition,
            row.attempts,
            row.created_at,
            row.due_at,
            row.settled_at,
            row.answer,
        )
        for row, watch, subject in rows
    ]


def retry(session: Session, *, now: datetime, delivery_ids: Collection[int] = (), issue_id: int | None = None) -> int:
    """Try deliveries again at once, also those that were given up; how many. What was sent stays sent.

    These deliveries, or those of an issue; without both, all there are.
    """
    again: list[ColumnElement[bool]] = [Delivery.state.in_((*OPEN, DeliveryState.FAILED))]
    if delivery_ids:
        again.append(Delivery.id.in_(delivery_ids))
    if issue_id is not None:
        again.append(Delivery.issue_id == issue_id)
    return _reopen(session, and_(*again), now=now)


def wait_again(session: Session, issue_id: int, recipients: Collection[str], *, now: datetime) -> set[str]:
    """Send the newest edition of an issue again to these of its recipients, also to those who have it; who they are."""
    newest = select(func.max(Delivery.edition)).where(Delivery.issue_id == issue_id).scalar_subquery()
    theirs = and_(
        Delivery.issue_id == issue_id,
        Delivery.edition == newest,
        Delivery.recipient.in_(recipients),
        Delivery.state != DeliveryState.SENDING,
    )
    found = set(session.scalars(select(Delivery.recipient).where(theirs)))
    _reopen(session, theirs, now=now)
    return found


def _reopen(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    # Of a delivery that is uncertain it stays known that its reader may have it already.
    waiting = case((Delivery.state == DeliveryState.UNCERTAIN, Delivery.state), else_=DeliveryState.WAITING.value)
    values = {"state": waiting, "due_at": now, "attempts": 0, "first_refused_at": None, "settled_at": None}
    return len(session.scalars(update(Delivery).where(which).values(values).returning(Delivery.id)).all())


def latest_edition(session: Session, issue_id: int) -> int:
    """The number of the newest edition of an issue that is in the outbox; 0 is the issue itself."""
    newest = select(func.max(Delivery.edition)).where(Delivery.issue_id == issue_id)
    return session.scalar(newest) or 0


def sent_to(session: Session, issue_id: int) -> list[Sent]:
    """Who has, or may have, an issue, each with the newest edition that reader has."""
    reached = (DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.SENDING)
    rows = session.execute(
        select(Delivery.recipient, Delivery.message_id, Delivery.variant)
        .where(Delivery.issue_id == issue_id, Delivery.state.in_(reached))
        .order_by(Delivery.edition, Delivery.id)
    )
    return list({recipient: Sent(recipient, message_id, variant) for recipient, message_id, variant in rows}.values())


def note_bounce(session: Session, message_id: str, *, answer: str, now: datetime) -> str | None:
    """A mail came back: its delivery failed after all. The reader it was for, None when no mail of ours has that id."""
    row = session.scalars(select(Delivery).where(Delivery.message_id == message_id)).first()
    if row is None:
        return None
    row.state, row.answer, row.settled_at, row.lease = DeliveryState.FAILED.value, answer, now, None
    session.flush()
    return row.recipient


def is_reader(session: Session, address: str) -> bool:
    """Whether anything was ever to be sent to this address."""
    known = select(Delivery.id).where(func.lower(Delivery.recipient) == address.lower()).limit(1)
    return session.scalar(known) is not None
