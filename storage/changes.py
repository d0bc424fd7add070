"""The change feed: one ordered, gapless list of what happened to articles, and the readers who follow it by name."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.models.archive import ChangeCounter, ChangeRow, Consumer
from storage.models.base import table_of
from storage.position import Place, PlaceLost, found_place
from storage.records import Change, ChangeOp

PAGE = 1_000
LOST = -1  # the place of a named reader whose feed was restored from a backup
POLL_SECONDS = 1.0

# Statements of the write path are made once: building one costs as much as running it.
_counter = table_of(ChangeCounter)
_TAKE = update(_counter).where(_counter.c.id == 1).values(value=_counter.c.value + 1).returning(_counter.c.value)
_HOLD = select(_counter.c.value).where(_counter.c.id == 1).with_for_update()
_WRITE = insert(table_of(ChangeRow)).values(
    {name: bindparam(name) for name in ("seq", "op", "article_id", "at", "head_id")}
)


def changes_after(session: Session, after: int, *, limit: int = PAGE) -> list[Change]:
    """The changes with a `seq` above `after`, in order. A reader that keeps the last seq it saw misses none."""
    rows = session.execute(
        select(ChangeRow.seq, ChangeRow.op, ChangeRow.article_id, ChangeRow.at, ChangeRow.head_id)
        .where(ChangeRow.seq > after)
        .order_by(ChangeRow.seq)
        .limit(limit)
    )
    return [Change(row.seq, ChangeOp(row.op), row.article_id, row.at, row.head_id) for row in rows]


def pages_after(
    database: Database,
    after: int | Place,
    *,
    follow: bool = False,
    wait: Callable[[float], object] = time.sleep,
    poll: float = POLL_SECONDS,
) -> Iterator[list[Change]]:
    """The changes after `after`, some at a time, each page of one state of the archive.

    With `follow` also those to come, without an end: asks again every `poll` seconds. Raises PlaceLost where the feed
    has not the place, be it that the archive is restored while somebody follows.
    """
    place = Place(after) if isinstance(after, int) else after
    while True:
        with database.reader() as session:
            place = found_place(session, place)
            page = changes_after(session, place.seq)
        if page:
            place = Place.of(page[-1])
            yield page
        elif follow:
            wait(poll)
        else:
            return


def next_seq(session: Session) -> int:
    """Take the next number of the feed. The row stays locked until the transaction ends, so numbers appear in order.

    Nothing slow may follow in the same transaction: other writers wait.
    """
    number: int = session.connection().execute(_TAKE).scalar_one()
    return number


def hold_feed(session: Session) -> None:
    """Wait until no other writer of articles is under way.

    Two copies of one text that arrive at once must see each other, or neither is marked as a duplicate; and with one
    lock taken first by everyone, writers cannot block each other in a circle.
    """
    if session.get_bind().dialect.name == "sqlite":
        return  # BEGIN IMMEDIATE has let nobody else in
    session.connection().execute(_HOLD)


def record(
    session: Session,
    op: ChangeOp,
    article_id: int,
    now: datetime,
    *,
    seq: int | None = None,
    head_id: int | None = None,
) -> int:
    """Write one change, under a new number unless one was taken for it already; gives the number."""
    seq = next_seq(session) if seq is None else seq
    row = {"seq": seq, "op": str(op), "article_id": article_id, "at": now, "head_id": head_id}
    session.connection().execute(_WRITE, row)
    return seq


def consumer_seq(session: Session, name: str) -> int:
    """The last change this reader has worked off; 0 for one that never said. Raises PlaceLost after a restore."""
    seq = session.scalar(select(Consumer.seq).where(Consumer.name == name)) or 0
    if seq == LOST:
        raise PlaceLost
    return seq


def set_consumer(session: Session, name: str, seq: int, *, now: datetime) -> None:
    """The reader has worked off everything up to `seq`."""
    known = session.get(Consumer, name, populate_existing=True, with_for_update=True)
    if known is None:
        session.add(Consumer(name=name, seq=seq, updated_at=now))
    else:
        known.seq, known.updated_at = seq, now
    session.flush()


def lose_consumers(session: Session) -> int:
    """Every named reader has to begin again, for it may have seen changes that are no more; gives their number."""
    told = session.scalars(update(Consumer).where(Consumer.seq > 0).values(seq=LOST).returning(Consumer.name))
    return len(told.all())


def consumers(session: Session) -> list[tuple[str, int, datetime]]:
    """Every named reader with its place in the feed (LOST after a restore) and when it said so last."""
    rows = session.execute(select(Consumer.name, Consumer.seq, Consumer.updated_at).order_by(Consumer.name))
    return [(row.name, row.seq, row.updated_at) for row in rows]


def forget_consumer(session: Session, name: str) -> bool:
    """Forget a reader; False when there was none of this name."""
    gone = session.scalar(delete(Consumer).where(Consumer.name == name).returning(Consumer.name))
    return gone is not None
