"""What is due: the sources of each outlet and what their last answers left behind."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import null, select, update
from sqlalchemy.orm import Session

from storage.models.collect import Source
from storage.models.health import SourceVisit
from storage.records import SourceKey, SourcePart, SourceState
from storage.text import clean_text

_STATE = (
    Source.id,
    Source.outlet,
    Source.url,
    Source.kind,
    Source.next_visit_at,
    Source.etag,
    Source.last_modified,
    Source.body_hash,
    Source.error_count,
    Source.last_error,
    Source.failing_since,
    Source.last_success_at,
    Source.last_new_at,
    Source.seen,
    Source.ttl_seconds,
    Source.parts,
)


def sync_sources(session: Session, keys: Iterable[SourceKey], *, now: datetime) -> None:
    """Make the sources those of the catalogue: new ones are due now, known ones keep their state, others rest."""
    wanted = {(key.outlet, key.url): key for key in keys}
    known = {(source.outlet, source.url): source for source in session.scalars(select(Source))}
    for identity, source in known.items():
        source.enabled = identity in wanted
        if source.enabled:
            source.kind = wanted[identity].kind
    session.add_all(
        Source(
            outlet=key.outlet,
            url=key.url,
            kind=key.kind,
            enabled=True,
            added_at=now,
            next_visit_at=now,
            error_count=0,
        )
        for identity, key in wanted.items()
        if identity not in known
    )
    session.flush()


def due_sources(session: Session, *, now: datetime) -> list[SourceState]:
    """Enabled sources whose time has come, the longest overdue first."""
    due = select(*_STATE).where(Source.enabled, Source.next_visit_at <= now).order_by(Source.next_visit_at, Source.id)
    return [_state(row) for row in session.execute(due)]


def sources_of(session: Session, outlet: str) -> list[SourceState]:
    """The enabled sources of one outlet, due or not."""
    rows = session.execute(select(*_STATE).where(Source.enabled, Source.outlet == outlet).order_by(Source.id))
    return [_state(row) for row in rows]


def all_sources(session: Session) -> list[SourceState]:
    """Every enabled source, by outlet; what each announced last is left out."""
    columns = (null().label("seen") if column is Source.seen else column for column in _STATE)
    rows = session.execute(select(*columns).where(Source.enabled).order_by(Source.outlet, Source.id))
    return [_state(row) for row in rows]


def _state(row: Any) -> SourceState:
    known = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row's fields
    parts = tuple(SourcePart(**part) for part in known.pop("parts") or ())
    return SourceState(**known, parts=parts)


def source_addresses(session: Session) -> dict[int, str]:
    """The address of every source ever known, by id."""
    return dict(session.execute(select(Source.id, Source.url)).all())


def source_answered(
    session: Session,
    source_id: int,
    *,
    now: datetime,
    next_visit_at: datetime,
    etag: str | None,
    last_modified: str | None,
    body_hash: str | None,
    new_items: int,
    seen: bytes | None = None,
    ttl_seconds: int | None = None,
    parts: Sequence[SourcePart] = (),
) -> None:
    """The source could be read (or said 304): its errors are over, its validators are kept for the next visit.

    `seen` are the keys of what it announced, `ttl_seconds` is how long it says an answer holds; None keeps what was
    known. `parts` are the sitemaps of an index with their own validators.
    """
    values: dict[str, object] = {
        "next_visit_at": next_visit_at,
        "etag": etag and clean_text(etag),
        "last_modified": last_modified and clean_text(last_modified),
        "body_hash": body_hash,
        "parts": [asdict(_clean_part(part)) for part in parts] or None,
        "error_count": 0,
        "last_error": None,
        "failing_since": None,
        "last_success_at": now,
    }
    if new_items:
        values["last_new_at"] = now
    if seen is not None:
        values["seen"] = seen
    if ttl_seconds is not None:
        values["ttl_seconds"] = ttl_seconds
    session.execute(update(Source).where(Source.id == source_id).values(values))


def _clean_part(part: SourcePart) -> SourcePart:
    etag, last_modified = part.etag and clean_text(part.etag), part.last_modified and clean_text(part.last_modified)
    return SourcePart(clean_text(part.url), part.depth, etag, last_modified, part.body_hash)


def recent_answers(session: Session, source_id: int, *, limit: int = 20) -> list[tuple[datetime, int]]:
    """The source's last answers, newest first: when, and how many items were new in each."""
    rows = session.execute(
        select(SourceVisit.at, SourceVisit.new_items)
        .where(SourceVisit.source_id == source_id, SourceVisit.error_class.is_(None))
        .order_by(SourceVisit.at.desc(), SourceVisit.id.desc())
        .limit(limit)
    )
    return [(at, new_items) for at, new_items in rows]


def source_failed(session: Session, source_id: int, *, now: datetime, next_visit_at: datetime, error: str) -> None:
    """The source could not be read. `failing_since` stays that of the first failure in a row."""
    source = session.get_one(Source, source_id)
    source.next_visit_at = next_visit_at
    source.error_count += 1
    source.last_error = clean_text(error)
    source.failing_since = source.failing_since or now
    session.flush()


def source_postponed(session: Session, source_id: int, *, next_visit_at: datetime) -> None:
    """Nothing was asked of the source, as its host is to be left alone: due later, its errors stay as they are."""
    session.execute(update(Source).where(Source.id == source_id).values(next_visit_at=next_visit_at))
