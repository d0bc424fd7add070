"""The history of visits: what each did, and which one failed as a whole."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.models.collect import Visit
from storage.records import VisitCounts, VisitRow
from storage.text import clean_text, clean_value

_COUNTS = tuple(VisitCounts.__dataclass_fields__)


def start_visit(session: Session, outlet: str, *, now: datetime) -> int:
    """Note that a visit began; gives its id."""
    visit = Visit(outlet=outlet, started_at=now, **asdict(VisitCounts()))
    session.add(visit)
    session.flush()
    return visit.id


def finish_visit(
    session: Session, visit_id: int, counts: VisitCounts, *, now: datetime, error: str | None = None
) -> None:
    """Note what the visit did; `error` is set when the visit as a whole failed."""
    session.execute(
        update(Visit)
        .where(Visit.id == visit_id)
        .values(finished_at=now, error=error and clean_text(error), **asdict(clean_value(counts)))
    )


def pages_since(session: Session, outlet: str, since: datetime) -> int:
    """Article pages fetched in visits of the outlet that began at or after `since`."""
    asked = select(func.coalesce(func.sum(Visit.fetched), 0)).where(Visit.outlet == outlet, Visit.started_at >= since)
    return int(session.scalar(asked) or 0)


def latest_visits(session: Session, limit_per_outlet: int = 1) -> list[VisitRow]:
    """The newest visits of every outlet, outlets in order of their id, newest first."""
    place = func.row_number().over(partition_by=Visit.outlet, order_by=Visit.id.desc())
    ranked = select(Visit.id, place.label("place")).subquery()
    rows = session.scalars(
        select(Visit)
        .join(ranked, ranked.c.id == Visit.id)
        .where(ranked.c.place <= limit_per_outlet)
        .order_by(Visit.outlet, Visit.id.desc())
    )
    return [
        VisitRow(
            id=row.id,
            outlet=row.outlet,
            started_at=row.started_at,
            finished_at=row.finished_at,
            counts=VisitCounts(**{name: getattr(row, name) for name in _COUNTS}),
            error=row.error,
        )
        for row in rows
    ]
