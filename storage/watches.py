"""The SQL of watches: what is watched for, when it is told, as the digest room describes it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.models.subscribers import Subscription, Watch
from storage.text import clean_value


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch as it is kept. `open_to_all`: people may sign up for it by themselves."""

    name: str
    title: str
    kind: str
    rules: dict[str, Any]
    schedule: dict[str, Any]
    channels: tuple[str, ...]
    paused: bool
    open_to_all: bool
    origin: Literal["settings", "operator"]
    created_at: datetime


def watch_rows(session: Session) -> list[WatchRow]:
    """Every watch, by name."""
    return [_row(watch) for watch in session.scalars(select(Watch).order_by(Watch.name))]


def watch_row(session: Session, name: str) -> WatchRow | None:
    """The watch of this name; None when there is none."""
    watch = session.get(Watch, name)
    return None if watch is None else _row(watch)


def save_watch(session: Session, row: WatchRow, *, now: datetime) -> bool:
    """Keep a watch as `row` says, new or known; True when that changed anything. A known one keeps `created_at`."""
    row = clean_value(row)
    watch = session.get(Watch, row.name)
    if watch is not None and _row(watch) == replace(row, created_at=watch.created_at):
        return False
    if watch is None:
        watch = Watch(name=row.name, created_at=row.created_at)
        session.add(watch)
    watch.title, watch.kind, watch.origin = row.title, row.kind, row.origin
    watch.rules, watch.schedule, watch.channels = row.rules, row.schedule, list(row.channels)
    watch.paused, watch.open_to_all, watch.updated_at = row.paused, row.open_to_all, now
    session.flush()
    return True


def remove_watch(session: Session, name: str) -> bool:
    """Forget a watch and who reads it. Its issues stay: what was mailed was mailed. False when there was none."""
    session.execute(delete(Subscription).where(Subscription.watch == name))
    removed = session.scalar(delete(Watch).where(Watch.name == name).returning(Watch.name))
    session.expire_all()
    return removed is not None


def _row(watch: Watch) -> WatchRow:
    return WatchRow(
        watch.name,
        watch.title,
        watch.kind,
        dict(watch.rules),
        dict(watch.schedule),
        tuple(watch.channels),
        watch.paused,
        watch.open_to_all,
        watch.origin,  # type: ignore[arg-type]
        watch.created_at,
    )
