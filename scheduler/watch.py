"""One round of watching: every outlet that was visited since is judged, and what changed becomes messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.health import HealthRules, judge
from scheduler.workdays import WorkTime
from storage.database import Database
from storage.health import (
    HealthRow,
    MarkRow,
    OutletState,
    health_rows,
    latest_visit_ids,
    outlet_facts,
    outlet_marks,
    unfit_rows,
    write_states,
)

HISTORY = timedelta(days=90)

Rows = dict[str, dict[int, HealthRow]]


def judge_outlets(
    database: Database,
    enabled: Mapping[str, bool],
    *,
    now: datetime,
    rules: HealthRules | None = None,
    work: WorkTime | None = None,
) -> list[HealthRow]:
    """Judge the outlets of the catalogue (id → whether it is enabled) that were visited or marked since.

    Gives the rows whose state has changed. The same call twice changes nothing the second time.
    """
    rules, work = rules or HealthRules(), work or WorkTime()
    with database.reader() as session:
        before = rows_by_outlet(health_rows(session))
        visits, marks = latest_visit_ids(session), outlet_marks(session)
        open_ones = {
            outlet: is_on
            for outlet, is_on in enabled.items()
            if _is_open(before.get(outlet, {}), visits.get(outlet, 0), _is_off(is_on, marks.get(outlet)))
        }
        facts = outlet_facts(session, open_ones, now=now, history=HISTORY)
    judged = {fact.outlet: judge(fact, before.get(fact.outlet, {}), now=now, rules=rules, work=work) for fact in facts}
    with database.writer() as session:
        for outlet, rows in judged.items():
            unfit_rows(session, outlet=outlet, sources=[row.source_id for row in rows])
            write_states(session, rows)
    return [row for rows in judged.values() for row in rows if _has_changed(row, before.get(row.outlet, {}))]


def rows_by_outlet(rows: list[HealthRow]) -> Rows:
    """Judgements by outlet and source id."""
    found: Rows = {}
    for row in rows:
        found.setdefault(row.outlet, {})[row.source_id] = row
    return found


def _is_open(before: dict[int, HealthRow], latest_visit: int, is_off: bool) -> bool:
    whole = before.get(0)
    return whole is None or latest_visit > whole.judged_visit or is_off != (whole.state is OutletState.DISABLED)


def _is_off(enabled: bool, mark: MarkRow | None) -> bool:
    return not enabled or (mark is not None and mark.disabled_at is not None)


def _has_changed(row: HealthRow, before: dict[int, HealthRow]) -> bool:
    earlier = before.get(row.source_id)
    return row.state is not (earlier.state if earlier else OutletState.OK)
