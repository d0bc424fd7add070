import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

from crawler.fetch.robots import LONGEST_CRAWL_DELAY, RobotsCache, parse_robots

NOW = datetime(2026, 8, 11, tzinfo=UTC)
PAGE = "https://www.yesi.example/news/1"


class Host:
    """Answers for robots.txt in turn, and how often it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def fetch(self, url):
        self.asked.append(url)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return Response(url, status=status, body=body.encode())


def policy(host, *, url=PAGE, now=NOW, cache=None):
    cache = cache or RobotsCache(believed_for=timedelta(hours=12))
    return asyncio.run(cache.policy(url, now=now, fetch=host.fetch))


def test_rules_for_us_and_for_all():
    host = Host((200, "User-agent: *\nDisallow: /news/\n\nUser-agent: zgcwatch\nDisallow: /private\nCrawl-delay: 7"))
    found = policy(host)
    assert found.allows(PAGE)
    assert not found.allows("https://www.yesi.example/private/1")
    assert found.crawl_delay == 7
    assert host.asked == ["https://www.yesi.example/robots.txt"]


@pytest.mark.parametrize("status", [404, 403, 401, 410, 302])
def test_no_robots_is_open(status):
    assert policy(Host((status, "User-agent: *\nDisallow: /"))).allows(PAGE)


@pytest.mark.parametrize("answer", [(500, ""), (503, ""), (429, ""), DownloadTimeoutError("x"), OSError("x")])
def test_a_host_that_cannot_say_is_closed_for_now(answer):
    cache = RobotsCache(believed_for=timedelta(hours=12))
    host = Host(answer, (404, ""))
    closed = policy(host, cache=cache)
    assert not closed.allows(PAGE)
    assert "robots.txt" in closed.closed
    assert not policy(host, cache=cache, now=NOW + timedelta(minutes=14)).allows(PAGE)
    assert policy(host, cache=cache, now=NOW + timedelta(minutes=16)).allows(PAGE)


def test_a_policy_is_believed_for_its_time_and_per_authority():
    cache = RobotsCache(believed_for=timedelta(hours=12))
    host = Host((200, ""), (200, "User-agent: *\nDisallow: /"), (404, ""))
    assert policy(host, cache=cache).allows(PAGE)
    assert policy(host, cache=cache, now=NOW + timedelta(hours=11)).allows(PAGE)
    assert not policy(host, cache=cache, now=NOW + timedelta(hours=13)).allows(PAGE)
    assert policy(host, cache=cache, url="http://www.yesi.example:8080/a").allows("http://www.yesi.example:8080/a")
    assert len(host.asked) == 3


def test_many_askers_cause_one_fetch():
    cache = RobotsCache(believed_for=timedelta(hours=12))
    host = Host((200, "User-agent: *\nDisallow: /x"))

    async def main():
        return await asyncio.gather(*(cache.policy(PAGE, now=NOW, fetch=host.fetch) for _ in range(20)))

    assert len(set(map(id, asyncio.run(main())))) == 1
    assert len(host.asked) == 1


def test_an_absurd_crawl_delay_is_bounded():
    assert policy(Host((200, "User-agent: *\nCrawl-delay: 86400"))).crawl_delay == LONGEST_CRAWL_DELAY


def test_wildcards_cannot_make_matching_slow():
    hostile = "User-agent: *\nDisallow: /" + "a*" * 60 + "b\nAllow: /" + "a*" * 60 + "c\n"
    rules = parse_robots(hostile.encode())
    started = time.monotonic()
    rules.can_fetch("https://x.example/" + "a" * 2000, "zgcwatch")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"<html>not found</html>", "사용자: *".encode("euc-kr")])
def test_a_soft_404_is_open(body):
    assert parse_robots(body).can_fetch(PAGE, "zgcwatch")
