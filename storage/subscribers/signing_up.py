"""Signing up: somebody asks for a watch for an address, and whoever reads its mail confirms."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from storage.models.subscribers import Subscriber, Subscription
from storage.subscribers.reading import as_row, key_of, reader_as_kept
from storage.subscribers.records import Profile, SubscriberRow
from storage.subscribers.rows import apply_profile, keep_subscription, new_person

ASKED_AGAIN_AFTER = timedelta(hours=1)


def ask_to_confirm(
    session: Session, address: str, profile: Profile, watch: str, *, now: datetime
) -> SubscriberRow | None:
    """Note that somebody asked for a watch for this address; nothing is mailed to it but the link to confirm, and that
    once an hour at most for each watch, however often somebody asks.

    None when the address gets the watch already. What an active reader chose before is left as it is.
    """
    known = session.scalars(select(Subscriber).where(Subscriber.key == key_of(address)).with_for_update()).first()
    row = known or new_person(session, address, profile, origin="sign_up", now=now)
    if known is not None and row.state != "active":
        apply_profile(row, profile)
    if row.state == "unsubscribed":
        row.state = "pending"
    subscription = session.get(Subscription, (watch, row.id))
    if row.state == "active" and subscription is not None and subscription.state == "active":
        return None
    keep_subscription(session, row.id, watch, "pending", now=now)
    if row.asked_at is not None and now - row.asked_at >= ASKED_AGAIN_AFTER:
        row.asked_at = None
    session.flush()
    return reader_as_kept(session, row.id)


def due_confirmations(session: Session, *, limit: int) -> list[tuple[SubscriberRow, tuple[str, ...]]]:
    """Who is to get a mail with links to confirm, and for which watches; who asked first comes first."""
    query = (
        select(Subscriber)
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(Subscription.state == "pending")
        .where(or_(Subscriber.asked_at.is_(None), Subscription.changed_at > Subscriber.asked_at))
        .distinct()
        .order_by(Subscriber.id)
        .limit(limit)
    )
    found = []
    for row in session.scalars(query).all():
        pending = select(Subscription.watch).where(
            Subscription.subscriber_id == row.id, Subscription.state == "pending"
        )
        found.append((as_row(row, ()), tuple(session.scalars(pending.order_by(Subscription.watch)))))
    return found


def note_asked(session: Session, subscriber: SubscriberRow, *, now: datetime | None) -> None:
    """The mail with the links to confirm is under way; None: it did not go out, and is due again."""
    session.execute(update(Subscriber).where(Subscriber.id == subscriber.id).values(asked_at=now))


def confirm(session: Session, subscriber: SubscriberRow, watch: str, *, now: datetime) -> bool:
    """The reader confirmed a sign-up. False when there is none (any more) to confirm and it is not in force."""
    subscription = session.get(Subscription, (watch, subscriber.id))
    if subscription is None or subscription.state == "left":
        return False
    row = session.get_one(Subscriber, subscriber.id)
    if subscription.state == "pending":
        subscription.state, subscription.changed_at = "active", now
    if row.state == "pending":
        row.state, row.opted_in_at, row.unsubscribed_at = "active", now, None
    session.flush()
    return row.state == "active"
