"""The catalogue's mirror in the database."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models.archive import Outlet
from storage.models.base import table_of
from storage.records import OutletRow
from storage.text import clean_value

# Past the session and its objects, in a third of the time: every answer of the API asks for them.
_outlet = table_of(Outlet).c
_NAMES = select(_outlet.id, _outlet.name, _outlet.home, _outlet.licence, _outlet.sample).order_by(_outlet.id)


def sync_outlets(session: Session, rows: Iterable[OutletRow], *, now: datetime) -> None:
    """Add new outlets and bring known ones up to date. An outlet that left the catalogue stays: its articles do too."""
    known = {outlet.id: outlet for outlet in session.scalars(select(Outlet))}
    for row in map(clean_value, rows):
        if row.id not in known:
            session.add(Outlet(**asdict(row), added_at=now))
            continue
        for name, value in asdict(row).items():
            setattr(known[row.id], name, value)
    session.flush()


def outlet_names(session: Session) -> dict[str, OutletRow]:
    """Every outlet ever synchronised, by id."""
    return {row[0]: OutletRow(*row) for row in session.connection().execute(_NAMES).all()}
