"""The change feed: one ordered, gapless list of what happened to articles."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models.archive import ChangeCounter, ChangeRow
from storage.records import Change, ChangeOp


def changes_after(session: Session, after: int, *, limit: int = 1000) -> list[Change]:
    """The changes with a `seq` above `after`, in order. A reader that keeps the last seq it saw misses none."""
    rows = session.execute(
        select(ChangeRow.seq, ChangeRow.op, ChangeRow.article_id, ChangeRow.at)
        .where(ChangeRow.seq > after)
        .order_by(ChangeRow.seq)
        .limit(limit)
    )
    return [Change(row.seq, ChangeOp(row.op), row.article_id, row.at) for row in rows]


def next_seq(session: Session) -> int:
    """Take the next number of the feed. The row stays locked until the transaction ends, so numbers appear in order.

    Nothing slow may follow in the same transaction: other writers wait.
    """
    return session.execute(
        update(ChangeCounter)
        .where(ChangeCounter.id == 1)
        .values(value=ChangeCounter.value + 1)
        .returning(ChangeCounter.value)
    ).scalar_one()


def hold_feed(session: Session) -> None:
    """Wait until no other writer of articles is under way.

    Two copies of one text that arrive at once must see each other, or neither is marked as a duplicate; and with one
    lock taken first by everyone, writers cannot block each other in a circle.
    """
    if session.get_bind().dialect.name == "sqlite":
        return  # BEGIN IMMEDIATE has let nobody else in
    session.execute(select(ChangeCounter.value).where(ChangeCounter.id == 1).with_for_update())


def record(session: Session, op: ChangeOp, article_id: int, now: datetime, *, seq: int | None = None) -> int:
    """Write one change, under a new number unless one was taken for it already; gives the number."""
    seq = next_seq(session) if seq is None else seq
    session.add(ChangeRow(seq=seq, op=str(op), article_id=article_id, at=now))
    return seq
