"""The SQL of readers: who they are, which watches they read, how they come and how they leave."""

from storage.subscribers.changing import (
    LEFT,
    add_subscriber,
    edit_subscriber,
    remove_subscriber,
    subscribe,
    unsubscribe,
)
from storage.subscribers.reading import (
    reader_counts,
    readers_of,
    subscriber_by_address,
    subscriber_by_id,
    subscribers,
)
from storage.subscribers.records import Format, Language, Origin, Profile, SubscriberError, SubscriberRow
from storage.subscribers.signing_up import ASKED_AGAIN_AFTER, ask_to_confirm, confirm, due_confirmations, note_asked
from storage.subscribers.syncing import are_synced, sync_readers

__all__ = [
    "ASKED_AGAIN_AFTER",
    "LEFT",
    "Format",
    "Language",
    "Origin",
    "Profile",
    "SubscriberError",
    "SubscriberRow",
    "add_subscriber",
    "are_synced",
    "ask_to_confirm",
    "confirm",
    "due_confirmations",
    "edit_subscriber",
    "note_asked",
    "reader_counts",
    "readers_of",
    "remove_subscriber",
    "subscribe",
    "subscriber_by_address",
    "subscriber_by_id",
    "subscribers",
    "sync_readers",
    "unsubscribe",
]
