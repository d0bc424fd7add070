"""The rows of a reader and of what the reader gets, as every way of coming makes them."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from storage.models.subscribers import Subscriber, Subscription
from storage.subscribers.reading import key_of
from storage.subscribers.records import Origin, Profile
from storage.text import clean_value

_SECRET_BYTES = 32


def new_person(session: Session, address: str, profile: Profile, *, origin: Origin, now: datetime) -> Subscriber:
    """A person nobody knew before; in force once someone says so."""
    row = Subscriber(
        key=key_of(address),
        address=address,
        state="pending",
        origin=origin,
        secret=secrets.token_bytes(_SECRET_BYTES),
        created_at=now,
    )
    apply_profile(row, profile)
    session.add(row)
    session.flush()
    return row


def apply_profile(row: Subscriber, profile: Profile) -> None:
    """How this person wants the mail from now on."""
    profile = clean_value(profile)
    row.name, row.language, row.zone = profile.name, profile.language, profile.zone
    row.format, row.excerpts = profile.format, profile.excerpts


def keep_subscription(session: Session, subscriber_id: int, watch: str, state: str, *, now: datetime) -> None:
    """The person gets the watch, or is to confirm it; one in force does not have to be confirmed again."""
    row = session.get(Subscription, (watch, subscriber_id))
    if row is None:
        session.add(Subscription(watch=watch, subscriber_id=subscriber_id, state=state, created_at=now, changed_at=now))
    elif row.state != state and not (row.state == "active" and state == "pending"):
        row.state, row.changed_at = state, now
