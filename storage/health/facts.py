"""What each source and visit did of late: written by visits, read by the judgement, kept for a while."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.health.marks import mark_of
from storage.health.records import Attempt, OutletFacts, SourceFacts, SourceVisitRow, VisitFacts
from storage.models.collect import Source, Visit
from storage.models.health import SourceVisit
from storage.text import clean_text

LAST_ATTEMPTS = 12
LAST_NEWS = 250
LONGEST_ERROR = 500


def note_source_visits(session: Session, visit_id: int, rows: Iterable[SourceVisitRow], *, now: datetime) -> None:
    """Keep what the sources of a visit did."""
    session.add_all(
        SourceVisit(
            source_id=row.source_id,
            visit_id=visit_id,
            at=now,
            announced=row.announced,
            new_items=row.new_items,
            error_class=row.error_class,
            error=row.error and clean_text(row.error)[:LONGEST_ERROR],
        )
        for row in rows
    )
    session.flush()


def outlet_facts(
    session: Session, enabled: Mapping[str, bool], *, now: datetime, history: timedelta
) -> list[OutletFacts]:
    """The facts of each outlet named (→ whether the catalogue has it enabled), over the `history` before `now`."""
    return [_facts(session, outlet, is_on, now - history) for outlet, is_on in enabled.items()]


def latest_visit_ids(session: Session) -> dict[str, int]:
    """The newest finished visit of every outlet."""
    rows = session.execute(
        select(Visit.outlet, func.max(Visit.id)).where(Visit.finished_at.is_not(None)).group_by(Visit.outlet)
    )
    return dict(rows.all())


def _facts(session: Session, outlet: str, enabled: bool, start: datetime) -> OutletFacts:
    mark = mark_of(session, outlet)
    start = max(start, mark.measured_from) if mark.measured_from else start
    sources = session.scalars(select(Source).where(Source.outlet == outlet, Source.enabled).order_by(Source.id))
    latest = select(func.max(Visit.id)).where(Visit.outlet == outlet, Visit.finished_at.is_not(None))
    return OutletFacts(
        outlet=outlet,
        enabled=enabled,
        mark=mark,
        sources=tuple(_source(session, source, start) for source in sources),
        visits=_visits(session, outlet, start),
        latest_visit=session.scalar(latest) or 0,
    )


def _source(session: Session, source: Source, start: datetime) -> SourceFacts:
    attempts = session.execute(
        select(SourceVisit.at, SourceVisit.error_class, SourceVisit.error)
        .where(SourceVisit.source_id == source.id, SourceVisit.at >= start)
        .order_by(SourceVisit.at.desc(), SourceVisit.id.desc())
        .limit(LAST_ATTEMPTS)
    )
    return SourceFacts(
        id=source.id,
        url=source.url,
        kind=source.kind,
        added_at=source.added_at,
        attempts=tuple(Attempt(*row) for row in attempts),
        news=_news(session, source.id, start),
        error_count=source.error_count,
        failing_since=source.failing_since,
        last_success_at=source.last_success_at,
        last_new_at=source.last_new_at,
        last_error=source.last_error,
    )


def _news(session: Session, source_id: int, start: datetime) -> tuple[datetime, ...]:
    newest = session.scalars(
        select(SourceVisit.at)
        .where(SourceVisit.source_id == source_id, SourceVisit.new_items > 0, SourceVisit.at >= start)
        .order_by(SourceVisit.at.desc())
        .limit(LAST_NEWS)
    ).all()
    return tuple(reversed(newest))


def _visits(session: Session, outlet: str, start: datetime) -> tuple[VisitFacts, ...]:
    rows: Sequence[Visit] = session.scalars(
        select(Visit)
        .where(
            Visit.outlet == outlet,
            Visit.finished_at.is_not(None),
            Visit.started_at >= start,
            Visit.extracted + Visit.unreadable + Visit.refused > 0,
        )
        .order_by(Visit.id.desc())
    ).all()
    return tuple(
        VisitFacts(
            row.id,
            row.finished_at or row.started_at,
            row.extracted,
            row.unreadable,
            row.refused,
            row.drifted,
            row.text_chars,
            row.repeated_chars,
            row.log_chars,
        )
        for row in rows
    )
