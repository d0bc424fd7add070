"""The operator's outbox: one row for each round of changes and channel, its words frozen, claimed before it is sent."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from storage.health.records import MessageClaim
from storage.models.health import OperatorMessage
from storage.text import clean_text

_OPEN = ("waiting", "sending")


def add_messages(
    session: Session, channels: Collection[str], *, round_id: str, subject: str, body: str, now: datetime
) -> int:
    """Put one round's message into the outbox for each channel; how many there are."""
    session.add_all(
        OperatorMessage(
            round=round_id,
            channel=channel,
            subject=clean_text(subject),
            body=clean_text(body),
            created_at=now,
            state="waiting",
            due_at=now,
            attempts=0,
        )
        for channel in channels
    )
    session.flush()
    return len(channels)


def claim_message(session: Session, *, now: datetime, lease_for: timedelta, lease: str) -> MessageClaim | None:
    """Take the next due message, oldest first; one whose lease ran out belongs to a process that died. None: none."""
    row = session.scalars(
        select(OperatorMessage)
        .where(OperatorMessage.state.in_(_OPEN), OperatorMessage.due_at <= now)
        .order_by(OperatorMessage.due_at, OperatorMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.state, row.lease, row.due_at = "sending", lease, now + lease_for
    row.attempts += 1
    session.flush()
    return MessageClaim(row.id, row.round, row.channel, row.subject, row.body, row.created_at, lease, row.attempts)


def settle_message(
    session: Session, claimed: MessageClaim, *, state: str, answer: str, now: datetime, due_at: datetime | None = None
) -> bool:
    """Write how a claimed try ended: sent, failed, or waiting until `due_at`. False: the lease is another's by now."""
    values: dict[str, object] = {"state": state, "answer": clean_text(answer), "lease": None}
    if due_at is not None:
        values["due_at"] = due_at
    else:
        values["settled_at"] = now
    ours = and_(OperatorMessage.id == claimed.id, OperatorMessage.lease == claimed.lease)
    return session.scalar(update(OperatorMessage).where(ours).values(values).returning(OperatorMessage.id)) is not None


def messages_since(session: Session, since: datetime) -> list[tuple[str, str, str, str | None]]:
    """Subject, channel, state and last answer of every message made since then, oldest first."""
    rows = session.execute(
        select(OperatorMessage.subject, OperatorMessage.channel, OperatorMessage.state, OperatorMessage.answer)
        .where(OperatorMessage.created_at >= since)
        .order_by(OperatorMessage.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
