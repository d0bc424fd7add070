"""The archive in a few numbers, for monitoring: each asked by an index, so that asking twice a minute costs nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models.archive import Article
from storage.models.collect import Source
from storage.models.digest import Delivery, DigestIssue
from storage.models.health import HealthState, OutletMark

OPEN_DELIVERIES = ("waiting", "sending", "deferred")
WHOLE_OUTLET = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """How the archive stands. `outlets` counts outlets by state."""

    outlets: dict[str, int]
    sources_due: int
    overdue_seconds: float
    articles: int
    newest_article_at: datetime | None
    deliveries_waiting: int
    last_cutoff_at: datetime | None


def figures(session: Session, *, now: datetime) -> Figures:
    """The figures at this moment. `articles` is the highest id, which is their number: none is ever deleted."""
    states = select(HealthState.state, func.count()).where(HealthState.source_id == WHOLE_OUTLET)
    off = select(OutletMark.outlet).where(OutletMark.disabled_at.is_not(None))
    due = select(func.count(), func.min(Source.next_visit_at)).where(
        Source.enabled, Source.next_visit_at <= now, Source.outlet.not_in(off)
    )
    number, oldest = session.execute(due).one()
    newest = session.execute(select(Article.id, Article.first_seen_at).order_by(Article.id.desc()).limit(1)).first()
    waiting = select(func.count()).where(Delivery.state.in_(OPEN_DELIVERIES))
    return Figures(
        outlets=dict(session.execute(states.group_by(HealthState.state)).all()),
        sources_due=number,
        overdue_seconds=(now - oldest).total_seconds() if number else 0.0,
        articles=newest.id if newest else 0,
        newest_article_at=newest.first_seen_at if newest else None,
        deliveries_waiting=session.scalar(waiting) or 0,
        last_cutoff_at=session.scalar(select(func.max(DigestIssue.window_end))),
    )
