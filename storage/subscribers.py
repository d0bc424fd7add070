"""The SQL of readers: who they are, which watches they read, how they come and how they leave."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import ZgcwatchError
from storage.models.digest import Delivery, DigestIssue
from storage.models.subscribers import Subscriber, Subscription
from storage.outbox import OPEN, DeliveryState
from storage.text import clean_value

Language = Literal["ko", "en"]
Format = Literal["html", "text"]
Origin = Literal["settings", "operator", "sign_up"]
LEFT = "the reader unsubscribed"
ASKED_AGAIN_AFTER = timedelta(hours=1)
_SECRET_BYTES = 32


class SubscriberError(ZgcwatchError):
    """A reader is not known, or is known already; the message says which."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a reader wants the mail. `zone` None: times are shown in the zone of the watch."""

    name: str = ""
    language: Language = "ko"
    zone: str | None = None
    format: Format = "html"
    excerpts: bool = True


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A reader. `secret` is what links to confirm and to leave are derived from: it is never shown."""

    id: int
    address: str
    profile: Profile
    state: Literal["pending", "active", "unsubscribed"]
    origin: Origin
    secret: bytes
    created_at: datetime
    opted_in_at: datetime | None
    unsubscribed_at: datetime | None
    asked_at: datetime | None
    watches: tuple[str, ...] = ()  # of those the reader gets, or would get once confirmed

    def __repr__(self) -> str:
        return f"SubscriberRow(id={self.id}, state={self.state!r})"


def subscriber_by_address(session: Session, address: str) -> SubscriberRow | None:
    """The reader with this address, whatever its case; None when there is none."""
    return _one(session, Subscriber.key == _key(address))


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
    watches = _watches_of(session, [row.id for row in rows])
    return [_row(row, watches.get(row.id, ())) for row in rows]


def readers_of(session: Session, watch: str) -> list[SubscriberRow]:
    """Those who get the mails of a watch, by address."""
    query = (
        select(Subscriber)
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(Subscription.watch == watch, Subscription.state == "active", Subscriber.state == "active")
        .order_by(Subscriber.key)
    )
    return [_row(row, (watch,)) for row in session.scalars(query)]


def reader_counts(session: Session) -> dict[str, int]:
    """How many readers get the mails of each watch that has some."""
    query = (
        select(Subscription.watch, func.count())
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(Subscription.state == "active", Subscriber.state == "active")
        .group_by(Subscription.watch)
    )
    return dict(session.execute(query).all())


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
    row = _new(session, address, profile, origin=origin, now=now)
    row.state, row.opted_in_at = "active", now
    for watch in dict.fromkeys(watches):
        _subscribe(session, row.id, watch, "active", now=now)
    session.flush()
    return _found(session, row.id)


def edit_subscriber(session: Session, subscriber: SubscriberRow, profile: Profile) -> SubscriberRow:
    """Change how a reader gets the mail."""
    row = session.get_one(Subscriber, subscriber.id)
    _apply(row, profile)
    session.flush()
    return _found(session, subscriber.id)


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
        _subscribe(session, subscriber.id, watch, "active", now=now)
        new.append(watch)
    if new and row.state != "active":
        row.state, row.opted_in_at, row.unsubscribed_at = "active", now, None
    session.flush()
    return new


def ask_to_confirm(
    session: Session, address: str, profile: Profile, watch: str, *, now: datetime
) -> SubscriberRow | None:
    """Note that somebody asked for a watch for this address; nothing is mailed to it but the link to confirm, and that
    once an hour at most for each watch, however often somebody asks.

    None when the address gets the watch already. What an active reader chose before is left as it is.
    """
    known = session.scalars(select(Subscriber).where(Subscriber.key == _key(address)).with_for_update()).first()
    row = known or _new(session, address, profile, origin="sign_up", now=now)
    if known is not None and row.state != "active":
        _apply(row, profile)
    if row.state == "unsubscribed":
        row.state = "pending"
    subscription = session.get(Subscription, (watch, row.id))
    if row.state == "active" and subscription is not None and subscription.state == "active":
        return None
    _subscribe(session, row.id, watch, "pending", now=now)
    if row.asked_at is not None and now - row.asked_at >= ASKED_AGAIN_AFTER:
        row.asked_at = None
    session.flush()
    return _found(session, row.id)


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
        found.append((_row(row, ()), tuple(session.scalars(pending.order_by(Subscription.watch)))))
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
    if not _watches_of(session, [subscriber.id]):
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


def sync_readers(
    session: Session, watch: str, addresses: Collection[str], *, now: datetime
) -> tuple[list[str], list[str]]:
    """Make the readers of a watch that come from the settings those of `addresses`; (added, removed) addresses.

    Readers the operator added otherwise stay, and who left stays away.
    """
    added, removed = _difference(session, watch, addresses)
    for address, known in added:
        person = known or _new(session, address, Profile(), origin="settings", now=now)
        person.state, person.opted_in_at = "active", person.opted_in_at or now
        _subscribe(session, person.id, watch, "active", now=now)
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
    wanted = {_key(address): address for address in addresses}
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


def _withhold(session: Session, subscriber: SubscriberRow, watches: Collection[str], *, now: datetime) -> None:
    issues = select(DigestIssue.id).where(DigestIssue.watch.in_(watches))
    session.execute(
        update(Delivery)
        .where(Delivery.state.in_(OPEN), func.lower(Delivery.recipient) == _key(subscriber.address))
        .where(Delivery.issue_id.in_(issues))
        .values(state=DeliveryState.FAILED.value, answer=LEFT, lease=None, settled_at=now)
    )


def _new(session: Session, address: str, profile: Profile, *, origin: Origin, now: datetime) -> Subscriber:
    row = Subscriber(
        key=_key(address),
        address=address,
        state="pending",
        origin=origin,
        secret=secrets.token_bytes(_SECRET_BYTES),
        created_at=now,
    )
    _apply(row, profile)
    session.add(row)
    session.flush()
    return row


def _apply(row: Subscriber, profile: Profile) -> None:
    profile = clean_value(profile)
    row.name, row.language, row.zone = profile.name, profile.language, profile.zone
    row.format, row.excerpts = profile.format, profile.excerpts


def _subscribe(session: Session, subscriber_id: int, watch: str, state: str, *, now: datetime) -> None:
    row = session.get(Subscription, (watch, subscriber_id))
    if row is None:
        session.add(Subscription(watch=watch, subscriber_id=subscriber_id, state=state, created_at=now, changed_at=now))
    elif row.state != state and not (row.state == "active" and state == "pending"):
        row.state, row.changed_at = state, now


def _one(session: Session, which: ColumnElement[bool]) -> SubscriberRow | None:
    row = session.scalars(select(Subscriber).where(which)).first()
    return None if row is None else _row(row, _watches_of(session, [row.id]).get(row.id, ()))


def _found(session: Session, subscriber_id: int) -> SubscriberRow:
    row = subscriber_by_id(session, subscriber_id)
    assert row is not None
    return row


def _watches_of(session: Session, subscriber_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
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


def _row(row: Subscriber, watches: tuple[str, ...]) -> SubscriberRow:
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


def _key(address: str) -> str:
    return address.strip().casefold()
