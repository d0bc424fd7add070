"""The service: scheduler, crawler and web in one process on one loop, and the order in which it stops.

APScheduler only ticks (MemoryJobStore, jobs declared here with fixed ids); what is due is a question to the database.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.boilerplate import learn
from crawler.runtime import Visits
from crawler.visit import CrawlContext, due_outlets, sync_catalogue
from crawler.watch import CatalogueWatcher
from digest.delivery import deliver_due
from digest.service import close_window_if_due
from digest.settings import DigestSettings
from scheduler.notify import send_messages, tell_changes
from scheduler.settings import HealthSettings, OperatorSettings, SchedulerSettings
from scheduler.watch import judge_outlets
from storage.database import Database
from storage.retention import prune
from storage.settings import StorageSettings

log = structlog.get_logger()

# The default grace of one second silently lost a job when the loop was busy for two (docs/decisions/0002).
MISFIRE_GRACE_SECONDS = 300
NIGHTLY = {"hour": 3, "minute": 30}
AFTER_THAT = {"hour": 4, "minute": 0}


@dataclass
class Service:
    """One running zgcwatch. `server` is the web role's, on `sockets` its caller bound: a busy port is found early."""

    database: Database
    crawl: CrawlContext
    digest: DigestSettings
    storage: StorageSettings
    settings: SchedulerSettings
    server: uvicorn.Server | None
    sockets: list[Any] = field(default_factory=list)
    watcher: CatalogueWatcher | None = None
    operator: OperatorSettings = field(default_factory=OperatorSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    clock: Callable[[], datetime] = field(kw_only=True)
    _running: set[asyncio.Task[Any]] = field(default_factory=set, init=False)

    async def run(self) -> None:
        """Works until SIGTERM or SIGINT, then stops in order: no new work, running visits end, then the rest."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        self._visits = Visits(self.crawl)
        self._seats = asyncio.Semaphore(self.settings.concurrent_visits)
        scheduler = self._scheduler()
        scheduler.start()
        web = asyncio.create_task(self.server.serve(sockets=self.sockets)) if self.server else None
        log.info("service.started", roles=list(self.settings.roles), outlets=len(self.crawl.catalogue.enabled()))
        try:
            await stop.wait()
        finally:
            await self._stop(scheduler, web)

    async def _stop(self, scheduler: AsyncIOScheduler, web: asyncio.Task[None] | None) -> None:
        log.info("service.stopping", visits=len(self._running))
        scheduler.pause()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.stop_timeout_seconds):
                await self._visits.stop()
                await asyncio.gather(*self._running, return_exceptions=True)
        for late in self._running:
            late.cancel()
        scheduler.shutdown(wait=False)
        if self.server and web:
            self.server.should_exit = True
            await web
        log.info("service.stopped")

    def _scheduler(self) -> AsyncIOScheduler:
        """The ticks of the roles that are on: (role, id, what to do, when)."""
        zone = ZoneInfo(self.digest.timezone)
        visits = IntervalTrigger(seconds=self.settings.tick_seconds, timezone=zone)
        deliveries = IntervalTrigger(seconds=self.settings.delivery_tick_seconds, timezone=zone)
        ticks: list[tuple[str, str, Callable[[], Awaitable[None]], Any]] = [
            ("crawler", "visits", self.start_due_visits, visits),
            ("scheduler", "digest", self.close_digest_window, CronTrigger(second=5, timezone=zone)),
            ("scheduler", "outbox", self.deliver, deliveries),
            ("scheduler", "health", self.watch, IntervalTrigger(seconds=self.health.every_seconds, timezone=zone)),
            ("scheduler", "retention", self.prune, CronTrigger(**NIGHTLY, timezone=zone)),
            ("scheduler", "boilerplate", self.learn_boilerplate, CronTrigger(**AFTER_THAT, timezone=zone)),
        ]
        scheduler = AsyncIOScheduler(
            timezone=zone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_SECONDS},
        )
        for role, name, action, trigger in ticks:
            if role in self.settings.roles:
                scheduler.add_job(_guarded(name, action), trigger, id=name, next_run_time=self.clock())
        return scheduler

    async def start_due_visits(self) -> None:
        """Starts a visit for every outlet with a due source that is not being visited already."""
        for outlet_id in await asyncio.to_thread(self._due_outlets):
            if not self._visits.is_running(outlet_id):
                task = asyncio.create_task(self._visit(outlet_id))
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    async def _visit(self, outlet_id: str) -> None:
        async with self._seats:
            try:
                await self._visits.visit(self.crawl.catalogue.get(outlet_id))
            except Exception:
                log.exception("visit.broken", outlet=outlet_id)

    def _due_outlets(self) -> list[str]:
        if self.watcher is not None:
            self.crawl.catalogue = self.watcher.current()
        with self.database.writer() as session:
            sync_catalogue(session, self.crawl.catalogue, now=self.clock())
        with self.database.reader() as session:
            return [outlet.id for outlet in due_outlets(session, self.crawl.catalogue, now=self.clock())]

    async def close_digest_window(self) -> None:
        await asyncio.to_thread(self._close_window)

    def _close_window(self) -> None:
        close_window_if_due(self.database, self.digest, now=self.clock(), topics=self.crawl.topics)

    async def deliver(self) -> None:
        await asyncio.to_thread(deliver_due, self.database, self.digest, clock=self.clock)

    async def watch(self) -> None:
        await asyncio.to_thread(self._watch)

    def _watch(self) -> None:
        enabled = {outlet.id: outlet.enabled for outlet in self.crawl.catalogue}
        for row in judge_outlets(self.database, enabled, now=self.clock(), rules=self.health.rules):
            log.warning("health.changed", outlet=row.outlet, source=row.source_id, state=row.state.value, why=row.why)
        tell_changes(self.database, self.operator, now=self.clock())
        send_messages(self.database, self.operator, self.digest, clock=self.clock)

    async def learn_boilerplate(self) -> None:
        outlets = [outlet.id for outlet in self.crawl.catalogue]
        rules = self.crawl.settings.boilerplate
        await asyncio.to_thread(learn, self.database, outlets, rules, now=self.clock())

    async def prune(self) -> None:
        await asyncio.to_thread(self._prune)

    def _prune(self) -> None:
        log.info("retention.pruned", **prune(self.database, self.storage, now=self.clock()))


def _guarded(name: str, action: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A tick that fails is said once and tried again at the next tick; it never takes the service with it."""

    async def tick() -> None:
        try:
            await action()
        except Exception:
            log.exception("tick.failed", job=name)

    return tick
