"""The one way out: every request of every crawl, redirects, retries and robots.txt included, leaves through here."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError

from crawler.fetch.connections import GatedPool
from crawler.fetch.guard import guard_in_force
from crawler.fetch.pace import Stopping, host_of
from crawler.fetch.rhythm import retry_after_seconds

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.fetch.manners import Manners

_TOO_BUSY = frozenset({429, 503})
# Nothing of ours logs in anywhere; a header that a stage or a library adds by mistake goes no further than here.
_NEVER_SENT = ("Authorization", "Proxy-Authorization", "Cookie", "Referer")


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's handler behind the guard and the pace; the pause before a request does not eat its timeout."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        if not guard_in_force():
            raise RuntimeError("No request may leave before `install_guard` was called.")
        from twisted.internet import reactor

        self._pool = GatedPool(reactor, lambda: self._manners.gate)

    @property
    def _manners(self) -> "Manners":
        spider: Any = self._crawler.spider
        manners: Manners = spider.manners
        return manners

    async def download_request(self, request: "Request") -> "Response":
        spider: Any = self._crawler.spider
        pace, host = self._manners.pace, host_of(request.url)
        delay = max(spider.delay, self._manners.robots.crawl_delay(request.url))
        request = _anonymous(request)
        async with pace.turn(host, delay):
            if _has_lost_its_hosts(spider):
                raise Stopping("Another process may be at the host now; the next visit goes on from here.")
            try:
                response = await self._fetch(request, host)
            except DownloadTimeoutError:
                pace.silent(host)
                raise
            pace.answered(host)
            if response.status in _TOO_BUSY:
                rest = retry_after_seconds(response.headers.get(b"Retry-After"), now=spider.clock())
                pace.rest(host, rest)
        return response

    async def _fetch(self, request: "Request", host: str) -> "Response":
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            forbidden = self._manners.gate.error(host)
            if forbidden is None:
                raise
            raise forbidden from error


def _has_lost_its_hosts(spider: Any) -> bool:
    """Asked when the turn has come: the visit may have waited for it. Single fetches have no plan, and hold no host."""
    plan = getattr(spider, "plan", None)
    return plan is not None and plan.hosts_lost


def _anonymous(request: "Request") -> "Request":
    """The request without anything that would log in, or lead around the guard."""
    parts = urlsplit(request.url)
    if "@" in parts.netloc:
        request = request.replace(url=parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
    request.meta.pop("proxy", None)
    for name in _NEVER_SENT:
        request.headers.pop(name, None)
    return request
