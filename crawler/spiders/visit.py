"""The one spider: asks an outlet's due sources, then fetches the pages worth it. Feeds, sitemaps and lists alike."""

import hashlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.candidates import Reading, read_source
from crawler.fetch.failures import explain, explain_status
from crawler.fetch.pace import HostResting, Stopping
from crawler.fetch.pages import header, page_of
from crawler.fetch.rhythm import retry_after_seconds
from crawler.spiders.items import PageItem, PageTask, Verdict
from crawler.spiders.plan import SourceRun, VisitPlan
from crawler.urls import article_address, is_front_page
from storage.errors import ZgcwatchError

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
        for task in await self.plan.rechecks():
            yield self._page_request(task)
        for run in self.plan.runs:
            headers = {"If-None-Match": run.state.etag, "If-Modified-Since": run.state.last_modified}
            yield self._source_request(run.source.url, run, depth=0, headers=_present(headers))

    async def source_answered(self, response: Response, run: SourceRun, depth: int) -> AsyncIterator[Any]:
        reading = await self._read(response, run, depth)
        self.plan.tell("source", run.source.url)
        if reading is None:
            return
        if depth < DEEPEST_INDEX:
            for child in reading.children[:MOST_CHILDREN]:
                run.truncated = True  # an index may look the same while its sitemaps change: never taken as read
                yield self._source_request(child, run, depth=depth + 1, headers={})
        for task in await self.plan.tasks_for(run, reading):
            yield self._page_request(task)

    async def _read(self, response: Response, run: SourceRun, depth: int) -> Reading | None:
        if response.status == 304 and depth == 0:  # noqa: PLR2004 - not modified
            run.unchanged()
            return None
        if response.status != 200:  # noqa: PLR2004
            rest = retry_after_seconds(response.headers.get(b"Retry-After"), now=self.clock())
            self.plan.fail_source(run, explain_status(response.status), retry_after=rest)
            return None
        body_hash = hashlib.blake2b(response.body, digest_size=16).hexdigest()
        if depth == 0 and body_hash == run.state.body_hash:
            run.unchanged()
            return None
        try:
            reading: Reading = await self.context.pool.run(read_source, response.body, run.source)
        except ZgcwatchError as error:
            self.plan.fail_source(run, str(error))
            return None
        if depth == 0:
            etag, last_modified = header(response, "ETag"), header(response, "Last-Modified")
            run.answered(etag=etag, last_modified=last_modified, body_hash=body_hash)
        return reading

    def source_failed(self, failure: Failure) -> None:
        run: SourceRun = failure.request.cb_kwargs["run"]  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Stopping):
            return
        rest = error.seconds if isinstance(error, HostResting) else 0.0
        self.plan.fail_source(run, explain(error), retry_after=rest)
        self.plan.tell("source", run.source.url)

    async def page_answered(self, response: Response, task: PageTask) -> AsyncIterator[PageItem]:
        verdict = _VERDICTS.get(response.status, Verdict.FAILED)
        item = PageItem(task, verdict, page=page_of(response, fetched_at=self.clock()))
        if verdict is Verdict.ARTICLE:
            self.plan.counts.fetched += 1
            if article_address(response.url, task.url, self.plan.outlet) is None:
                item.give_up(
                    self._verdict_of_detour(response.url, task), f"It redirects to {response.url}, no article."
                )
        elif verdict in {Verdict.FAILED, Verdict.MISSING}:
            item.error = explain_status(response.status)
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
        verdict = Verdict.POSTPONED if isinstance(error, HostResting) else Verdict.FAILED
        yield PageItem(failure.request.cb_kwargs["task"], verdict, error=explain(error))  # type: ignore[attr-defined]

    def closed(self, reason: str) -> None:
        """Scrapy's word at the end: `shutdown` when the visit was stopped before it had finished."""
        self.plan.stopped = reason == "shutdown"

    def broken(self, failure: Failure, response: Response | Failure) -> None:
        """A mistake of ours in a callback: counted and said like any failure, with its trace in the log."""
        error = f"A mistake in zgcwatch itself: {failure.value!r}."
        asked: Any = getattr(response, "request", None)
        run = asked.cb_kwargs.get("run") if asked is not None else None
        if run is not None:
            self.plan.fail_source(run, error)
        else:
            self.plan.note_failure(asked.url if asked is not None else self.plan.outlet.home, error)

    def item_broken(self, item: PageItem, failure: Failure) -> None:
        """A mistake in a stage: the page stays open, so its source is read again in full."""
        self.plan.note_failure(item.task.url, f"A mistake in zgcwatch itself: {failure.value!r}.")

    def _source_request(self, url: str, run: SourceRun, *, depth: int, headers: dict[str, str]) -> Request:
        return Request(
            url,
            callback=self.source_answered,
            errback=self.source_failed,
            cb_kwargs={"run": run, "depth": depth},
            headers=headers,
            priority=10,
            meta={"download_maxsize": self.context.settings.max_feed_bytes},
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
            meta={"download_maxsize": self.context.settings.max_page_bytes, "stay_with": self.plan.outlet},
        )


def _present(headers: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value}
