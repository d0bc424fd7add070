"""robots.txt: read before anything else of a host, believed for a while, obeyed with its Crawl-delay."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.failures import explain
from crawler.fetch.pace import HostResting, Stopping
from crawler.settings import PRODUCT

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_ROBOTS_BYTES = 512 * 1024
CLOSED_FOR = timedelta(minutes=15)  # a host whose robots.txt cannot be read is asked again after this
LONGEST_CRAWL_DELAY = 120.0  # seconds; above it a visit of a few pages would take hours
_MOST_WILDCARDS = 6  # in one rule; more can only be there to make matching slow
_LARGE_BYTES = 16 * 1024  # half a megabyte takes up to 0.8 s to parse and 50 ms to judge one address: beside the loop

_NOT_MODIFIABLE = {"dont_obey_robotstxt": True, "download_maxsize": MAX_ROBOTS_BYTES}


class DisallowedByRobots(IgnoreRequest):
    """robots.txt asks that this address be left alone."""


class ClosedForNow(DisallowedByRobots):
    """The host's robots.txt could not be read, so the whole host is closed until it can be; the message says why."""


@dataclass(frozen=True, slots=True)
class RobotsPolicy:
    """What a host allows. `rules` is None for a host that has none; `closed` is the reason it is closed for now."""

    rules: Protego | None
    until: datetime
    closed: str | None = None
    is_large: bool = False

    async def judges(self, url: str) -> bool:
        """What `allows` says, without holding the loop up."""
        return await asyncio.to_thread(self.allows, url) if self.is_large else self.allows(url)

    def allows(self, url: str) -> bool:
        return self.closed is None and (self.rules is None or self.rules.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float:
        """Seconds the host asks for between two requests; 0 when it does not say."""
        asked = self.rules.crawl_delay(PRODUCT) if self.rules else None
        return min(float(asked or 0.0), LONGEST_CRAWL_DELAY)


@dataclass(slots=True)
class RobotsCache:
    """The policies of all hosts, shared by the visits of a process. An authority is scheme, host and port."""

    believed_for: timedelta
    _policies: dict[str, RobotsPolicy] = field(default_factory=dict)
    _reading: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def policy(self, url: str, *, now: datetime, fetch: Callable[[str], Awaitable["Response"]]) -> RobotsPolicy:
        """The policy for a URL's host, read through `fetch` when it is unknown or too old."""
        authority = _authority(url)
        async with self._reading.setdefault(authority, asyncio.Lock()):
            known = self._policies.get(authority)
            if known is None or known.until <= now:
                known = await self._read(f"{authority}/robots.txt", now, fetch)
                self._policies[authority] = known
            return known

    def known(self, url: str) -> RobotsPolicy | None:
        """The policy for a URL's host as it was read last, however old."""
        return self._policies.get(_authority(url))

    def crawl_delay(self, url: str) -> float:
        """Seconds asked for by the host's policy, 0 when it has not been read."""
        policy = self.known(url)
        return policy.crawl_delay if policy else 0.0

    async def _read(self, url: str, now: datetime, fetch: Callable[[str], Awaitable["Response"]]) -> RobotsPolicy:
        try:
            response = await fetch(url)
        except (Stopping, HostResting):  # nothing was asked
            raise
        except Exception as error:  # noqa: BLE001 - whatever kept it from being read, the host is closed and says why
            return RobotsPolicy(None, now + CLOSED_FOR, f"{url} could not be read: {explain(error)}")
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 - the classes of HTTP
            return RobotsPolicy(None, now + CLOSED_FOR, f"{url} answered {response.status}.")
        if not 200 <= response.status < 300:  # noqa: PLR2004
            return RobotsPolicy(None, now + self.believed_for)
        is_large = len(response.body) > _LARGE_BYTES
        rules = await asyncio.to_thread(parse_robots, response.body) if is_large else parse_robots(response.body)
        return RobotsPolicy(rules, now + self.believed_for, is_large=is_large)


def parse_robots(body: bytes) -> Protego:
    """The rules of a robots.txt. Of a rule with many wildcards the beginning is kept, which forbids no less."""
    lines = body.decode("utf-8-sig", errors="replace").replace("\x00", "").splitlines()
    return Protego.parse("\n".join(_tamed(line) for line in lines))


def _tamed(line: str) -> str:
    pieces = line.split("*")
    if len(pieces) <= _MOST_WILDCARDS:
        return line
    return "" if line.lstrip().lower().startswith("allow") else "*".join(pieces[:_MOST_WILDCARDS])


def _authority(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def robots_request(url: str) -> Request:
    """The request for a robots.txt, for the engine's `download_async`."""
    return Request(url, meta=dict(_NOT_MODIFIABLE), callback=NO_CALLBACK)


class RobotsMiddleware:
    """Holds every request of a crawl until its host's robots.txt has been read, and lets the allowed ones by."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        spider: Any = self.crawler.spider
        policy = await spider.manners.robots.policy(request.url, now=spider.clock(), fetch=self._fetch)
        if policy.closed:
            raise ClosedForNow(f"The host is closed for now: {policy.closed}")
        if not await policy.judges(request.url):
            raise DisallowedByRobots("robots.txt asks that this address be left alone.")

    async def _fetch(self, url: str) -> "Response":
        return await self.crawler.engine.download_async(robots_request(url))
