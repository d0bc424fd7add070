"""The readers that the settings name."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models.subscribers import Subscriber, Subscription
from storage.subscribers.reading import key_of
from storage.subscribers.records import Profile
from storage.subscribers.rows import keep_subscription, new_person


def sync_readers(
    session: Session, watch: str, addresses: Collection[str], *, now: datetime
) -> tuple[list[str], list[str]]:
    """Make the readers of a watch that come from the settings those of `addresses`; (added, removed) addresses.

    Readers the operator added otherwise stay, and who left stays away.
    """
    added, removed = _difference(session, watch, addresses)
    for address, known in added:
        person = known or new_person(session, address, Profile(), origin="settings", now=now)
        person.state, person.opted_in_at = "active", person.opted_in_at or now
        keep_subscription(session, person.id, watch, "active", now=now)
    for _, subscription in removed:
        session.delete(subscription)
    session.flush()
    return [address for address, _ in added], [address for address, _ in removed]


def are_synced(session: Session, watch: str, addresses: Collection[str]) -> bool:
    """Whether `sync_readers` would change nothing."""
    return _difference(session, watch, addresses) == ([], [])


def _difference(
    session: Session, watch: str, addresses: Collection[str]
) -> tuple[list[tuple[str, Subscriber | None]], list[tuple[str, Subscription]]]:
    """Who is to be made a reader of the watch (with what is known of them), and who is to be one no more."""
    wanted = {key_of(address): address for address in addresses}
    rows = session.execute(
        select(Subscriber, Subscription)
        .outerjoin(Subscription, (Subscription.subscriber_id == Subscriber.id) & (Subscription.watch == watch))
        .where((Subscriber.origin == "settings") | Subscriber.key.in_(wanted))
    ).all()
    known: dict[str, tuple[Subscriber | None, Subscription | None]] = {row[0].key: (row[0], row[1]) for row in rows}
    added: list[tuple[str, Subscriber | None]] = []
    for key, address in wanted.items():
        person, subscription = known.get(key, (None, None))
        is_settled = subscription is not None and subscription.state != "pending"
        if not is_settled and (person is None or person.state != "unsubscribed"):
            added.append((address, person))
    removed = [
        (person.address, subscription)
        for key, (person, subscription) in known.items()
        if person and subscription and key not in wanted and subscription.state == "active"
        and person.origin == "settings"
    ]  # fmt: skip
    return added, removed
