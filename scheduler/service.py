"""The service's life: which roles this process has, who leads, what ticks, and the order in which all of it stops.

APScheduler only ticks (MemoryJobStore, ticks declared here with fixed ids); what is due is a question to the database.
"""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.runtime import in_vital_thread
from scheduler.dispatch import Dispatch, Embedded
from scheduler.leader import RENEW_EVERY_SECONDS, Leader
from scheduler.metrics import measure_lag
from scheduler.monitor import monitor_server
from scheduler.queue import Queue
from scheduler.settings import SchedulerSettings
from scheduler.ticks import Tick, schedule
from scheduler.work import Work
from storage import heap
from storage.readiness import SCHEDULER, Readiness

log = structlog.get_logger()

CRAWLER = "crawler"  # the lease of the one process that visits when there is no queue
FIGURES_EVERY_SECONDS = 30
REVIVE_EVERY_SECONDS = 5
TRIM_EVERY_SECONDS = 600
NIGHTLY = {"prune": (3, 30), "learn": (4, 0), "back_up": (4, 30)}  # hours and minutes


@dataclass
class Door:
    """A server, and the sockets its caller has bound for it: a busy port is found before anything starts."""

    server: uvicorn.Server
    sockets: list[Any]


@dataclass
class Service:
    """One running zgcwatch process. `web` is the web role's door, `monitor` the sockets of the one for monitoring."""

    work: Work
    settings: SchedulerSettings
    readiness: Readiness
    web: Door | None = None
    monitor: list[Any] = field(default_factory=list)
    _leaders: dict[str, Leader] = field(default_factory=dict, init=False)
    _scheduler: AsyncIOScheduler = field(init=False)
    _ticks: dict[str, Tick] = field(default_factory=dict, init=False)
    _reloading: asyncio.Future[None] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        roles, is_queued = self.settings.roles, self.settings.dispatch == "procrastinate"
        names = [SCHEDULER] if "scheduler" in roles else []
        names += [CRAWLER] if "crawler" in roles and not is_queued else []
        for name in names:
            self._leaders[name] = Leader(self.work.database, name, self.work.clock)

    async def run(self) -> None:
        """Works until SIGTERM or SIGINT, then stops in order: no new work, running visits end, then the rest."""
        structlog.contextvars.bind_contextvars(run=secrets.token_hex(4))
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        async with self._dispatch() as (dispatch, queue), self._doors():
            await self.look()
            self._scheduler = self._schedule(dispatch, queue)
            self._scheduler.start()
            loop.add_signal_handler(signal.SIGHUP, self._reload)
            working = self._start_working(dispatch)
            log.info(
                "service.started",
                roles=list(self.settings.roles),
                dispatch=self.settings.dispatch,
                outlets=len(self.work.crawl.catalogue.enabled()),
            )
            try:
                await stop.wait()
            finally:
                await self._stop(working)
        log.info("service.stopped")

    def _start_working(self, dispatch: Dispatch) -> asyncio.Task[None] | None:
        return asyncio.create_task(dispatch.work()) if "crawler" in self.settings.roles else None

    async def _stop(self, working: asyncio.Task[None] | None) -> None:
        log.info("service.stopping")
        self._scheduler.pause()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.stop_timeout_seconds):
                if working is not None:
                    working.cancel()
                await self.work.visits.stop()
                if working is not None:
                    await asyncio.gather(working, return_exceptions=True)
        self._scheduler.shutdown(wait=False)
        for leader in self._leaders.values():
            with contextlib.suppress(Exception):  # the lease ends by itself where the database is away
                await in_vital_thread(leader.resign)

    @asynccontextmanager
    async def _dispatch(self) -> AsyncIterator[tuple[Dispatch, Queue | None]]:
        work, seats = self.work, self.settings.concurrent_visits
        if self.settings.dispatch == "embedded" or set(self.settings.roles) == {"web"}:
            yield Embedded(work.visit, seats), None
            return
        async with Queue(work.database.url, work.visit, seats).opened() as queue:
            yield queue, queue

    @asynccontextmanager
    async def _doors(self) -> AsyncIterator[None]:
        """The servers run as long as everything else, so that a stop can be watched."""
        doors = [self.web] if self.web else []
        if self.monitor:
            doors.append(Door(monitor_server(self.work.metrics, self.readiness.asked, self.says), self.monitor))
        serving = [asyncio.create_task(door.server.serve(sockets=door.sockets)) for door in doors]
        lag = asyncio.create_task(measure_lag(self.work.metrics))
        try:
            yield
        finally:
            lag.cancel()
            for door in doors:
                door.server.should_exit = True
            await asyncio.gather(lag, *serving, return_exceptions=True)
            self.readiness.close()

    def says(self) -> dict[str, Any]:
        """What this process is, for whoever asks at its monitoring door."""
        standing = {
            name: "leads" if leader.leads else f"stands by for {leader.other or 'nobody yet'}"
            for name, leader in self._leaders.items()
        }
        return {"roles": list(self.settings.roles), "dispatch": self.settings.dispatch, "leases": standing}

    async def look(self) -> None:
        """Renew this process's leases or try for them; a process that begins to lead ticks at once."""
        for name, leader in self._leaders.items():
            led = leader.leads
            try:
                leads = await in_vital_thread(leader.look)
            except Exception as error:  # noqa: BLE001 - the database is away; the lease ends by itself
                log.warning("leader.not_renewed", lease=name, error=str(error).splitlines()[0])
                leads = leader.leads
            self.work.metrics.leads.labels(name).set(leads)
            if name == SCHEDULER and not leads:
                self.work.metrics.tells_archive = False
            if leads and not led:
                self._tick_now(name)

    def _tick_now(self, lease: str) -> None:
        now = datetime.now(UTC)  # the timer's own clock
        for name in [name for name, tick in self._ticks.items() if tick.lease == lease]:
            self._scheduler.modify_job(name, next_run_time=now)

    def _reload(self) -> None:
        log.info("service.reload")
        self._reloading = asyncio.ensure_future(self.work.reload(again=True))

    def _schedule(self, dispatch: Dispatch, queue: Queue | None) -> AsyncIOScheduler:
        ticks = self.ticks(dispatch, queue)
        self._ticks = {tick.name: tick for tick in ticks if tick.role in {*self.settings.roles, "any"}}
        return schedule(
            list(self._ticks.values()),
            zone=ZoneInfo(self.work.digest.timezone),
            leads=lambda lease: self._leaders[lease].leads,
            metrics=self.work.metrics,
            clock=self.work.clock,
        )

    def ticks(self, dispatch: Dispatch, queue: Queue | None) -> list[Tick]:
        """Everything that ticks, whatever the roles of this process."""
        work, settings = self.work, self.settings
        zone = ZoneInfo(work.digest.timezone)

        def every(seconds: float) -> IntervalTrigger:
            return IntervalTrigger(seconds=seconds, timezone=zone)

        def nightly(name: str) -> CronTrigger:
            hour, minute = NIGHTLY[name]
            return CronTrigger(hour=hour, minute=minute, timezone=zone)

        async def offer() -> None:
            await work.offer_visits(dispatch)

        async def trim() -> None:
            await asyncio.to_thread(heap.trim)

        async def tell() -> None:
            await work.tell_figures(queue)

        visits = ("crawler", CRAWLER) if queue is None else ("scheduler", SCHEDULER)
        ticks = [
            Tick("lead", "any", None, self.look, every(RENEW_EVERY_SECONDS)),
            Tick("reload", "any", None, work.reload, every(settings.tick_seconds)),
            Tick("memory", "any", None, trim, every(TRIM_EVERY_SECONDS)),
            Tick("visits", *visits, offer, every(settings.tick_seconds)),
            Tick("stories", "scheduler", SCHEDULER, work.group_stories, CronTrigger(second=35, timezone=zone)),
            Tick("digest", "scheduler", SCHEDULER, work.close_digest_windows, CronTrigger(second=5, timezone=zone)),
            Tick("outbox", "scheduler", SCHEDULER, work.deliver, every(settings.delivery_tick_seconds)),
            Tick("health", "scheduler", SCHEDULER, work.watch, every(work.health.every_seconds)),
            Tick("figures", "scheduler", SCHEDULER, tell, every(FIGURES_EVERY_SECONDS)),
            Tick("retention", "scheduler", SCHEDULER, work.prune, nightly("prune")),
            Tick("boilerplate", "scheduler", SCHEDULER, work.learn_boilerplate, nightly("learn")),
            Tick("backup", "scheduler", SCHEDULER, work.back_up, nightly("back_up")),
        ]
        if queue is not None:
            ticks.append(Tick("stalled", "scheduler", SCHEDULER, queue.revive, every(REVIVE_EVERY_SECONDS)))
        return ticks
