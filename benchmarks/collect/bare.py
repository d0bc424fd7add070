"""The yardstick: Scrapy with its own settings, and trafilatura called inline on every page. Nothing is kept.

No robots.txt, no conditions, no limits, no archive, no judgement of topics: what is left when one writes the obvious
thirty lines. `python -m benchmarks.collect.bare < given.json` prints one JSON line.
"""

import json
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

from benchmarks.collect.measure import memory_mb

found: dict[str, Any] = {"pages": 0, "characters": 0}


class BareSpider(scrapy.Spider):
    name = "bare"
    feeds: list[str] = []  # noqa: RUF012 - given by the crawl

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.feeds:
            yield scrapy.Request(url, callback=self.parse_feed)

    def parse_feed(self, response: Response) -> Iterator[scrapy.Request]:
        for title, link in re.findall(r"<item><title>(.*?)</title><link>(.*?)</link>", response.text):
            if "중관춘" in title:
                yield scrapy.Request(link, callback=self.parse_page)

    def parse_page(self, response: Response) -> None:
        text = trafilatura.extract(response.body, url=response.url)
        found["pages"] += 1
        found["characters"] += len(text or "")


def main(given: dict[str, Any]) -> None:
    settings = {
        "LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": given.get("per_host", 8),
    }  # fmt: skip
    process = CrawlerProcess(settings)
    feeds = [source["url"] for row in given["outlets"] for source in row["sources"]]
    process.crawl(BareSpider, feeds=feeds)
    wall, cpu = time.perf_counter(), time.process_time()
    process.start()
    found["seconds"] = round(time.perf_counter() - wall, 2)
    found["cpu_seconds"] = round(time.process_time() - cpu, 2)
    found["memory_mb"] = round(memory_mb(), 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main(json.loads(sys.stdin.read()))
