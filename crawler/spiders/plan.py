"""The state of one visit: which sources answered, which pages are worth a fetch, what has been counted so far."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import structlog

from crawler.candidates import Candidate, Reading
from crawler.candidates.dates import KST
from crawler.catalogue import Outlet
from crawler.error_class import ErrorClass
from crawler.sources import Source
from crawler.spiders.items import PageItem, PageTask, Verdict
from crawler.spiders.runs import Asked, SourceRun, StepRun
from crawler.spiders.stretch import Stretch, following_steps
from crawler.spiders.worth import judge
from crawler.urls import article_address, identity_of, is_own
from storage.archive import due_rechecks, due_retries, known_urls
from storage.leads import waiting_leads
from storage.records import KnownUrl, StepKey, StoredLead, VisitCounts

if TYPE_CHECKING:
    from crawler.visit import CrawlContext

log = structlog.get_logger()

MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """A step of a visit, for progress bars: `done` of `planned` pages so far; `planned` grows while sources answer."""

    outlet: str
    step: Literal["source", "page", "finished"]
    url: str
    done: int
    planned: int


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
    hosts_lost: bool = False  # another process may be at them now: nothing more is asked
    leads: list[int] = field(default_factory=list)
    lead_urls: dict[str, KnownUrl] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    retried: set[str] = field(default_factory=set)
    steps: list[StepRun] = field(default_factory=list)
    night_pages: int | None = None  # what is left of tonight's allowance; None: it is not night
    _seen: set[str] = field(default_factory=set)

    @property
    def most_pages(self) -> int:
        """Pages this visit may fetch."""
        most = self.outlet.politeness.max_pages
        return most if self.night_pages is None else min(most, self.night_pages)

    async def due_pages(self) -> list[PageTask]:
        """Stored articles due for another look, failed pages for another try, and what searches found of the outlet:
        three quarters of a visit at most.
        """
        limit = max(self.most_pages // 4, min(self.most_pages, 1))
        due, failed, found = await asyncio.to_thread(self._due_again, limit)
        tasks = [PageTask(known.url, known=known) for known in due if self._first_sight(known.url)]
        tasks += [PageTask(known.url, known=known) for known in failed]
        # A source may name the page under another address that can be read: only this one is tried already.
        self.retried = {known.url for known in failed}
        self.leads = [lead.id for lead in found]
        for lead in found:
            known = self.lead_urls.get(lead.url)
            if known is None and self._first_sight(lead.url):
                hit = Candidate(lead.url, lead.title, lead.summary, published_at=lead.published_at)
                tasks.append(PageTask(lead.url, candidate=hit, lead=lead.id))
            else:
                self.taken.append(lead.id)
        self.planned += len(tasks)
        return tasks

    async def tasks_for(self, run: SourceRun, reading: Reading) -> list[PageTask]:
        """The pages worth a fetch among those a source announced."""
        run.heard(reading, self._identities(run.source, reading.candidates))
        addressed = self._addressed(run.source, self._of_its_stretch(run, reading.candidates))
        self.counts.candidates += len(addressed)
        judged = await asyncio.to_thread(judge, self, run, addressed)
        self.counts.off_topic += judged.off_topic
        self.counts.unsure += judged.unsure
        run.new_items += judged.new_items
        run.brought_new = judged.new_items > 0
        tasks = []
        for url, candidate, known in judged.worth:
            if self.planned >= self.most_pages:
                run.truncated = True
                continue
            self.planned += 1
            run.open_pages += 1
            tasks.append(PageTask(url, candidate=candidate, known=known, run=run))
        if run.truncated:
            log.info("visit.truncated", outlet=self.outlet.id, source=run.source.url, pages=self.planned)
        return tasks

    @staticmethod
    def _of_its_stretch(run: SourceRun, candidates: Sequence[Candidate]) -> list[Candidate]:
        if not isinstance(run, StepRun):
            return list(candidates)
        stretch = Stretch.of(run.backfill)
        held = [candidate for candidate in candidates if stretch.may_hold(candidate)]
        run.candidates += len(held)
        return held

    def settle(self, item: PageItem) -> None:
        """The page has been dealt with; a postponed one keeps its source from being taken as read."""
        self.done += 1
        if item.verdict is not Verdict.POSTPONED:
            if item.task.run is not None:
                item.task.run.open_pages -= 1
            if item.task.lead is not None:
                self.taken.append(item.task.lead)
        self.tell("page", item.task.url)

    def following(self, run: StepRun, reading: Reading) -> list[StepKey]:
        """The further steps that a step of a backfill leads to."""
        return following_steps(run.step, run.source, reading, Stretch.of(run.backfill), self.outlet)

    def next_page(self, asked: Asked, reading: Reading) -> Asked | None:
        """The list's next page, while each brings something new, up to the number its file allows for one visit."""
        run, number = asked.run, asked.number + 1
        today = self.context.clock().astimezone(KST).date()
        url = reading.next_page or run.source.page_url(number, today)
        if url is None or not run.brought_new or number > run.source.pages or not is_own(url, self.outlet):
            return None
        return Asked(url, run, depth=asked.depth, number=number)

    def fail_request(self, asked: Asked, error: str, error_class: ErrorClass, *, retry_after: float = 0.0) -> None:
        """A source could not be read; when only a further page of it could not, what was read before stays read."""
        if isinstance(asked.run, StepRun) and asked.run.backfill.reason == "catch_up":
            error = f"What appeared since {asked.run.backfill.from_at:%Y-%m-%d %H:%M} UTC may be missing: {error}"
        if asked.number == 1 or isinstance(asked.run, StepRun):
            self.fail_source(asked.run, error, error_class, retry_after=retry_after)
        else:
            asked.run.truncated = True
            self.note_failure(asked.url, error, error_class)

    def fail_source(
        self, run: SourceRun, error: str, error_class: ErrorClass = ErrorClass.OTHER, *, retry_after: float = 0.0
    ) -> None:
        run.outcome, run.error, run.error_class, run.retry_after = "failed", error, error_class.value, retry_after
        self.note_failure(run.source.url, error, error_class)

    def leave_undone(self, run: SourceRun, error: str) -> None:
        """Our own archive could not be used: nothing is said against the source, and it stays due as it was."""
        run.outcome = None
        self.note_failure(run.source.url, error, ErrorClass.OURS)

    def note_failure(self, url: str, error: str, error_class: ErrorClass = ErrorClass.OTHER) -> None:
        """Count a failure and keep its sentence."""
        self.counts.failed += 1
        self.counts.failures[error_class.value] = self.counts.failures.get(error_class.value, 0) + 1
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

    def _identities(self, source: Source, candidates: Iterable[Candidate]) -> Iterator[str]:
        addresses = (article_address(candidate.url, source.url, self.outlet) for candidate in candidates)
        return (identity_of(url, self.outlet) for url in addresses if url is not None)

    def _first_sight(self, url: str) -> bool:
        identity = identity_of(url, self.outlet)
        if identity in self._seen:
            return False
        self._seen.add(identity)
        return True

    def _due_again(self, limit: int) -> tuple[list[KnownUrl], list[KnownUrl], list[StoredLead]]:
        now = self.context.clock()
        with self.context.database.reader() as session:
            rechecks = due_rechecks(session, outlet=self.outlet.id, now=now, limit=limit)
            retries = due_retries(session, outlet=self.outlet.id, now=now, limit=limit)
            found = waiting_leads(session, self.outlet.id, now=now, limit=limit)
            self.lead_urls = known_urls(session, [lead.url for lead in found])
            return rechecks, retries, found
