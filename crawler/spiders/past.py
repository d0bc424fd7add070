"""The past of an outlet in the database: which steps of it a visit takes up, and what the visit leaves of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from crawler.catalogue import Outlet
from crawler.spiders.runs import SourceRun, StepRun
from crawler.spiders.stretch import Stretch, first_steps, source_of
from storage.backfills import (
    add_steps,
    finish_if_done,
    open_backfills,
    open_steps,
    start_backfill,
    step_done,
    step_failed,
)
from storage.records import BackfillRow

if TYPE_CHECKING:
    from crawler.spiders.plan import VisitPlan

log = structlog.get_logger()

CAUGHT_BEFORE = timedelta(hours=1)  # what appeared shortly before the last visit may have missed it
LONGEST_CATCH_UP = timedelta(days=30)


def load_steps(session: Any, outlet: Outlet, *, limit: int) -> list[StepRun]:
    """The next open steps of the outlet's backfills, the oldest backfill first."""
    runs: list[StepRun] = []
    for backfill in open_backfills(session, outlet.id):
        steps = open_steps(session, backfill.id, limit=limit - len(runs))
        runs += [StepRun.of(step, backfill, source_of(step, outlet)) for step in steps]
    return runs


def begin_backfill(session: Any, outlet: Outlet, stretch: Stretch, *, reason: str, now: datetime) -> BackfillRow:
    """Begin reading a stretch of the past again, or go on with the same one where it was left."""
    return start_backfill(
        session,
        outlet=outlet.id,
        reason=reason,
        from_at=stretch.start,
        to_at=stretch.end,
        steps=first_steps(outlet, stretch),
        now=now,
    )


def settle_steps(session: Any, plan: "VisitPlan", now: datetime) -> None:
    """Write what became of the steps: read to their end, failed, or left for the next visit as they were."""
    for run in plan.steps:
        if run.outcome == "failed":
            step_failed(session, run.step.id, error=run.error or "")
        elif run.outcome == "answered":
            add_steps(session, run.backfill.id, run.found)
            if run.complete:
                step_done(session, run.step.id, candidates=run.candidates)
    for backfill in {run.backfill.id: run.backfill for run in plan.steps}.values():
        if finish_if_done(session, backfill.id, now=now):
            log.info("backfill.finished", outlet=backfill.outlet, reason=backfill.reason)


def catch_up(session: Any, plan: "VisitPlan", runs: Sequence[SourceRun], now: datetime) -> None:
    """A source that shows nothing of what it showed last time has lost what came between: that is read again.

    One catching up a time is enough for an outlet; it goes on in its next visits.
    """
    since = [run.state.last_success_at for run in runs if run.has_overflowed and run.state.last_success_at]
    if not since or any(row.reason == "catch_up" for row in open_backfills(session, plan.outlet.id)):
        return
    start = max(min(since) - CAUGHT_BEFORE, now - LONGEST_CATCH_UP)
    begin_backfill(session, plan.outlet, Stretch(start, now), reason="catch_up", now=now)
    log.warning("visit.overflowed", outlet=plan.outlet.id, since=start.isoformat())
