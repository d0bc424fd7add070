"""Nothing reaches a host sooner than it asked: judged by the server's own log, over all visits of the process."""

import asyncio
from itertools import pairwise

import pytest

from crawler.fetch.once import FetchFailed, fetch_once
from crawler.fetch.pace import MOST_SILENCES, HostResting, Pace
from crawler.settings import CrawlerSettings
from crawler.visit import visit_outlet
from tests.crawler.world import XML, serve
from tests.servers.client import answer
from tests.servers.papers import Story, page, rss

# The pace counts from when a request leaves, the server from when it arrives: two trips may differ by so many seconds.
JITTER = 0.01


def gaps(entries):
    """Seconds from the end of each answer to the next request, as the server saw them."""
    return [later["at"] - earlier["end"] for earlier, later in pairwise(entries)]


def test_crawl_delay_holds_between_all_requests_of_a_host(light_world):
    world = light_world
    serve(world, [Story(n) for n in range(1, 4)])
    world.server.plan({"/robots.txt": answer("User-agent: *\nCrawl-delay: 0.4\n")})
    assert world.visit(world.outlet()).counts.stored == 3
    entries = world.server.asked()
    assert len(entries) == 5
    assert min(gaps(entries)) >= 0.4


def test_two_outlets_on_one_host_share_its_pace(light_world):
    """And two spiders of one process: the pace belongs to the host, not to the crawl."""
    world = light_world
    serve(world, [Story(1)])
    world.server.plan({"/rss2": answer(rss([Story(3)], world.base), **XML), Story(3).path: answer(page(Story(3)))})
    first = world.outlet(politeness={"delay": 0.3})
    second = world.outlet({"kind": "feed", "url": f"{world.base}/rss2"}, id="other", politeness={"delay": 0.3})
    from crawler.catalogue import Catalogue
    from crawler.visit import sync_catalogue

    context = world.context(first, delay=None)
    context.catalogue = Catalogue([first, second])
    with world.database.writer() as session:
        sync_catalogue(session, context.catalogue, now=world.now)

    async def both():
        return await asyncio.gather(visit_outlet(first, context), visit_outlet(second, context))

    reports = world.loop.run(both)
    assert [report.counts.stored for report in reports] == [1, 1]
    entries = world.server.asked()
    assert [entry["path"] for entry in entries].count("/robots.txt") == 1
    assert min(gaps(entries)) >= 0.3 - JITTER


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("at", ["page", "source", "robots"])
def test_retry_after_is_waited_out_by_everything_else_of_the_host(light_world, status, at):
    world = light_world
    stories = [Story(1), Story(3)]
    busy = answer("busy", status=status, retry_after="1")
    path = {"page": stories[0].path, "source": "/rss", "robots": "/robots.txt"}[at]
    serve(world, stories)
    world.server.plan({path: busy, "/rss2": answer(rss([Story(5)], world.base), **XML)})
    outlet = world.outlet({"kind": "feed", "url": f"{world.base}/rss"}, {"kind": "feed", "url": f"{world.base}/rss2"})
    world.visit(outlet)
    entries = world.server.asked()
    asked = [entry["path"] for entry in entries]
    if at == "robots":
        assert asked == ["/robots.txt"]
        return
    busy_at = asked.index(path)
    assert len(asked) > busy_at + 1
    assert entries[busy_at + 1]["at"] - entries[busy_at]["end"] >= 1.0


@pytest.mark.parametrize("at", ["page", "source"])
def test_a_long_rest_ends_the_visit_and_is_kept_for_all_sources_of_the_host(light_world, at):
    world = light_world
    stories = [Story(n) for n in range(1, 6)]
    serve(world, stories, etag='"feed"')
    path = stories[1].path if at == "page" else "/rss"
    world.server.plan({path: answer("busy", status=429, retry_after="3600")})
    outlet = world.outlet()
    report = world.visit(outlet)
    paths = world.server.paths()
    assert paths[-1] == path
    assert report.counts.stored == (1 if at == "page" else 0)
    (state,) = world.sources()
    assert 3595 <= (state.next_visit_at - world.now).total_seconds() <= 3700
    assert state.etag is None  # what was left is read again


def test_a_host_that_hangs_is_left_alone_after_a_few_pages(light_world):
    world = light_world
    stories = [Story(n) for n in range(1, 20)]
    serve(world, stories)
    world.server.plan({story.path: answer(manner="hang") for story in stories})
    outlet = world.outlet()
    report = world.visit(outlet, world.context(outlet, download_timeout=0.3))
    assert 2 + MOST_SILENCES <= len(world.server.asked()) <= 2 + 2 * MOST_SILENCES
    assert any("without an answer" in error for error in report.counts.errors)


def test_silence_is_forgiven_by_an_answer():
    async def main():
        pace = Pace()
        for _ in range(5):
            pace.silent("a.example")
            pace.silent("a.example")
            pace.answered("a.example")
        assert pace.rest_left("a.example") == 0
        for _ in range(MOST_SILENCES):
            pace.silent("a.example")
        with pytest.raises(HostResting, match=r"3 requests in a row without an answer"):
            async with pace.turn("a.example", 0):
                pass

    asyncio.run(main())


def test_hosts_of_no_interest_are_forgotten():
    now = [0.0]
    pace = Pace(lambda: now[0])

    async def main():
        for number in range(10_000):
            async with pace.turn(f"{number}.example", 0):
                pass
        pace.rest("7.example", 100_000)
        now[0] = 5000.0
        async with pace.turn("new.example", 0):
            pass

    asyncio.run(main())
    assert set(pace._hosts) == {"7.example", "new.example"}


def test_no_cookie_no_credentials_no_referrer_is_ever_sent(light_world):
    world = light_world
    story = Story(1)
    serve(world, [story])
    home = world.base.replace("http://", "http://user:secret@")
    world.server.plan(
        {
            "/rss": answer(rss([story], world.base), set_cookie="session=1; Path=/", **XML),
            story.path: answer(status=302, location=f"{home}/news/article/9", set_cookie="wall=1"),
            "/news/article/9": answer("login", status=401, www_authenticate='Basic realm="members"'),
        }
    )
    report = world.visit(world.outlet(urls={"article": [r"/news/article/\d+"]}))
    assert report.counts.stored == 0
    entries = world.server.asked()
    assert [entry["path"] for entry in entries] == ["/robots.txt", "/rss", story.path, "/news/article/9"]
    for entry in entries:
        assert not {"cookie", "authorization", "proxy-authorization", "referer"} & set(entry["headers"])


def test_half_a_megabyte_of_rules_does_not_hold_the_loop(loop, server):
    rules = "User-agent: *\n" + "".join(f"Disallow: /a*b{n}*c*d*e$\n" for n in range(19_000))
    server.plan({"/robots.txt": answer(rules), "/page": answer("text")})
    settings = CrawlerSettings(allow_private_addresses=True, download_timeout=5, delay=0)
    lags = []

    async def watch():
        while True:
            before = asyncio.get_running_loop().time()
            await asyncio.sleep(0.005)
            lags.append(asyncio.get_running_loop().time() - before - 0.005)

    async def main():
        watcher = asyncio.ensure_future(watch())
        try:
            return await fetch_once(server.url("/page"), settings)
        finally:
            watcher.cancel()

    assert loop.run(main).status == 200
    lags.sort()
    assert lags[int(len(lags) * 0.9)] < 0.2  # parsed on the loop it would be one gap of most of a second


@pytest.mark.parametrize(("size", "opened"), [(500_000, True), (600_000, False)])
def test_a_robots_file_beyond_its_limit_closes_the_host(loop, server, size, opened):
    server.plan({"/robots.txt": answer("#" * size), "/page": answer("text")})
    settings = CrawlerSettings(allow_private_addresses=True, download_timeout=5)
    if opened:
        assert loop.run(lambda: fetch_once(server.url("/page"), settings)).body == b"text"
    else:
        with pytest.raises(FetchFailed, match="closed for now"):
            loop.run(lambda: fetch_once(server.url("/page"), settings))


@pytest.mark.parametrize("what", ["page", "feed"])
@pytest.mark.parametrize("over", [False, True])
def test_five_megabytes_are_the_limit_of_pages_and_feeds(light_world, what, over):
    world = light_world
    story = Story(1)
    serve(world, [story])
    limit = 5 * 1024 * 1024
    path = story.path if what == "page" else "/rss"
    body = page(story) if what == "page" else rss([story], world.base).encode()
    filler = b"<!--" + b"x" * (limit - len(body) - 7 + over) + b"-->"
    world.server.plan({path: answer(body + filler)})
    report = world.visit(world.outlet())
    assert report.counts.stored == (0 if over else 1)
    assert any("larger than the limit" in error for error in report.counts.errors) is over
