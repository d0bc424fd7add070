"""Readers come, choose, leave and are forgotten, as they or the operator say."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.models.digest import Delivery, DigestIssue
from storage.models.subscribers import Subscriber, Subscription
from storage.outbox import OPEN, DeliveryState
from storage.subscribers.reading import key_of, reader_as_kept, subscriber_by_address, watches_of
from storage.subscribers.records import Origin, Profile, SubscriberError, SubscriberRow
from storage.subscribers.rows import apply_profile, keep_subscription, new_person

LEFT = "the reader unsubscribed"


def add_subscriber(
    session: Session,
    address: str,
    profile: Profile,
    *,
    watches: Iterable[str],
    now: datetime,
    origin: Origin = "operator",
) -> SubscriberRow:
    """A new reader of these watches, in force at once. Raises SubscriberError when the address is known."""
    if subscriber_by_address(session, address) is not None:
        raise SubscriberError(f"{address} is a reader already: `zgcwatch subscriber edit` changes what it gets.")
    row = new_person(session, address, profile, origin=origin, now=now)
    row.state, row.opted_in_at = "active", now
    for watch in dict.fromkeys(watches):
        keep_subscription(session, row.id, watch, "active", now=now)
    session.flush()
    return reader_as_kept(session, row.id)


def edit_subscriber(session: Session, subscriber: SubscriberRow, profile: Profile) -> SubscriberRow:
    """Change how a reader gets the mail."""
    row = session.get_one(Subscriber, subscriber.id)
    apply_profile(row, profile)
    session.flush()
    return reader_as_kept(session, subscriber.id)


def subscribe(
    session: Session, subscriber: SubscriberRow, watches: Iterable[str], *, now: datetime, again: bool = False
) -> list[str]:
    """The reader gets these watches from now on, too; those that were new. Watches the reader left only with `again`:
    when the reader asks for them, not when a file or a setting does.
    """
    row = session.get_one(Subscriber, subscriber.id)
    if row.state == "unsubscribed" and not again:
        return []
    new = []
    for watch in dict.fromkeys(watches):
        known = session.get(Subscription, (watch, subscriber.id))
        if known is not None and (known.state == "active" or (known.state == "left" and not again)):
            continue
        keep_subscription(session, subscriber.id, watch, "active", now=now)
        new.append(watch)
    if new and row.state != "active":
        row.state, row.opted_in_at, row.unsubscribed_at = "active", now, None
    session.flush()
    return new


def unsubscribe(session: Session, subscriber: SubscriberRow, watches: Collection[str], *, now: datetime) -> int:
    """The reader leaves these watches; mails of theirs that wait in the outbox are not sent. How many watches it left.

    Whoever has no watch left is unsubscribed, and no setting and no file brings that reader back.
    """
    rows = session.scalars(
        select(Subscription).where(
            Subscription.subscriber_id == subscriber.id, Subscription.watch.in_(watches), Subscription.state != "left"
        )
    ).all()
    for row in rows:
        row.state, row.changed_at = "left", now
    session.flush()
    if not watches_of(session, [subscriber.id]):
        person = session.get_one(Subscriber, subscriber.id)
        if person.state != "unsubscribed":
            person.state, person.unsubscribed_at = "unsubscribed", now
    _withhold(session, subscriber, watches, now=now)
    session.flush()
    return len(rows)


def remove_subscriber(session: Session, subscriber: SubscriberRow, *, now: datetime) -> None:
    """Forget a reader. Mails that wait are not sent; those that were sent stay in the record of deliveries."""
    _withhold(session, subscriber, subscriber.watches, now=now)
    session.execute(delete(Subscription).where(Subscription.subscriber_id == subscriber.id))
    session.execute(delete(Subscriber).where(Subscriber.id == subscriber.id))
    session.flush()


def _withhold(session: Session, subscriber: SubscriberRow, watches: Collection[str], *, now: datetime) -> None:
    issues = select(DigestIssue.id).where(DigestIssue.watch.in_(watches))
    session.execute(
        update(Delivery)
        .where(Delivery.state.in_(OPEN), func.lower(Delivery.recipient) == key_of(subscriber.address))
        .where(Delivery.issue_id.in_(issues))
        .values(state=DeliveryState.FAILED.value, answer=LEFT, lease=None, settled_at=now)
    )
