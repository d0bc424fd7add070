"""The one way out: every request of every crawl, redirects, retries and robots.txt included, leaves through here."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError

from crawler.fetch.guard import ForbiddenAddress, guard_in_force, refused_address
from crawler.fetch.rhythm import retry_after_seconds

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_TOO_BUSY = frozenset({429, 503})


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's handler behind the guard and the pace; the pause before a request does not eat its timeout."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        if not guard_in_force():
            raise RuntimeError("No request may leave before `install_guard` was called.")

    async def download_request(self, request: "Request") -> "Response":
        spider: Any = self._crawler.spider
        host = (urlsplit(request.url).hostname or "").lower()
        delay = max(spider.delay, spider.manners.robots.crawl_delay(request.url))
        async with spider.manners.pace.turn(host, delay):
            response = await self._download(request, host)
        if response.status in _TOO_BUSY:
            rest = retry_after_seconds(response.headers.get(b"Retry-After"), now=spider.clock())
            if rest:
                spider.manners.pace.rest(host, rest)
        return response

    async def _download(self, request: "Request", host: str) -> "Response":
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            address = refused_address(host)
            if address is None:
                raise
            raise ForbiddenAddress(
                f"{host} leads to {address}, which is not on the public internet; nothing was sent."
            ) from error
