"""The judgements in force, and what the operator was told of them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.health.records import WHOLE_OUTLET, HealthRow, OutletState
from storage.models.health import HealthState
from storage.text import clean_value


def current_states(session: Session) -> dict[str, HealthRow]:
    """How each outlet that was ever judged is, as a whole."""
    return {row.outlet: row for row in health_rows(session) if row.source_id == WHOLE_OUTLET}


def health_rows(session: Session) -> list[HealthRow]:
    """Every judgement in force, outlets before their sources."""
    rows = session.scalars(select(HealthState).order_by(HealthState.outlet, HealthState.source_id))
    return [_plain(row) for row in rows]


def write_states(session: Session, rows: Iterable[HealthRow]) -> None:
    """Put new judgements in the place of the earlier ones. What was told stays as it is in the database."""
    for row in map(clean_value, rows):
        values = {name: value for name, value in asdict(row).items() if name not in {"told", "told_at"}}
        known = session.get(HealthState, (row.outlet, row.source_id), populate_existing=True)
        if known is None:
            session.add(HealthState(**asdict(row)))
            continue
        for name, value in values.items():
            setattr(known, name, value)
    session.flush()


def unfit_rows(session: Session, *, outlet: str, sources: Collection[int]) -> int:
    """Forget the judgements of sources the outlet has no more; how many they were."""
    gone = (
        HealthState.outlet == outlet,
        HealthState.source_id != WHOLE_OUTLET,
        HealthState.source_id.not_in(list(sources)),
    )
    found = session.scalars(select(HealthState.source_id).where(*gone)).all()
    if found:
        session.execute(delete(HealthState).where(*gone).execution_options(synchronize_session=False))
    return len(found)


def note_told(session: Session, rows: Iterable[HealthRow], *, now: datetime) -> None:
    """The operator is told of these states: in the transaction that writes the messages."""
    for row in rows:
        known = session.get_one(HealthState, (row.outlet, row.source_id), populate_existing=True)
        known.told, known.told_at = row.state.value, now
    session.flush()


def _plain(row: HealthState) -> HealthRow:
    values = {name: getattr(row, name) for name in HealthRow.__dataclass_fields__}
    pending = OutletState(row.pending) if row.pending else None
    return HealthRow(**{**values, "state": OutletState(row.state), "told": OutletState(row.told), "pending": pending})
