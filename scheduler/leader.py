"""One leader at a time, by a lease in the database: it ticks, the others stand by and say so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from storage.database import Database
from storage.holder import is_dead, new_holder
from storage.leases import LeaseState, read_lease, release_leases, take_leases

log = structlog.get_logger()

LASTS = timedelta(seconds=20)
RENEW_EVERY_SECONDS = 5


@dataclass
class Leader:
    """This process's claim to one lease. `look` belongs in a thread; `leads` is cheap and asks nobody.

    A leader that cannot renew stops leading by its own clock, when nobody else can lead yet.
    """

    database: Database
    name: str
    clock: Callable[[], datetime]
    holder: str = field(default_factory=new_holder)
    lasts: timedelta = LASTS
    _until: datetime | None = field(default=None, init=False)
    _other: str | None = field(default=None, init=False)

    @property
    def leads(self) -> bool:
        return self._until is not None and self.clock() < self._until

    @property
    def other(self) -> str | None:
        """The holder this process stands by for, None while it leads or has not looked."""
        return None if self.leads else self._other

    def look(self) -> bool:
        """Renew the lease or try to take it; whether this process leads now."""
        now = self.clock()
        before, led = self.current(), self.leads
        dead = [before.holder] if before and is_dead(before.holder, own=self.holder) else []
        taken_by = take_leases(self.database, [self.name], holder=self.holder, now=now, lasts=self.lasts, dead=dead)
        if taken_by is None:
            self._until, self._other = now + self.lasts, None
            if not led:
                log.info("leader.elected", lease=self.name, holder=self.holder)
            return True
        self._until = None
        if led:
            log.error("leader.lost", lease=self.name, to=taken_by.holder)
        if self._other != taken_by.holder:
            log.info("leader.standing_by", lease=self.name, holder=taken_by.holder)
        self._other = taken_by.holder
        return False

    def current(self) -> LeaseState | None:
        """The lease as it is written."""
        with self.database.reader() as session:
            return read_lease(session, self.name)

    def resign(self) -> None:
        """Give the lease up, so that another process need not wait until it ends."""
        self._until = None
        with self.database.writer() as session:
            release_leases(session, [self.name], holder=self.holder, now=self.clock())
