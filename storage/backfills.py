"""Backfills: a stretch of time read again from sitemaps and lists, step by step. What is left to do is a query."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.candidates import Backfill, BackfillStep
from storage.records import BackfillRow, StepKey, StepRow
from storage.text import clean_text, clean_value, url_key

MOST_ATTEMPTS = 3
_BACKFILL = (Backfill.id, Backfill.outlet, Backfill.reason, Backfill.from_at, Backfill.to_at, Backfill.created_at)
_STEP = (
    BackfillStep.id,
    BackfillStep.backfill_id,
    BackfillStep.kind,
    BackfillStep.url,
    BackfillStep.source_url,
    BackfillStep.number,
    BackfillStep.depth,
    BackfillStep.day,
    BackfillStep.before,
    BackfillStep.attempts,
)


def start_backfill(
    session: Session,
    *,
    outlet: str,
    reason: str,
    from_at: datetime,
    to_at: datetime,
    steps: Iterable[StepKey],
    now: datetime,
) -> BackfillRow:
    """Begin a backfill of [from_at, to_at), or go on with the open one of the same outlet, reason and stretch."""
    for row in open_backfills(session, outlet):
        if (row.reason, row.from_at, row.to_at) == (reason, from_at, to_at):
            return row
    backfill = Backfill(outlet=outlet, reason=reason, from_at=from_at, to_at=to_at, created_at=now)
    session.add(backfill)
    session.flush()
    add_steps(session, backfill.id, steps)
    return BackfillRow(backfill.id, outlet, reason, from_at, to_at, now)


def open_backfills(session: Session, outlet: str) -> list[BackfillRow]:
    """The outlet's unfinished backfills, the oldest first."""
    rows = session.execute(
        select(*_BACKFILL).where(Backfill.outlet == outlet, Backfill.finished_at.is_(None)).order_by(Backfill.id)
    )
    return [BackfillRow(*row) for row in rows]


def add_steps(session: Session, backfill_id: int, steps: Iterable[StepKey]) -> None:
    """Add what is still to be read; an address that is a step of this backfill already is left as it is."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for step in map(clean_value, steps):
        row = dialect.insert(BackfillStep).values(
            backfill_id=backfill_id, key=url_key(step.url), state="open", attempts=0, candidates=0, **asdict(step)
        )
        session.execute(row.on_conflict_do_nothing(index_elements=[BackfillStep.backfill_id, BackfillStep.key]))


def open_steps(session: Session, backfill_id: int, *, limit: int) -> list[StepRow]:
    """The steps to be done next: those that failed least often first, then in the order they were found."""
    rows = session.execute(
        select(*_STEP)
        .where(BackfillStep.backfill_id == backfill_id, BackfillStep.state == "open")
        .order_by(BackfillStep.attempts, BackfillStep.id)
        .limit(limit)
    )
    return [StepRow(**row) for row in rows.mappings()]


def step_done(session: Session, step_id: int, *, candidates: int) -> None:
    """The step was read and every page it named has been dealt with."""
    step = session.get_one(BackfillStep, step_id)
    step.state, step.candidates, step.error = "done", candidates, None
    session.flush()


def step_failed(session: Session, step_id: int, *, error: str) -> None:
    """The step could not be read: it stays open for another try, and is given up with its reason after the third."""
    step = session.get_one(BackfillStep, step_id)
    step.attempts += 1
    step.error = clean_text(error)
    step.state = "failed" if step.attempts >= MOST_ATTEMPTS else "open"
    session.flush()


def finish_if_done(session: Session, backfill_id: int, *, now: datetime) -> bool:
    """Close the backfill when no step is open; True when it is closed."""
    backfill = session.get_one(Backfill, backfill_id)
    if backfill.finished_at is None and backfill_steps(session, backfill_id).get("open", 0) == 0:
        backfill.finished_at = now
        session.flush()
    return backfill.finished_at is not None


def backfill_steps(session: Session, backfill_id: int) -> dict[str, int]:
    """How many steps of the backfill are open, done and failed."""
    counted = (
        select(BackfillStep.state, func.count().label("steps"))
        .where(BackfillStep.backfill_id == backfill_id)
        .group_by(BackfillStep.state)
    )
    return {row.state: row.steps for row in session.execute(counted)}


def failed_steps(session: Session, backfill_id: int) -> list[tuple[str, str]]:
    """The steps given up: address and reason."""
    rows = session.execute(
        select(BackfillStep.url, BackfillStep.error)
        .where(BackfillStep.backfill_id == backfill_id, BackfillStep.state == "failed")
        .order_by(BackfillStep.id)
    )
    return [(url, error or "") for url, error in rows]
