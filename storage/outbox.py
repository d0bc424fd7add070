"""The SQL of the outbox: one row for each issue and reader, claimed in its own transaction before a word is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.digest import Delivery


class DeliveryState(StrEnum):
    """Where a delivery stands. `waiting`, `deferred`, `uncertain`: tried when due; `sent`, `failed`: over."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: the new state, when to try again (None: never), and the server's answer in one line."""

    state: DeliveryState
    answer: str
    due_at: datetime | None = None


def add_deliveries(
    session: Session, issue_id: int, message_ids: Mapping[str, str], *, due_at: datetime, now: datetime
) -> int:
    """Put an issue into the outbox for each recipient (→ Message-ID) that does not have it yet; how many were added."""
    if not message_ids:
        return 0
    rows = [
        {
            "issue_id": issue_id,
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
    statement = dialect.insert(Delivery).on_conflict_do_nothing(index_elements=["issue_id", "recipient"])
    added = session.scalars(statement.returning(Delivery.id), rows)
    return len(added.all())


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether `claim` would find something."""
    return session.scalars(_due(now)).first() is not None


def _due(now: datetime) -> Select[Delivery]:
    tried = Delivery.state.in_((*OPEN, DeliveryState.SENDING))
    return select(Delivery).where(tried, Delivery.due_at <= now).order_by(Delivery.due_at, Delivery.id).limit(1)


def claim(session: Session, *, now: datetime, lease_for: timedelta, lease: str) -> Claim | None:
    """Take the next due delivery, oldest first, for `lease_for`; None when nothing is due.

    A delivery whose lease ran out was being sent when its process died: whether it arrived is not known.
    """
    row = session.scalars(_due(now).with_for_update(skip_locked=True)).first()
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
    """Nothing is tried before `until`: the server is down or refuses us, whoever the reader is. How many wait."""
    due = and_(Delivery.state.in_(OPEN), Delivery.due_at <= until)
    waiting = session.scalars(update(Delivery).where(due).values(due_at=until, answer=answer).returning(Delivery.id))
    return len(waiting.all())


def outbox_counts(session: Session, issue_ids: Iterable[int] | None = None) -> dict[DeliveryState, int]:
    """How many deliveries stand where, of these issues or of all."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    if issue_ids is not None:
        query = query.where(Delivery.issue_id.in_(list(issue_ids)))
    return {DeliveryState(state): count for state, count in session.execute(query)}
