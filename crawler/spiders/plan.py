"""The state of one visit: which sources answered, which pages are worth a fetch, what has been counted so far."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import structlog

from crawler.candidates import Candidate, Reading
from crawler.catalogue import Outlet, Source
from crawler.spiders.items import PageItem, PageTask, Verdict
from crawler.urls import article_address, article_number
from storage.archive import due_rechecks, due_retries, known_urls
from storage.records import KnownUrl, SourceState, VisitCounts

if TYPE_CHECKING:
    from crawler.visit import CrawlContext

log = structlog.get_logger()

MOST_ERRORS = 50
# A feed's clock may run ahead of ours; a date further in the future says nothing about a change.
CLOCK_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """A step of a visit, for progress bars: `done` of `planned` pages so far; `planned` grows while sources answer."""

    outlet: str
    step: Literal["source", "page", "finished"]
    url: str
    done: int
    planned: int


@dataclass(slots=True)
class SourceRun:
    """One source in this visit. Its validators are kept only when nothing it announced is left undone."""

    state: SourceState
    source: Source
    outcome: Literal["answered", "failed"] | None = None
    error: str | None = None
    retry_after: float = 0.0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    new_items: int = 0
    open_pages: int = 0
    truncated: bool = False

    def answered(self, *, etag: str | None, last_modified: str | None, body_hash: str | None) -> None:
        self.outcome = "answered"
        self.etag, self.last_modified, self.body_hash = etag, last_modified, body_hash

    def unchanged(self) -> None:
        self.answered(etag=self.state.etag, last_modified=self.state.last_modified, body_hash=self.state.body_hash)

    @property
    def complete(self) -> bool:
        return not self.truncated and self.open_pages == 0


@dataclass(slots=True)
class VisitPlan:
    """Decides, for one outlet and one visit, what is fetched; every page at most once."""

    outlet: Outlet
    context: "CrawlContext"
    runs: list[SourceRun]
    progress: Callable[[VisitEvent], None] | None = None
    counts: VisitCounts = field(default_factory=VisitCounts)
    planned: int = 0
    done: int = 0
    stopped: bool = False
    _seen: set[str] = field(default_factory=set)

    async def rechecks(self) -> list[PageTask]:
        """Stored articles due for another look and failed pages due for another try: half of a visit at most."""
        limit = max(self.outlet.politeness.max_pages // 4, 1)
        due = await asyncio.to_thread(self._due_again, limit)
        tasks = [PageTask(known.url, known=known) for known in due if self._first_sight(known.url)]
        self.planned += len(tasks)
        return tasks

    async def tasks_for(self, run: SourceRun, reading: Reading) -> list[PageTask]:
        """The pages worth a fetch among those a source announced."""
        addressed = self._addressed(run.source, reading.candidates)
        self.counts.candidates += len(addressed)
        known = await asyncio.to_thread(self._known, list(addressed))
        run.new_items += sum(url not in known for url in addressed)
        tasks = []
        for url, candidate in addressed.items():
            if not self._is_worth_a_fetch(candidate, known.get(url)):
                continue
            if self.planned >= self.outlet.politeness.max_pages:
                run.truncated = True
                continue
            self.planned += 1
            run.open_pages += 1
            tasks.append(PageTask(url, candidate=candidate, known=known.get(url), run=run))
        if run.truncated:
            log.info("visit.truncated", outlet=self.outlet.id, source=run.source.url, pages=self.planned)
        return tasks

    def settle(self, item: PageItem) -> None:
        """The page has been dealt with; a postponed one keeps its source from being taken as read."""
        self.done += 1
        if item.task.run is not None and item.verdict is not Verdict.POSTPONED:
            item.task.run.open_pages -= 1
        self.tell("page", item.task.url)

    def fail_source(self, run: SourceRun, error: str, *, retry_after: float = 0.0) -> None:
        run.outcome, run.error, run.retry_after = "failed", error, retry_after
        self.note_failure(run.source.url, error)

    def note_failure(self, url: str, error: str) -> None:
        """Count a failure and keep its sentence."""
        self.counts.failed += 1
        log.warning("visit.failure", outlet=self.outlet.id, url=url, error=error)
        if len(self.counts.errors) < MOST_ERRORS:
            self.counts.errors.append(f"{url}: {error}")

    def tell(self, step: Literal["source", "page", "finished"], url: str) -> None:
        if self.progress is not None:
            self.progress(VisitEvent(self.outlet.id, step, url, self.done, self.planned))

    def _addressed(self, source: Source, candidates: Iterable[Candidate]) -> dict[str, Candidate]:
        found: dict[str, Candidate] = {}
        for candidate in candidates:
            url = article_address(candidate.url, source.url, self.outlet)
            if url is not None and self._first_sight(url):
                found[url] = candidate
        return found

    def _first_sight(self, url: str) -> bool:
        identity = article_number(url, self.outlet) or url
        if identity in self._seen:
            return False
        self._seen.add(identity)
        return True

    def _is_worth_a_fetch(self, candidate: Candidate, known: KnownUrl | None) -> bool:
        now = self.context.clock()
        if known is None:
            if self._passes_prefilter(candidate):
                return True
            self.counts.off_topic += 1
            return False
        if known.recheck_at is not None and known.recheck_at <= now:
            return True
        return known.article_id is not None and _changed_since(candidate.modified_at, known.last_fetched_at, now)

    def _passes_prefilter(self, candidate: Candidate) -> bool:
        """A headline or summary decides; a candidate that has neither must be read to be judged."""
        if self.context.settings.keep == "all" or self.outlet.fetch == "all":
            return True
        if candidate.title is None and candidate.summary is None:
            return True
        return self.context.topics.may_match(candidate.title or "", candidate.summary)

    def _known(self, urls: list[str]) -> dict[str, KnownUrl]:
        with self.context.database.reader() as session:
            return known_urls(session, urls)

    def _due_again(self, limit: int) -> list[KnownUrl]:
        now = self.context.clock()
        with self.context.database.reader() as session:
            rechecks = due_rechecks(session, outlet=self.outlet.id, now=now, limit=limit)
            return rechecks + due_retries(session, outlet=self.outlet.id, now=now, limit=limit)


def _changed_since(modified_at: datetime | None, fetched_at: datetime, now: datetime) -> bool:
    return modified_at is not None and fetched_at < modified_at <= now + CLOCK_SKEW
