"""Made-up watches and readers."""

from datetime import UTC, datetime

from digest.settings import DigestSettings
from digest.watches import keep_watch, parse_watch, sync_default
from storage.subscribers import Profile, add_subscriber

SETTINGS = DigestSettings(sender="digest@example.com", web_url="https://zgc.example.com")
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def watch_of(name="robots", **values):
    return parse_watch({"name": name, "title": f"{name} 예시", **values}, where="a test")


def make_watch(session, name="robots", *, readers=(), now=BEFORE, **values):
    """A watch in the archive with readers of its own; readers: addresses, or (address, Profile)."""
    watch = watch_of(name, **values)
    keep_watch(session, watch, now=now)
    for reader in readers:
        address, profile = (reader, Profile()) if isinstance(reader, str) else reader
        add_subscriber(session, address, profile, watches=[name], now=now)
    return watch


def make_default(session, *readers, now=BEFORE):
    """Readers of the watch of the settings that the settings do not name."""
    sync_default(session, SETTINGS, now=now)
    for address, profile in readers:
        add_subscriber(session, address, profile, watches=["default"], now=now)
