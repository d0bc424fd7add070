"""What the service does at each tick. No tick knows when it comes; a second one that finds nothing due does nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from crawler.boilerplate import learn
from crawler.catalogue import Outlet
from crawler.runtime import Visits
from crawler.turns import HostTaken
from crawler.visit import CrawlContext, due_outlets, sync_catalogue
from crawler.watch import CatalogueWatcher, TopicsWatcher
from digest.confirmation import send_confirmations
from digest.delivery import deliver_due
from digest.service import close_due_windows
from digest.settings import DigestSettings
from digest.stories import assign_stories
from scheduler.dispatch import Dispatch
from scheduler.metrics import Metrics
from scheduler.notify import send_messages, tell_changes
from scheduler.queue import Queue
from scheduler.settings import HealthSettings, OperatorSettings
from scheduler.watch import judge_outlets
from storage.database import Database
from storage.figures import Figures, figures
from storage.retention import prune
from storage.settings import StorageSettings
from storage.upkeep import back_up_by_plan

log = structlog.get_logger()


@dataclass
class Work:
    """The service's verbs, over one archive."""

    database: Database
    crawl: CrawlContext
    digest: DigestSettings
    storage: StorageSettings
    metrics: Metrics
    operator: OperatorSettings = field(default_factory=OperatorSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    watcher: CatalogueWatcher | None = None
    topics: TopicsWatcher | None = None
    clock: Callable[[], datetime] = field(kw_only=True)
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        self.visits = Visits(self.crawl)

    async def reload(self, *, again: bool = False) -> None:
        """Take up outlets, topics and names that were changed; what is wrong stays as it was, and is said."""
        if self.watcher is not None:
            self.crawl.catalogue = await asyncio.to_thread(self.watcher.current, again=again)
        if self.topics is not None:
            topics = await asyncio.to_thread(self.topics.current, again=again)
            if topics is not self.crawl.topics:
                self.crawl.use_topics(topics)
        wrong = [watched for watched in (self.watcher, self.topics) if watched is not None and watched.problem]
        self.metrics.reload_failed.set(bool(wrong))

    async def offer_visits(self, dispatch: Dispatch) -> int:
        """Have every outlet visited that has a due source and is not being visited already."""
        return await dispatch.offer(await asyncio.to_thread(self._due_outlets))

    def _due_outlets(self) -> list[Outlet]:
        catalogue = self.crawl.catalogue
        with self.database.writer() as session:
            sync_catalogue(session, catalogue, now=self.clock())
        with self.database.reader() as session:
            return due_outlets(session, catalogue, now=self.clock())

    async def visit(self, outlet_id: str) -> None:
        """Visit one outlet, whatever becomes of it: what was left undone stays due."""
        structlog.contextvars.bind_contextvars(visit=outlet_id)
        started = time.monotonic()
        self.metrics.visits_running.inc()
        try:
            report = await self.visits.visit(self.crawl.catalogue.get(outlet_id))
            self.metrics.visited(report, time.monotonic() - started)
        except HostTaken as taken:
            log.warning("visit.put_off", outlet=outlet_id, why=str(taken))
        except Exception:
            self.metrics.visits.labels("broken").inc()
            log.exception("visit.broken", outlet=outlet_id)
        finally:
            self.metrics.visits_running.dec()

    async def group_stories(self) -> None:
        """Put what came since the last time into stories, so that pages and programs see them before any mail."""
        await asyncio.to_thread(self._group_stories)

    def _group_stories(self) -> None:
        with self.database.writer() as session:
            assign_stories(session, now=self.clock())

    async def close_digest_windows(self) -> None:
        await asyncio.to_thread(self._close_windows)

    def _close_windows(self) -> None:
        close_due_windows(self.database, self.digest, now=self.clock(), topics=self.crawl.topics)

    async def deliver(self) -> None:
        self.metrics.delivered(await asyncio.to_thread(deliver_due, self.database, self.digest, clock=self.clock))
        await asyncio.to_thread(send_confirmations, self.database, self.digest, clock=self.clock)

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

    async def back_up(self) -> None:
        made = await asyncio.to_thread(back_up_by_plan, self.database.url, self.storage, now=self.clock())
        if made is not None:
            log.info("backup.made", file=str(made.file), bytes=made.bytes)
            self.metrics.backed_up(self.clock())

    async def tell_figures(self, queue: Queue | None) -> None:
        """Put the archive's figures where monitoring finds them."""
        jobs = Counter((await queue.busy()).values()) if queue is not None else Counter()
        self.metrics.of_the_archive(await asyncio.to_thread(self._figures), dict(jobs))

    def _figures(self) -> Figures:
        with self.database.reader() as session:
            return figures(session, now=self.clock())
