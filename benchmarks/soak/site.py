"""The soak's outlets as one process: what they publish, and how they misbehave, follows the time written in a file.

`python -m benchmarks.soak.site OUTLETS FILE`: prints `{"port": N}`, serves until its standard input is closed.
"""

import asyncio
import contextlib
import json
import sys
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path

from benchmarks.soak.plan import SEOUL, START, SoakOutlet, soak_plan
from tests.servers.farm_pages import FarmArticle, farm_page

SHOWN = 30  # articles in a feed


class Site:
    """Who answers what at the time that the file names."""

    def __init__(self, outlets: list[SoakOutlet], clock: Path) -> None:
        self.by_host = {outlet.host: outlet for outlet in outlets}
        self.clock = clock
        self.port = 0

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock.read_text(encoding="ascii"))

    def answer(self, host: str, path: str) -> tuple[int, bytes, str] | None:
        """Status, body and type; None for an outlet that hangs."""
        outlet = self.by_host[host]
        if path == "/robots.txt":
            return 200, b"User-agent: *\nDisallow: /admin/\n", "text/plain"
        fault = outlet.fault_at(self.now)
        if fault == "hang":
            return None
        if fault in {"500", "403"}:
            return int(fault), b"no", "text/plain"
        if path == "/rss.xml":
            body = b"<html>down for maintenance" if fault == "garbage" else self.feed(outlet).encode()
            return 200, body, "application/xml"
        number = int(path.rpartition("/")[2])
        return 200, farm_page(outlet.story(number), host).encode(), "text/html; charset=utf-8"

    def feed(self, outlet: SoakOutlet) -> str:
        newest = outlet.published(self.now)
        items = "".join(self._item(outlet, outlet.story(n)) for n in range(newest, max(newest - SHOWN, 0), -1))
        return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'

    def _item(self, outlet: SoakOutlet, story: FarmArticle) -> str:
        at = format_datetime((START + story.number * outlet.every).astimezone(SEOUL))
        return (
            f"<item><title>{escape(story.title)}</title><link>http://{outlet.host}:{self.port}/news/{story.number}</link>"
            f"<description>{escape(story.paragraphs[0])}</description><pubDate>{at}</pubDate></item>"
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                found = self.answer(str(writer.get_extra_info("sockname")[0]), head.split(" ")[1])
                if found is None:
                    await asyncio.sleep(3600)
                    continue
                status, body, kind = found
                start = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(start.encode("latin-1") + body)
                await writer.drain()
        writer.close()


async def main(outlets: int, clock: Path) -> None:
    site = Site(soak_plan(outlets), clock)
    server = await asyncio.start_server(site.serve, "0.0.0.0", 0, backlog=200)
    site.port = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"port": site.port}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
