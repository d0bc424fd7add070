"""What the operator decided about outlets: off, silent until a day, measured anew."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.health.records import MarkRow
from storage.models.health import OutletMark
from storage.text import clean_text


def disable_outlet(session: Session, outlet: str, *, now: datetime, why: str | None = None) -> bool:
    """Let the outlet rest: none of its sources is due until `enable_outlet`. False when it was off already."""
    mark = _row(session, outlet)
    if mark.disabled_at is not None:
        return False
    mark.disabled_at, mark.disabled_why = now, why and clean_text(why)
    session.flush()
    return True


def enable_outlet(session: Session, outlet: str, *, now: datetime) -> bool:
    """Take the outlet up again; what is normal for it is measured anew from `now`. False when it was not off."""
    mark = _row(session, outlet)
    was_off = mark.disabled_at is not None
    mark.disabled_at = mark.disabled_why = None
    mark.measured_from = now
    session.flush()
    return was_off


def mute_outlet(session: Session, outlet: str, *, until: datetime | None) -> None:
    """Send no message about the outlet before `until`; None ends a silence. What is still wrong then is told then."""
    _row(session, outlet).muted_until = until
    session.flush()


def mark_of(session: Session, outlet: str) -> MarkRow:
    """The outlet's mark; an empty one where nothing was decided."""
    return _plain(session.get(OutletMark, outlet, populate_existing=True) or OutletMark(outlet=outlet))


def outlet_marks(session: Session) -> dict[str, MarkRow]:
    """Every mark ever set, by outlet."""
    return {mark.outlet: _plain(mark) for mark in session.scalars(select(OutletMark).order_by(OutletMark.outlet))}


def _row(session: Session, outlet: str) -> OutletMark:
    mark = session.get(OutletMark, outlet, populate_existing=True)
    if mark is None:
        mark = OutletMark(outlet=outlet)
        session.add(mark)
    return mark


def _plain(mark: OutletMark) -> MarkRow:
    return MarkRow(**{name: getattr(mark, name) for name in MarkRow.__dataclass_fields__})
