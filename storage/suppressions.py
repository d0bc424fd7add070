"""The list of addresses that are sent nothing, each with its reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.models.digest import Suppression
from storage.text import clean_text

Source = Literal["refused", "bounce", "operator"]


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """An address that is sent nothing. `source`: the server refused it, a mail came back, the operator decided so."""

    address: str
    source: str
    reason: str
    added_at: datetime


def suppress(session: Session, address: str, source: Source, reason: str, *, now: datetime) -> bool:
    """Send this address nothing any more. False when that was so before: the first reason stays."""
    if suppression_of(session, address) is not None:
        return False
    session.add(Suppression(key=_key(address), address=address, source=source, reason=clean_text(reason), added_at=now))
    session.flush()
    return True


def release_address(session: Session, address: str) -> bool:
    """Send this address mail again; False when it was not on the list."""
    gone = delete(Suppression).where(Suppression.key == _key(address)).returning(Suppression.key)
    return session.scalar(gone) is not None


def suppression_of(session: Session, address: str) -> SuppressionRow | None:
    """Why this address is sent nothing; None when it is."""
    row = session.get(Suppression, _key(address))
    return _plain(row) if row else None


def suppressions(session: Session) -> list[SuppressionRow]:
    """The whole list, newest first."""
    rows = session.scalars(select(Suppression).order_by(Suppression.added_at.desc(), Suppression.key))
    return [_plain(row) for row in rows]


def _plain(row: Suppression) -> SuppressionRow:
    return SuppressionRow(row.address, row.source, row.reason, row.added_at)


def _key(address: str) -> str:
    return address.casefold()[:254]
