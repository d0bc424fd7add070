"""Who reads what."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.models.subscribers import Subscriber, Subscription
from storage.subscribers.records import Profile, SubscriberRow


def subscriber_by_address(session: Session, address: str) -> SubscriberRow | None:
    """The reader with this address, whatever its case; None when there is none."""
    return _one(session, Subscriber.key == key_of(address))


def subscriber_by_id(session: Session, subscriber_id: int) -> SubscriberRow | None:
    """The reader with this number; None when there is none."""
    return _one(session, Subscriber.id == subscriber_id)


def subscribers(session: Session, *, watch: str | None = None) -> list[SubscriberRow]:
    """Every reader, or those of one watch (also who still has to confirm), by address."""
    query = select(Subscriber).order_by(Subscriber.key)
    if watch is not None:
        query = query.join(Subscription, Subscription.subscriber_id == Subscriber.id)
        query = query.where(Subscription.watch == watch, Subscription.state != "left")
    rows = list(session.scalars(query))
    watches = watches_of(session, [row.id for row in rows])
    return [as_row(row, watches.get(row.id, ())) for row in rows]


def readers_of(session: Session, watch: str) -> list[SubscriberRow]:
    """Those who get the mails of a watch, by address."""
    query = (
        select(Subscriber)
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(Subscription.watch == watch, Subscription.state == "active", Subscriber.state == "active")
        .order_by(Subscriber.key)
    )
    return [as_row(row, (watch,)) for row in session.scalars(query)]


def reader_counts(session: Session) -> dict[str, int]:
    """How many readers get the mails of each watch that has some."""
    query = (
        select(Subscription.watch, func.count())
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(Subscription.state == "active", Subscriber.state == "active")
        .group_by(Subscription.watch)
    )
    return dict(session.execute(query).all())


def reader_as_kept(session: Session, subscriber_id: int) -> SubscriberRow:
    """A reader that was written in this transaction."""
    row = subscriber_by_id(session, subscriber_id)
    assert row is not None
    return row


def _one(session: Session, which: ColumnElement[bool]) -> SubscriberRow | None:
    row = session.scalars(select(Subscriber).where(which)).first()
    return None if row is None else as_row(row, watches_of(session, [row.id]).get(row.id, ()))


def watches_of(session: Session, subscriber_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The watches that each of these readers gets, or is to confirm."""
    found: dict[int, tuple[str, ...]] = {}
    if not subscriber_ids:
        return found
    query = (
        select(Subscription.subscriber_id, Subscription.watch)
        .where(Subscription.state != "left")
        .order_by(Subscription.subscriber_id, Subscription.watch)
    )
    if len(subscriber_ids) == 1:
        query = query.where(Subscription.subscriber_id == next(iter(subscriber_ids)))
    for subscriber_id, watch in session.execute(query):
        found[subscriber_id] = (*found.get(subscriber_id, ()), watch)
    return found


def as_row(row: Subscriber, watches: tuple[str, ...]) -> SubscriberRow:
    """A reader, apart from the row it is kept in."""
    return SubscriberRow(
        id=row.id,
        address=row.address,
        profile=Profile(row.name, row.language, row.zone, row.format, row.excerpts),  # type: ignore[arg-type]
        state=row.state,  # type: ignore[arg-type]
        origin=row.origin,  # type: ignore[arg-type]
        secret=row.secret,
        created_at=row.created_at,
        opted_in_at=row.opted_in_at,
        unsubscribed_at=row.unsubscribed_at,
        asked_at=row.asked_at,
        watches=watches,
    )


def key_of(address: str) -> str:
    """An address without regard to case."""
    return address.strip().casefold()
