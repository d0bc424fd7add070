"""One outlet or one article looked at step by step: what each step answered, found and took, and what would be stored.

Nothing is written. Every fetch goes the way of a visit: guard, robots.txt, pace, limits.
"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Request, Response

from crawler.candidates import Candidate, Reading, read_source
from crawler.catalogue import Outlet
from crawler.error_class import class_of_status, is_riddle
from crawler.fetch.failures import explain, explain_status
from crawler.fetch.guard import install_guard
from crawler.fetch.manners import Manners
from crawler.fetch.pages import page_of
from crawler.fetch.robots import MAX_ROBOTS_BYTES
from crawler.fetch.settings import scrapy_settings
from crawler.meaning.topics import Topics
from crawler.pipelines.extract import extract_page
from crawler.pipelines.store import draft_of
from crawler.settings import CrawlerSettings
from crawler.sources import Source
from crawler.spiders.items import PageItem, PageTask, Verdict
from crawler.urls import article_address
from crawler.workers import ParsePool
from storage.errors import ZgcwatchError

if TYPE_CHECKING:
    from crawler.extract.article import Article

StepName = Literal["robots", "source", "candidates", "page", "body", "removed", "stored"]


@dataclass(slots=True)
class Step:
    """One step: whether it went well, what it says in one line, how long it took (the polite wait not counted)."""

    name: StepName
    url: str
    ok: bool = False
    said: str = ""
    milliseconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Probe:
    """What a look needs, and the steps taken so far."""

    settings: CrawlerSettings
    topics: Topics
    pool: ParsePool
    clock: Callable[[], datetime]
    timer: Callable[[], float] = time.perf_counter
    tell: Callable[[Step], None] = lambda _: None
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: StepName, url: str) -> Any:
        """A step that is timed, told and kept however it ends; an error of ours ends it as failed."""
        step = Step(name, url)
        started = self.timer()
        try:
            yield step
        except ZgcwatchError as error:
            step.ok, step.said = False, str(error)
        finally:
            step.milliseconds = step.milliseconds or (self.timer() - started) * 1000
            self.steps.append(step)
            self.tell(step)

    @property
    def stored(self) -> list[Step]:
        return [step for step in self.steps if step.name == "stored"]


async def probe_outlet(probe: Probe, outlet: Outlet, *, pages: int) -> None:
    """Ask every source of an outlet, then read the first `pages` articles they announce, those on a topic first."""
    await _run(probe, outlet, lambda spider: spider.look_at_outlet(pages))


async def probe_article(probe: Probe, outlet: Outlet, url: str) -> None:
    """Read one article of an outlet."""
    await _run(probe, outlet, lambda spider: spider.look_at_page(PageTask(url)))


async def _run(probe: Probe, outlet: Outlet, script: Callable[["ProbeSpider"], Any]) -> None:
    install_guard()
    crawler = Crawler(ProbeSpider, scrapy_settings(probe.settings))
    await AsyncCrawlerRunner().crawl(crawler, probe=probe, outlet=outlet, script=script)
    failed: ProbeSpider = crawler.spider  # type: ignore[assignment]
    if failed.broken is not None:
        raise failed.broken


class ProbeSpider(scrapy.Spider):
    """Fetches in the order of the steps, one thing after another."""

    name = "probe"

    def __init__(self, probe: Probe, outlet: Outlet, script: Callable[["ProbeSpider"], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.probe, self.outlet, self.script = probe, outlet, script
        self.manners = Manners.for_settings(probe.settings)
        self.clock = probe.clock
        self.delay = outlet.politeness.delay if probe.settings.delay is None else probe.settings.delay
        self.broken: Exception | None = None
        self._asked: set[str] = set()

    async def start(self) -> AsyncIterator[Request]:
        try:
            await self.script(self)
        except Exception as error:  # noqa: BLE001 - raised again outside the crawl
            self.broken = error
        requests: tuple[Request, ...] = ()
        for request in requests:
            yield request

    async def look_at_outlet(self, pages: int) -> None:
        """Sources first, then pages."""
        found: dict[str, Candidate] = {}
        for source in self.outlet.sources:
            if not source.is_search and await self._may_ask(source.url):
                for candidate in await self._read(source):
                    address = article_address(candidate.url, source.url, self.outlet)
                    if address is not None:
                        found.setdefault(address, candidate)
        on_topic = [url for url, candidate in found.items() if self._may_match(candidate)]
        for url in [*on_topic, *(url for url in found if url not in on_topic)][:pages]:
            await self.look_at_page(PageTask(url, candidate=found[url]))

    async def _read(self, source: Source) -> tuple[Candidate, ...]:
        response = await self._fetch("source", source.url, self.probe.settings.max_feed_bytes)
        if response is None:
            return ()
        with self.probe.step("candidates", source.url) as step:
            reading: Reading = await self.probe.pool.run(read_source, response.body, source)
            own = [article_address(one.url, source.url, self.outlet) for one in reading.candidates]
            matching = sum(self._may_match(one) for one in reading.candidates)
            step.ok = any(own) or bool(reading.children)
            step.details = {
                "announced": len(reading.candidates),
                "articles": sum(address is not None for address in own),
                "matching": matching,
                "sitemaps": len(reading.children),
            }
            step.said = (
                f"{len(reading.candidates)} announced, {step.details['articles']} are articles of the outlet, "
                f"{matching} may touch a topic" + (f", {len(reading.children)} sitemaps" if reading.children else "")
            )
            return reading.candidates
        return ()

    def _may_match(self, candidate: Candidate) -> bool:
        return self.probe.topics.may_match(candidate.title or "", candidate.summary)

    async def look_at_page(self, task: PageTask) -> None:
        """One page from robots.txt to what would be stored."""
        if not await self._may_ask(task.url):
            return
        response = await self._fetch("page", task.url, self.probe.settings.max_page_bytes)
        if response is None:
            return
        item = PageItem(task, Verdict.ARTICLE, page=page_of(response, fetched_at=self.clock()))
        article = await self._extract(item)
        if article is not None:
            self._show_removed(task.url, article)
            self._show_stored(item)

    async def _may_ask(self, url: str) -> bool:
        """robots.txt's verdict. The file is fetched once a host; then only the verdict is shown."""
        allowed = False
        with self.probe.step("robots", url) as step:
            policy = await self.manners.robots.policy(url, now=self.clock(), fetch=self._fetch_robots)
            step.ok = allowed = await policy.judges(url)
            delay = max(self.delay, policy.crawl_delay)
            step.details = {"pause": delay, "closed": policy.closed}
            step.said = policy.closed or ("allowed" if step.ok else "robots.txt asks that this address be left alone")
            step.said += f", a pause of {delay:g} s between requests" if step.ok else ""
        return allowed

    async def _fetch_robots(self, url: str) -> Response:
        return await self._download(
            Request(url, meta={"dont_obey_robotstxt": True, "download_maxsize": MAX_ROBOTS_BYTES})
        )

    async def _fetch(self, name: StepName, url: str, limit: int) -> Response | None:
        with self.probe.step(name, url) as step:
            request = Request(
                url, meta={"download_maxsize": limit, "stay_with": self.outlet if name == "page" else None}
            )
            try:
                response = await self._download(request)
            except Exception as error:  # noqa: BLE001 - whatever kept it from coming is what is to be shown
                step.said = explain(error)
                return None
            step.milliseconds = float(response.meta.get("download_latency") or 0.0) * 1000
            step.details = {"status": response.status, "bytes": len(response.body), "address": response.url}
            step.ok = response.status == 200  # noqa: PLR2004
            moved = f", moved to {response.url}" if response.url != url else ""
            step.said = f"{response.status}, {len(response.body):,} bytes{moved}"
            if not step.ok:
                step.said = (
                    f"{explain_status(response.status)} ({class_of_status(response.status, response.body).value})"
                )
        return response if step.ok else None

    async def _download(self, request: Request) -> Response:
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)

    async def _extract(self, item: PageItem) -> "Article | None":
        assert item.page is not None
        with self.probe.step("body", item.task.url) as step:
            try:
                article = await self.probe.pool.run(extract_page, item.page, self.outlet.id, self.outlet.profiles)
            except ZgcwatchError as error:
                riddle = " It bars the way to robots." if is_riddle(item.page.body) else ""
                raise ZgcwatchError(f"{error}{riddle}") from error
            item.article = article
            characters = sum(map(len, article.body))
            step.ok = True
            step.details = {
                "title": article.title,
                "published_at": article.published_at.isoformat() if article.published_at else None,
                "authors": [byline.name for byline in article.authors],
                "section": article.section,
                "paragraphs": list(article.body),
                "extractor": article.extractor,
                "drift": article.drift,
            }
            step.said = f"{len(article.body)} paragraphs, {characters:,} characters, by {article.extractor}"
            step.said += f"; its profile {article.drift} found too little" if article.drift else ""
        return item.article

    def _show_removed(self, url: str, article: "Article") -> None:
        with self.probe.step("removed", url) as step:
            reasons: dict[str, int] = {}
            for block in article.removed:
                reasons[block.reason.value] = reasons.get(block.reason.value, 0) + 1
            step.ok = True
            step.details = {"blocks": [{"reason": block.reason.value, "text": block.text} for block in article.removed]}
            counted = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
            step.said = f"{len(article.removed)} blocks set aside: {counted}" if reasons else "nothing was set aside"

    def _show_stored(self, item: PageItem) -> None:
        with self.probe.step("stored", item.task.url) as step:
            assert item.article is not None
            item.relevance = self.probe.topics.judge(item.article.title, item.article.body)
            draft = draft_of(item, self.outlet)
            kept = item.relevance.relevant or self.probe.settings.keep == "all"
            step.ok = True
            step.details = {
                "verdict": "article" if kept else "off_topic",
                "canonical_url": draft.canonical_url,
                "aliases": list(draft.alias_urls),
                "number": draft.article_number,
                "relevance": draft.relevance,
                "topics": list(draft.topics),
                "licence": self.outlet.licence,
            }
            topics = ", ".join(draft.topics) or "no topic"
            step.said = f"{'would be stored' if kept else 'off topic, only its address would be kept'}: {topics}"


def is_address(text: str) -> bool:
    """Whether an argument is an address rather than an outlet's id."""
    return urlsplit(text).scheme in {"http", "https"}
