"""Which process may visit a host now: a lease for each, so that no two processes are at one host side by side.

The queue hands out visits one by one already; this holds when it is wrong about a process that was thought dead, and
for visits by hand beside the service.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from crawler.runtime import in_vital_thread
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.holder import is_dead, new_holder
from storage.leases import read_lease, release_leases, renew_leases, take_leases

log = structlog.get_logger()

LASTS = timedelta(seconds=30)
RENEW_EVERY_SECONDS = 5.0
# Without a renewal for this long the visit ends: its last fetches (20 s at most) are over when the lease is.
GIVE_UP_AFTER = timedelta(seconds=15)
LOOK_EVERY_SECONDS = 1.0
PATIENCE_SECONDS = 75.0


class HostTaken(ZgcwatchError):  # noqa: N818 - named for what it is
    """Another process has been at the host for longer than a visit should wait; it stays due."""


@dataclass(slots=True)
class Hold:
    """Hosts that are ours for a while; others wait `pause` longer than we do, as each request of ours did."""

    names: tuple[str, ...]
    lost: Callable[[], None]
    renewed_at: datetime
    is_lost: bool = False
    pause: timedelta = timedelta(0)


@dataclass
class HostTurns:
    """The hosts this process is at. Several visits of one process may share a host: its pace sees to them."""

    database: Database
    clock: Callable[[], datetime]
    holder: str = field(default_factory=new_holder)
    patience: float = PATIENCE_SECONDS
    renew_every: float = RENEW_EVERY_SECONDS
    _holds: list[Hold] = field(default_factory=list, init=False)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _renewing: asyncio.Task[None] | None = field(default=None, init=False)
    _is_stopping: bool = field(default=False, init=False)

    def stop(self) -> None:
        """The process is about to end: whoever waits for a host gives up, and its visit stays due."""
        self._is_stopping = True

    @asynccontextmanager
    async def hold(self, hosts: Collection[str], *, lost: Callable[[], None]) -> AsyncIterator[Hold]:
        """Have all of the hosts to this process. `lost` is called when that ends before the visit does.

        Waits for another process that is there; raises HostTaken when it stays.
        """
        hold = Hold(tuple(sorted({f"host:{host}"[:300] for host in hosts})), lost, self.clock())
        await self._take(hold)
        try:
            yield hold
        finally:
            await asyncio.shield(self._give_up(hold))

    async def _take(self, hold: Hold) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience
        while (holder := await self._try(hold)) is not None:
            if loop.time() >= until or self._is_stopping:
                raise HostTaken(f"Another process ({holder}) is at the host still; the visit stays due.")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _try(self, hold: Hold) -> str | None:
        """Who is in the way, None when the hosts are ours now."""
        async with self._changing:
            holder = await asyncio.to_thread(self._try_names, hold.names)
            if holder is None:
                hold.renewed_at = self.clock()
                self._holds.append(hold)
                self._renewing = self._renewing or asyncio.create_task(self._renew())
            return holder

    def _try_names(self, names: tuple[str, ...]) -> str | None:
        with self.database.reader() as session:
            rows = [row for row in (read_lease(session, name) for name in names) if row is not None]
        dead = {row.holder for row in rows if is_dead(row.holder, own=self.holder)}
        taken_by = take_leases(self.database, names, holder=self.holder, now=self.clock(), lasts=LASTS, dead=dead)
        return taken_by.holder if taken_by else None

    async def _give_up(self, hold: Hold) -> None:
        """Names that another visit of this process still has stay; what cannot be given up ends by itself."""
        async with self._changing:
            self._holds.remove(hold)
            if not self._holds and self._renewing is not None:
                self._renewing.cancel()
                self._renewing = None
            free = set(hold.names) - {name for other in self._holds for name in other.names}
            with contextlib.suppress(Exception):
                await in_vital_thread(self._release, free, hold.pause)

    def _release(self, names: set[str], pause: timedelta) -> None:
        with self.database.writer() as session:
            release_leases(session, names, holder=self.holder, now=self.clock() + pause)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self.renew_every)
            holds = list(self._holds)
            try:
                kept = await in_vital_thread(self._renew_names, {name for hold in holds for name in hold.names})
            except Exception as error:  # noqa: BLE001 - the database may be away for a moment; time decides
                log.warning("turns.not_renewed", error=str(error))
                self._lose([hold for hold in holds if self.clock() >= hold.renewed_at + GIVE_UP_AFTER])
                continue
            for hold in holds:
                hold.renewed_at = self.clock()
            self._lose([hold for hold in holds if not kept.issuperset(hold.names)])

    def _renew_names(self, names: set[str]) -> set[str]:
        with self.database.writer() as session:
            return renew_leases(session, names, holder=self.holder, now=self.clock(), lasts=LASTS)

    def _lose(self, holds: list[Hold]) -> None:
        for hold in holds:
            if not hold.is_lost and hold in self._holds:
                hold.is_lost = True
                log.error("turns.lost", hosts=hold.names)
                hold.lost()
