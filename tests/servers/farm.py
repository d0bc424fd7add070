"""A farm of outlets as one process: `python -m tests.servers.farm OUTLETS ARTICLES [WITHOUT...]`.

Prints `{"port": N}` and serves until its standard input is closed. `GET /__log__` gives every request so far, `DELETE`
forgets them. What each outlet does is in farm_plan; here is only how it is done.
"""

import asyncio
import contextlib
import gzip
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tests.servers.farm_pages import FarmArticle, farm_page
from tests.servers.farm_plan import CRAWL_DELAY, RETRY_AFTER, FarmOutlet, farm_plan, is_affected

MODIFIED = "Tue, 11 Aug 2026 00:00:00 GMT"
SLOW_SECONDS = 0.5


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "plain"


class Farm:
    """Who answers what. The first request for a page may be treated worse than the next."""

    def __init__(self, outlets: list[FarmOutlet]) -> None:
        self.by_host = {outlet.host: outlet for outlet in outlets}
        self.log: list[dict[str, Any]] = []
        self.port = 0
        self._met: set[tuple[str, str]] = set()
        self._kept: dict[tuple[str, str], bytes] = {}

    def answer(self, host: str, path: str) -> Answer:
        outlet = self.by_host.get(host)
        if outlet is None:
            return Answer(status=404)
        bare = path.partition("?")[0]
        if bare == "/robots.txt":
            return self._robots(outlet)
        if bare in {"/rss.xml", "/sitemap-news.xml"}:
            return self._source(outlet, bare)
        story = outlet.stories.get(bare)
        return self._page(outlet, story, bare) if story else Answer(b"not here", 404)

    def _first(self, outlet: FarmOutlet, path: str) -> bool:
        met = (outlet.host, path) in self._met
        self._met.add((outlet.host, path))
        return not met

    def _robots(self, outlet: FarmOutlet) -> Answer:
        rules = {
            "crawl_delay": f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\n",
            "disallow": "User-agent: *\nDisallow: /closed/\n",
        }.get(outlet.habit, "User-agent: *\nDisallow: /admin/\n")
        status = {"closed_robots": 503, "no_robots": 404}.get(outlet.habit, 200)
        return Answer(rules.encode(), status, {"Content-Type": "text/plain"})

    def _source(self, outlet: FarmOutlet, path: str) -> Answer:
        if outlet.habit == "hang":
            return Answer(manner="hang")
        if outlet.habit == "busy_source" and self._first(outlet, path):
            return Answer(b"busy", 503, {"Retry-After": str(RETRY_AFTER)})
        write = rss if path == "/rss.xml" else sitemap
        body = self._once((outlet.host, path), lambda: write(outlet, self.port).encode())
        validator = {"Last-Modified": MODIFIED} if outlet.habit == "last_modified" else {"ETag": f'"{outlet.number}"'}
        return Answer(body, 200, {"Content-Type": "application/xml", **validator})

    def _page(self, outlet: FarmOutlet, story: FarmArticle, path: str) -> Answer:
        headers = {"Content-Type": "text/html; charset=utf-8", "ETag": f'"{story.seed}"'}
        body = self._once((outlet.host, path), lambda: _encoded(outlet, story))
        if outlet.habit == "gzip":
            headers["Content-Encoding"] = "gzip"
        answer = Answer(body, 200, headers)
        if not is_affected(story):
            return answer
        if outlet.habit == "hanging_page":
            return Answer(manner="hang")
        worse = {
            "busy_page": Answer(b"busy", 429, {"Retry-After": str(RETRY_AFTER)}),
            "broken_page": Answer(b"broken", 500),
            "truncated": Answer(body, 200, headers, manner="truncate"),
            "slow": Answer(body, 200, headers, manner="slow"),
        }.get(outlet.habit)
        return worse if worse and self._first(outlet, path) else answer

    def _once(self, key: tuple[str, str], make: Callable[[], bytes]) -> bytes:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def _encoded(outlet: FarmOutlet, story: FarmArticle) -> bytes:
    page = farm_page(story, outlet.host)
    body = page.encode("euc-kr", "xmlcharrefreplace") if outlet.habit == "wrong_charset" else page.encode()
    return gzip.compress(body, 1) if outlet.habit == "gzip" else body


def rss(outlet: FarmOutlet, port: int) -> str:
    """A feed of all articles; an outlet that tracks its readers announces each under several addresses."""
    items = []
    for path, story in outlet.stories.items():
        address = f"http://{outlet.host}:{port}{path}"
        forms = [address]
        if outlet.habit == "tracked_links":
            forms = [f"{address}?utm_source=rss&utm_medium={n}#top" for n in range(2)] + [
                f"{address}?fbclid={story.seed}"
            ]
        items += [
            f"<item><title>{escape(story.title)}</title><link>{escape(form)}</link>"
            f"<description>{escape(story.paragraphs[0])}</description>"
            f"<pubDate>Tue, 11 Aug 2026 07:00:00 +0900</pubDate></item>"
            for form in forms
        ]
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'


def sitemap(outlet: FarmOutlet, port: int) -> str:
    rows = "".join(
        f"<url><loc>http://{outlet.host}:{port}{path}</loc><news:news><news:title>{escape(story.title)}</news:title>"
        "<news:publication_date>2026-08-11T07:00:00+09:00</news:publication_date></news:news></url>"
        for path, story in outlet.stories.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )


class Door:
    """HTTP, no more of it than a crawler needs."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            while await self._serve_one(reader, writer):
                pass
        writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split()
        asked = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        if path == "/__log__":
            await self._send(writer, Answer(json.dumps(self.farm.log).encode()))
            if method == "DELETE":
                self.farm.log.clear()
            return True
        conditional = "if-none-match" in asked or "if-modified-since" in asked
        host = str(writer.get_extra_info("sockname")[0])
        agent = asked.get("user-agent", "")
        entry: dict[str, Any] = {
            "at": time.monotonic(),
            "host": host,
            "path": path,
            "conditional": conditional,
            "agent": agent,
        }
        self.farm.log.append(entry)
        try:
            answer = self._judged(self.farm.answer(host, path), asked)
            entry |= {"status": answer.status, "retry_after": float(answer.headers.get("Retry-After", 0))}
            entry["sent"] = time.monotonic()
            return await self._send(writer, answer)
        finally:
            entry["end"] = time.monotonic()

    def _judged(self, answer: Answer, asked: dict[str, str]) -> Answer:
        tag, date = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
        same = (tag and asked.get("if-none-match") == tag) or (date and asked.get("if-modified-since") == date)
        return Answer(b"", 304, answer.headers) if same and answer.status == 200 else answer

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        if answer.manner == "hang":
            await asyncio.sleep(3600)
        if answer.manner == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        headers = {**answer.headers, "Content-Length": str(len(answer.body))}
        head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        is_cut = answer.manner == "truncate"
        writer.write(
            head.encode("latin-1") + b"\r\n" + (answer.body[: len(answer.body) // 2] if is_cut else answer.body)
        )
        await writer.drain()
        return not is_cut


async def main(outlets: int, articles: int, without: list[str]) -> None:
    farm = Farm(farm_plan(outlets, articles, without=frozenset(without)))
    server = await asyncio.start_server(Door(farm).serve, "0.0.0.0", 0, backlog=500)
    farm.port = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"port": farm.port}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
