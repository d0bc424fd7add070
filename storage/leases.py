"""Leases: what one process may do at a time. Taken all or none, renewed while it works, over when it does not.

The times are those of the process that takes one, so clocks must agree within a few seconds (`zgcwatch doctor` looks).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.database import Database
from storage.models.service import Lease


@dataclass(frozen=True, slots=True)
class LeaseState:
    """A lease as it is written: who has or had it, for the how-manieth holder, until when."""

    name: str
    holder: str
    term: int
    taken_at: datetime
    renewed_at: datetime
    expires_at: datetime

    def is_held(self, now: datetime) -> bool:
        return now < self.expires_at


class _Taken(Exception):  # noqa: N818 - undoes the transaction, and is never seen outside
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def take_leases(
    database: Database,
    names: Collection[str],
    *,
    holder: str,
    now: datetime,
    lasts: timedelta,
    dead: Collection[str] = (),
) -> LeaseState | None:
    """Take or renew all of `names`, or none of them: then the lease that stands in the way is given back.

    Leases of `dead` holders are free. A lease that its holder takes again keeps its term.
    """
    try:
        with database.writer() as session:
            for name in sorted(names):  # always in this order, or two processes wait for each other
                _take(session, name, holder, now, now + lasts, dead)
    except _Taken as taken:
        with database.reader() as session:
            return read_lease(session, taken.name)
    return None


def _take(session: Session, name: str, holder: str, now: datetime, expires_at: datetime, dead: Collection[str]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(Lease).values(
        name=name, holder=holder, term=1, taken_at=now, renewed_at=now, expires_at=expires_at
    )
    free = or_(Lease.expires_at <= now, Lease.holder.in_(dead))
    renewed = {"renewed_at": now, "expires_at": expires_at}
    own = update(Lease).where(Lease.name == name, Lease.holder == holder, Lease.expires_at > now).values(renewed)
    if session.execute(own.returning(Lease.term)).first():
        return
    taken = row.on_conflict_do_update(
        index_elements=[Lease.name],
        set_={"holder": holder, "term": Lease.term + 1, "taken_at": now, **renewed},
        where=free,
    )
    if session.scalar(taken.returning(Lease.term)) is None:
        raise _Taken(name)


def renew_leases(session: Session, names: Collection[str], *, holder: str, now: datetime, lasts: timedelta) -> set[str]:
    """Renew those of `names` that the holder still has; the others were lost, to time or to somebody else."""
    renewed = (
        update(Lease)
        .where(Lease.name.in_(names), Lease.holder == holder, Lease.expires_at > now)
        .values(renewed_at=now, expires_at=now + lasts)
    )
    return set(session.scalars(renewed.returning(Lease.name)))


def release_leases(session: Session, names: Collection[str], *, holder: str, now: datetime) -> None:
    """Give up those of `names` that the holder has: somebody else may take them from `now` on."""
    session.execute(update(Lease).where(Lease.name.in_(names), Lease.holder == holder).values(expires_at=now))


def read_lease(session: Session, name: str) -> LeaseState | None:
    """The lease as it stands, held or over; None when nobody ever had it."""
    found = session.execute(select(*_ROW).where(Lease.name == name)).first()
    return LeaseState(*found) if found else None


_ROW = (Lease.name, Lease.holder, Lease.term, Lease.taken_at, Lease.renewed_at, Lease.expires_at)
