"""The one spider: asks an outlet's due sources, then fetches the pages worth it. Feeds, sitemaps and lists alike."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.candidates import Candidate, Reading, read_source
from crawler.candidates.google_news import is_opaque
from crawler.candidates.naver import MOST_HITS, explain_naver
from crawler.error_class import ErrorClass, class_of_error, class_of_status, is_riddle
from crawler.fetch.failures import explain, explain_status
from crawler.fetch.pace import HostResting, Stopping
from crawler.fetch.pages import header, page_of
from crawler.fetch.rhythm import fresh_seconds, retry_after_seconds
from crawler.spiders.items import PageItem, PageTask, Verdict
from crawler.spiders.plan import VisitPlan
from crawler.spiders.runs import Asked, SourceRun, StepRun
from crawler.spiders.searches import (
    NAVER,
    SearchRefused,
    keep_finds,
    looked_behind,
    not_found_before,
    search_request,
    take_call,
)
from crawler.urls import article_address, is_front_page
from storage.database import UNAVAILABLE
from storage.errors import ZgcwatchError
from storage.records import SourcePart

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MOST_CHILDREN = 4  # sitemaps of an index read in one visit, the newest
DEEPEST_INDEX = 2

# What a page's status means; the classes not named here are failures that are tried again later.
_VERDICTS = {
    200: Verdict.ARTICLE,
    203: Verdict.ARTICLE,
    304: Verdict.UNCHANGED,
    404: Verdict.MISSING,
    410: Verdict.MISSING,
}
_VERDICTS_OF_ERRORS = {ErrorClass.RESTING: Verdict.POSTPONED, ErrorClass.ROBOTS: Verdict.CLOSED}


class VisitSpider(scrapy.Spider):
    """One visit of one outlet, as its plan says."""

    name = "visit"

    def __init__(self, plan: VisitPlan, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.context = plan.context
        self.manners = plan.context.manners
        self.clock = plan.context.clock
        own_delay = plan.outlet.politeness.delay
        self.delay = own_delay if plan.context.settings.delay is None else plan.context.settings.delay

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> "VisitSpider":
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.broken, signal=scrapy.signals.spider_error)
        crawler.signals.connect(spider.item_broken, signal=scrapy.signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for task in await self.plan.due_pages():
            yield self._page_request(task)
        for run in self.plan.runs:
            headers = {"If-None-Match": run.state.etag, "If-Modified-Since": run.state.last_modified}
            first = Asked(run.source.url, run)
            request = await self._search(first) if run.source.is_search else self._ask(first, _present(headers))
            if request is not None:
                yield request
        for step in self.plan.steps:
            yield self._ask(Asked(step.step.url, step, depth=step.step.depth, number=step.step.number), {})

    async def source_answered(self, response: Response, asked: Asked) -> AsyncIterator[Any]:
        run = asked.run
        self.plan.counts.received += len(response.body)
        reading = await self._read(response, asked)
        self.plan.tell("source", asked.url)
        if reading is None:
            if asked.is_first and run.outcome == "answered":
                for request in self._parts(asked, [part.url for part in run.state.parts if part.depth == 1]):
                    yield request
            return
        if run.source.is_search:
            async for request in self._found(asked, reading):
                yield request
            return
        if isinstance(run, StepRun):
            run.found = self.plan.following(run, reading)
        else:
            for request in self._parts(asked, [child.url for child in reading.children[:MOST_CHILDREN]]):
                yield request
        for task in await self.plan.tasks_for(run, reading):
            yield self._page_request(task)
        following = None if isinstance(run, StepRun) else self.plan.next_page(asked, reading)
        if following is not None:
            yield self._ask(following, {})

    async def _read(self, response: Response, asked: Asked) -> Reading | None:
        run = asked.run
        body_hash = hashlib.blake2b(response.body, digest_size=16).hexdigest()
        if self._is_as_before(response, asked, body_hash):
            return None
        if response.status != 200:  # noqa: PLR2004
            rest = retry_after_seconds(response.headers.get(b"Retry-After"), now=self.clock())
            known = explain_naver(response.status, response.body) if run.source.kind == NAVER else None
            error_class = class_of_status(response.status, response.body)
            self.plan.fail_request(asked, known or explain_status(response.status), error_class, retry_after=rest)
            return None
        kind = run.step.kind if isinstance(run, StepRun) else None
        try:
            reading: Reading = await self.context.pool.run(read_source, response.body, run.source, kind)
        except ZgcwatchError as error:
            error_class = ErrorClass.CHALLENGE if is_riddle(response.body) else ErrorClass.UNREADABLE
            self.plan.fail_request(asked, str(error), error_class)
            return None
        etag, last_modified = header(response, "ETag"), header(response, "Last-Modified")
        if asked.is_part:
            run.part_read(SourcePart(asked.url, asked.depth, etag, last_modified, body_hash), reading)
        elif asked.is_first or isinstance(run, StepRun):
            run.answered(etag=etag, last_modified=last_modified, body_hash=body_hash)
            run.fresh_seconds = fresh_seconds(response.headers)
        return reading

    def _is_as_before(self, response: Response, asked: Asked, body_hash: str) -> bool:
        """Whether the source, or a sitemap of its index, says or shows that it is what was read the last time."""
        run = asked.run
        if asked.is_first:
            if response.status != 304 and (response.status != 200 or body_hash != run.state.body_hash):  # noqa: PLR2004
                return False
            run.unchanged()
            run.fresh_seconds = fresh_seconds(response.headers)
            return True
        before = run.known_part(asked.url)
        is_not_modified = response.status == 304 and bool(before.etag or before.last_modified)  # noqa: PLR2004
        if asked.is_part and (is_not_modified or (response.status == 200 and body_hash == before.body_hash)):  # noqa: PLR2004
            run.part_unchanged(asked.url)
            return True
        return False

    def _parts(self, asked: Asked, urls: Iterable[str]) -> Iterator[Request]:
        """The sitemaps an index names, each asked whether it changed since it was read."""
        if isinstance(asked.run, StepRun) or asked.depth >= DEEPEST_INDEX:
            return
        for url in urls:
            part = asked.run.known_part(url)
            headers = {"If-None-Match": part.etag, "If-Modified-Since": part.last_modified}
            yield self._ask(Asked(url, asked.run, depth=asked.depth + 1), _present(headers))

    async def _search(self, asked: Asked) -> Request | None:
        """The request for one page of a search's hits, its call counted; None when it may not or cannot be asked."""
        run = asked.run
        try:
            built = search_request(run.source, self.context.settings, asked.number)
            if built is None:
                return None
            if run.source.kind == NAVER:
                await take_call(self.plan)
        except SearchRefused as refused:
            self.plan.fail_request(asked, str(refused), ErrorClass.RESTING, retry_after=refused.seconds)
            return None
        url, headers = built
        # Another try would be another call that nobody has counted; and a key goes to the API alone.
        kept = {"dont_retry": True, "dont_redirect": True, "dont_obey_robotstxt": True} if headers else {}
        return self._ask(replace(asked, url=url), headers, **kept)

    async def _found(self, asked: Asked, reading: Reading) -> AsyncIterator[Any]:
        """What a search found is kept; Google's own links may be looked behind, and more hits asked for."""
        run, hits = asked.run, list(reading.candidates)
        if run.source.resolve:
            opaque = [hit for hit in hits if is_opaque(hit.url)]
            hits = [hit for hit in hits if not is_opaque(hit.url)]
            for hit in await not_found_before(self.plan, opaque):
                yield self._look_behind(run, hit)
        run.brought_new = await keep_finds(self.plan, run, hits)
        if run.brought_new and len(reading.candidates) >= MOST_HITS and asked.number < run.source.pages:
            request = await self._search(replace(asked, number=asked.number + 1))
            if request is not None:
                yield request

    def _look_behind(self, run: SourceRun, hit: Candidate) -> Request:
        return Request(
            hit.url,
            callback=self.link_answered,
            errback=self.link_failed,
            cb_kwargs={"run": run, "hit": hit},
            meta={"dont_redirect": True, "dont_retry": True, "download_maxsize": self.context.settings.max_page_bytes},
        )

    async def link_answered(self, response: Response, run: SourceRun, hit: Candidate) -> None:
        target = urljoin(response.url, header(response, "Location") or "")
        leads_away = 300 <= response.status < 400 and urlsplit(target).netloc != urlsplit(hit.url).netloc  # noqa: PLR2004
        await looked_behind(self.plan, run, hit, target if leads_away else None)

    async def link_failed(self, failure: Failure) -> None:
        """Closed by robots.txt, or no answer: the headline is kept as it is."""
        if not isinstance(failure.value, Stopping):
            given = failure.request.cb_kwargs  # type: ignore[attr-defined]
            await looked_behind(self.plan, given["run"], given["hit"], None)

    def source_failed(self, failure: Failure) -> None:
        asked: Asked = failure.request.cb_kwargs["asked"]  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Stopping):
            return
        rest = error.seconds if isinstance(error, HostResting) else 0.0
        self.plan.fail_request(asked, explain(error), class_of_error(error), retry_after=rest)
        self.plan.tell("source", asked.url)

    async def page_answered(self, response: Response, task: PageTask) -> AsyncIterator[PageItem]:
        verdict = _VERDICTS.get(response.status, Verdict.FAILED)
        item = PageItem(task, verdict, page=page_of(response, fetched_at=self.clock()))
        if verdict is Verdict.ARTICLE:
            self.plan.counts.fetched += 1
            if article_address(response.url, task.url, self.plan.outlet) is None:
                sentence = f"It redirects to {response.url}, no article."
                item.give_up(self._verdict_of_detour(response.url, task), sentence, ErrorClass.ADDRESS)
        elif verdict in {Verdict.FAILED, Verdict.MISSING}:
            item.give_up(verdict, explain_status(response.status), class_of_status(response.status, response.body))
        yield item

    def _verdict_of_detour(self, url: str, task: PageTask) -> Verdict:
        """Sent to the front page, the article is missing; sent elsewhere, only its address has changed."""
        if is_front_page(url, self.plan.outlet):
            return Verdict.MISSING
        return Verdict.FAILED if task.is_stored else Verdict.NO_ARTICLE

    async def page_failed(self, failure: Failure) -> AsyncIterator[PageItem]:
        error = failure.value
        if isinstance(error, Stopping):
            return
        error_class = class_of_error(error)
        verdict = _VERDICTS_OF_ERRORS.get(error_class, Verdict.FAILED)
        task: PageTask = failure.request.cb_kwargs["task"]  # type: ignore[attr-defined]
        yield PageItem(task, verdict, error=explain(error), error_class=error_class)

    def closed(self, reason: str) -> None:
        """Scrapy's word at the end: `shutdown` when the visit was stopped before it had finished."""
        self.plan.stopped = reason == "shutdown"

    def broken(self, failure: Failure, response: Response | Failure) -> None:
        """What went wrong in a callback is counted and said like any failure, with its trace in the log."""
        asked: Any = getattr(response, "request", None)
        source = asked.cb_kwargs.get("asked") if asked is not None else None
        if source is None:
            self.plan.note_failure(
                asked.url if asked is not None else self.plan.outlet.home, _explain(failure), ErrorClass.OURS
            )
        elif isinstance(failure.value, UNAVAILABLE):
            self.plan.leave_undone(source.run, _explain(failure))
        else:
            self.plan.fail_source(source.run, _explain(failure), ErrorClass.OURS)

    def item_broken(self, item: PageItem, failure: Failure) -> None:
        """A page that could not be kept, or met a mistake in a stage, stays open: its source is read again in full."""
        self.plan.note_failure(item.task.url, _explain(failure), ErrorClass.OURS)

    def _ask(self, asked: Asked, headers: dict[str, str], **meta: Any) -> Request:
        is_rendered = self.plan.outlet.render == "browser" and asked.run.source.kind == "list"
        return Request(
            asked.url,
            callback=self.source_answered,
            errback=self.source_failed,
            cb_kwargs={"asked": asked},
            headers=headers,
            priority=10,
            meta={"download_maxsize": self.context.settings.max_feed_bytes, "render": is_rendered, **meta},
        )

    def _page_request(self, task: PageTask) -> Request:
        headers = {}
        if task.is_stored and task.known is not None:
            headers = {"If-None-Match": task.known.etag, "If-Modified-Since": task.known.last_modified}
        return Request(
            task.url,
            callback=self.page_answered,
            errback=self.page_failed,
            cb_kwargs={"task": task},
            headers=_present(headers),
            meta={
                "download_maxsize": self.context.settings.max_page_bytes,
                "stay_with": self.plan.outlet,
                "render": self.plan.outlet.render == "browser",
            },
        )


def _explain(failure: Failure) -> str:
    if isinstance(failure.value, UNAVAILABLE):
        return f"The archive could not be used ({str(failure.value).splitlines()[0]}); it is tried again."
    return f"A mistake in zgcwatch itself: {failure.value!r}."


def _present(headers: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value}
