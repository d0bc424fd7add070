"""What operators do with watches and readers, on the command line and over HTTP alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.meaning.topics import Topics
from digest.desk import Desk
from digest.matching import Matcher
from digest.safe import one_line
from digest.settings import DigestSettings
from digest.watches import DEFAULT, Watch, WatchError, keep_watch, load_watch, load_watches, parse_watch, sync_default
from digest.watchfile import Reader
from digest.windows import Window
from storage.database import Session
from storage.digests import last_seq, last_windows
from storage.subscribers import (
    SubscriberError,
    SubscriberRow,
    add_subscriber,
    edit_subscriber,
    reader_counts,
    subscribe,
    subscriber_by_address,
    unsubscribe,
)
from storage.watches import remove_watch, watch_row


@dataclass(frozen=True, slots=True)
class WatchState:
    """A watch with how many readers it has and where its last window ended."""

    watch: Watch
    readers: int
    last_cutoff: datetime | None


@dataclass(frozen=True, slots=True)
class Match:
    """An article that a watch would tell, and why."""

    article_id: int
    outlet: str
    title: str
    relevance: float
    first_seen_at: datetime
    reasons: tuple[str, ...]


def watch_states(session: Session, settings: DigestSettings) -> list[WatchState]:
    """Every watch, that of the settings first."""
    counts, last = reader_counts(session), last_windows(session)
    return [
        WatchState(watch, counts.get(watch.name, 0), last.get(watch.name, (None, 0))[0])
        for watch in load_watches(session, settings)
    ]


def add_watch(session: Session, watch: Watch, *, now: datetime) -> None:
    """A new watch. Raises WatchError when its name is taken."""
    if watch.name == DEFAULT or watch_row(session, watch.name) is not None:
        raise WatchError(f"There is a watch called {watch.name} already: choose another name, or edit that one.")
    keep_watch(session, watch, now=now)


def edit_watch(
    session: Session, settings: DigestSettings, name: str, changes: dict[str, Any], *, now: datetime
) -> Watch:
    """A watch with some of its values changed. Raises WatchError: unknown, of the settings, or not a watch then."""
    known = load_watch(session, settings, name)
    values = known.model_dump(by_alias=True) | changes
    changed = parse_watch({**values, "name": name}, where=f"The watch {name}")
    keep_watch(session, changed, now=now)
    return changed


def drop_watch(session: Session, name: str) -> None:
    """Remove a watch and who reads it; what was mailed stays. Raises WatchError: unknown, or of the settings."""
    if name == DEFAULT:
        raise WatchError(f"The watch {DEFAULT} is described by the settings: take its recipients out there.")
    if not remove_watch(session, name):
        raise WatchError(f"There is no watch called {name}: `zgcwatch watch list` shows them.")


def try_watch(
    session: Session, watch: Watch, *, since: datetime, until: datetime, topics: Topics | None = None
) -> list[Match]:
    """What the watch would match of the articles first seen in [since, until), newest first. Nothing is written."""
    desk = Desk([watch], topics)
    desk.sit_down(session)
    matcher = Matcher(watch, desk.reasons)
    window = Window(watch.name, since, until, after_seq=last_seq(session))
    found = [one for one in desk.facts(session, window).values() if matcher.matches(one)]
    articles = desk.articles(session, [one.id for one in found])
    shown = [
        Match(
            one.id,
            one.outlet,
            one_line(articles[one.id].title),
            one.relevance,
            articles[one.id].first_seen_at,
            matcher.reasons(one),
        )
        for one in found
    ]
    return sorted(shown, key=lambda match: (match.first_seen_at, match.article_id), reverse=True)


def require_watches(session: Session, settings: DigestSettings, names: Iterable[str]) -> None:
    """Raises WatchError when one of these watches does not exist. That of the settings always does."""
    known = [watch.name for watch in load_watches(session, settings)]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise WatchError(f"There is no watch called {', '.join(unknown)}; there are {', '.join(known)}.")


def require_reader(session: Session, address: str) -> SubscriberRow:
    """The reader with this address. Raises SubscriberError when there is none."""
    row = subscriber_by_address(session, address)
    if row is None:
        raise SubscriberError(f"{address} is no reader: `zgcwatch subscriber list` shows them.")
    return row


def add_reader(session: Session, settings: DigestSettings, reader: Reader, *, now: datetime) -> SubscriberRow:
    """A new reader, in force at once. Raises WatchError or SubscriberError."""
    require_watches(session, settings, reader.watches)
    sync_default(session, settings, now=now)
    return add_subscriber(session, reader.address, reader.profile, watches=reader.watches, now=now)


def edit_reader(session: Session, settings: DigestSettings, reader: Reader, *, now: datetime) -> SubscriberRow:
    """A known reader as `reader` says: other watches are left, also such as the reader had left are taken up again."""
    require_watches(session, settings, reader.watches)
    sync_default(session, settings, now=now)
    row = edit_subscriber(session, require_reader(session, reader.address), reader.profile)
    unsubscribe(session, row, [name for name in row.watches if name not in reader.watches], now=now)
    subscribe(session, row, reader.watches, now=now, again=True)
    return require_reader(session, reader.address)


def import_readers(
    session: Session, settings: DigestSettings, readers: Sequence[Reader], *, now: datetime
) -> tuple[int, list[str]]:
    """Take readers from a file: new ones are added, known ones brought up to date, watches they left are not brought
    back. How many were taken, and the addresses of which something was left away for that.
    """
    require_watches(session, settings, {name for reader in readers for name in reader.watches})
    sync_default(session, settings, now=now)
    kept_away = []
    for reader in readers:
        known = subscriber_by_address(session, reader.address)
        if known is None:
            add_subscriber(session, reader.address, reader.profile, watches=reader.watches, now=now)
            continue
        edit_subscriber(session, known, reader.profile)
        subscribe(session, known, reader.watches, now=now)
        if not set(reader.watches) <= set(require_reader(session, reader.address).watches):
            kept_away.append(reader.address)
    return len(readers), kept_away
