"""One page, fetched for a person: the same guard, robots.txt, pace and limits as in a visit."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.fetch.failures import explain, explain_status
from crawler.fetch.guard import install_guard
from crawler.fetch.manners import Manners
from crawler.fetch.pages import page_of
from crawler.fetch.settings import scrapy_settings
from crawler.settings import CrawlerSettings
from storage.errors import ZgcwatchError
from storage.records import PageDraft


class FetchFailed(ZgcwatchError):  # noqa: N818 - named for what it is
    """The page could not be fetched; the message says why."""


class OnceSpider(scrapy.Spider):
    """Fetches one address and keeps what came of it."""

    name = "once"

    def __init__(
        self,
        url: str,
        manners: Manners,
        headers: dict[str, str],
        clock: Callable[[], datetime],
        delay: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.url, self.manners, self.headers, self.clock, self.delay = url, manners, headers, clock, delay
        self.response: Response | None = None
        self.error: str | None = None

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self.url, headers=self.headers, callback=self.answered, errback=self.failed)

    def answered(self, response: Response) -> None:
        self.response = response

    def failed(self, failure: Failure) -> None:
        self.error = explain(failure.value)


async def fetch_once(
    url: str,
    settings: CrawlerSettings,
    *,
    manners: Manners | None = None,
    headers: Mapping[str, str] | None = None,
    delay: float = 0.0,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> PageDraft:
    """The page at an address, as it came: for a person's question, and for what is no visit (a search API's answer).

    `manners` are those of the visits that go on in the same process, `headers` are sent in addition, `delay` seconds
    lie between two requests to one host. Raises FetchFailed with the reason in one sentence.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise FetchFailed(f"{url} cannot be fetched: give an address that starts with http:// or https://.")
    install_guard()
    crawler = Crawler(OnceSpider, scrapy_settings(settings))
    manners = manners or Manners.for_settings(settings)
    await AsyncCrawlerRunner().crawl(
        crawler, url=url, manners=manners, headers=dict(headers or {}), clock=clock, delay=delay
    )
    spider = crawler.spider
    assert isinstance(spider, OnceSpider)
    response = spider.response
    if response is None:
        raise FetchFailed(f"{url} cannot be fetched. {spider.error or 'Nothing came back.'}")
    if response.status != 200:  # noqa: PLR2004
        raise FetchFailed(f"{url} cannot be fetched. {explain_status(response.status)}")
    return page_of(response, fetched_at=clock())
