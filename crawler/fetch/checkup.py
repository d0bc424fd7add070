"""Every outlet's robots.txt looked at once, nothing else fetched: who lets us read what, and what time they have."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Request, Response

from crawler.catalogue import Outlet
from crawler.fetch.guard import install_guard
from crawler.fetch.manners import Manners
from crawler.fetch.robots import robots_request
from crawler.fetch.settings import scrapy_settings
from crawler.settings import CrawlerSettings

AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class RobotsRow:
    """What an outlet's robots.txt says about its sources; `problem` is None when all of them may be read."""

    outlet: str
    problem: str | None
    crawl_delay: float


@dataclass(frozen=True, slots=True)
class Checkup:
    """The outlets, and by how many seconds this machine's clock is ahead of theirs (their median)."""

    rows: list[RobotsRow]
    ahead: float | None


class CheckupSpider(scrapy.Spider):
    """Asks for robots.txt files and keeps their verdicts."""

    name = "checkup"

    def __init__(self, outlets: Sequence[Outlet], settings: CrawlerSettings, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.outlets, self.clock = outlets, clock
        self.manners = Manners.for_settings(settings)
        self.delay = 0.0
        self.rows: list[RobotsRow] = []
        self.ahead: list[float] = []

    async def start(self) -> AsyncIterator[Request]:
        seats = asyncio.Semaphore(AT_ONCE)
        self.rows = await asyncio.gather(*(self._look(outlet, seats) for outlet in self.outlets))
        nothing: list[Request] = []
        for request in nothing:  # a spider's start is a generator, whether it has requests or not
            yield request

    async def _look(self, outlet: Outlet, seats: asyncio.Semaphore) -> RobotsRow:
        urls = list(dict.fromkeys(source.url for source in outlet.sources))
        delay, closed = 0.0, []
        async with seats:
            for url in urls:
                policy = await self.manners.robots.policy(url, now=self.clock(), fetch=self._fetch)
                delay = max(delay, policy.crawl_delay)
                if policy.closed or not await policy.judges(url):
                    closed.append(policy.closed or f"robots.txt asks that {url} be left alone")
        return RobotsRow(outlet.id, "; ".join(dict.fromkeys(closed)) or None, delay)

    async def _fetch(self, url: str) -> Response:
        engine: Any = self.crawler.engine
        response: Response = await engine.download_async(robots_request(url))
        said = response.headers.get(b"Date")
        if said:
            self.ahead += _ahead(said.decode("latin-1"), self.clock())
        return response


def _ahead(date: str, now: datetime) -> Iterable[float]:
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return []
    return [(now - theirs.replace(tzinfo=theirs.tzinfo or UTC)).total_seconds()]


async def check_robots(outlets: Sequence[Outlet], settings: CrawlerSettings, clock: Callable[[], datetime]) -> Checkup:
    """Read the robots.txt of every source's host, sixteen outlets at a time. Searches have none and are left out."""
    install_guard()
    asked = [outlet for outlet in outlets if not outlet.is_search]
    crawler = Crawler(CheckupSpider, scrapy_settings(settings))
    await AsyncCrawlerRunner().crawl(crawler, outlets=asked, settings=settings, clock=clock)
    spider: CheckupSpider = crawler.spider  # type: ignore[assignment]
    return Checkup(spider.rows, median(spider.ahead) if spider.ahead else None)
