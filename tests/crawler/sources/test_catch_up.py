"""After downtime: a feed that has moved on past everything known makes the outlet's archive be asked back."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.spiders.past import begin_backfill
from crawler.spiders.stretch import Stretch
from storage.backfills import backfill_steps, failed_steps, open_backfills
from tests.crawler.world import XML
from tests.servers.client import answer
from tests.servers.papers import Story, page, rss

SITEMAP = "/archive.xml"


def sitemap(world, times):
    rows = "".join(
        f"<url><loc>{world.base}{Story(n).path}</loc><lastmod>{at.isoformat()}</lastmod></url>"
        for n, at in times.items()
    )
    return answer(f"<urlset>{rows}</urlset>", **XML)


def serve(world, numbers, feed):
    world.server.plan({Story(n).path: answer(page(Story(n))) for n in numbers})
    world.server.plan({"/rss": answer(rss([Story(n) for n in feed], world.base), **XML)})


def paper(world, *more):
    return world.outlet({"kind": "feed", "url": f"{world.base}/rss"}, *more)


def archive_of(world):
    return {"kind": "sitemap", "url": f"{world.base}{SITEMAP}", "use": "archive"}


def steps(world):
    with world.database.reader() as session:
        return open_backfills(session, "yesi")


def test_what_was_missed_while_down_is_read_from_the_archive_and_no_more(world):
    outlet = paper(world, archive_of(world))
    context = world.context(outlet)
    serve(world, range(1, 31), feed=range(1, 7))
    assert world.visit(outlet, context).counts.stored == 6
    assert SITEMAP not in world.server.paths()
    down_since = world.now
    world.later(days=3)
    times = {n: down_since - timedelta(days=2) for n in range(27, 31)}
    times |= {n: down_since + timedelta(hours=n) for n in range(7, 27)}
    world.server.plan({SITEMAP: sitemap(world, times)})
    serve(world, (), feed=range(21, 27))
    assert world.visit(outlet, context).counts.stored == 6
    assert [(row.reason, row.from_at) for row in steps(world)] == [("catch_up", down_since - timedelta(hours=1))]
    world.later(minutes=30)
    report = world.visit(outlet, context)
    assert report.counts.stored == 14
    assert steps(world) == []
    paths = world.server.paths()
    assert paths.count(SITEMAP) == 1
    assert not {Story(n).path for n in range(27, 31)} & set(paths)
    assert len({article.canonical_url for article in world.articles()}) == 26


def test_a_feed_that_still_shows_something_known_is_no_gap(light_world):
    world = light_world
    outlet = paper(world, archive_of(world))
    context = world.context(outlet)
    serve(world, range(1, 20), feed=range(1, 7))
    world.visit(outlet, context)
    world.later(days=3)
    serve(world, (), feed=range(6, 14))
    world.visit(outlet, context)
    assert steps(world) == []


def test_a_gap_that_nothing_can_fill_is_said_and_given_up_after_three_tries(light_world):
    world = light_world
    outlet = paper(world)
    context = world.context(outlet)
    serve(world, range(1, 20), feed=range(1, 7))
    world.visit(outlet, context)
    world.later(days=1)
    serve(world, (), feed=range(7, 14))
    world.visit(outlet, context)
    (gap,) = steps(world)
    said = []
    for _ in range(4):
        world.later(hours=7)
        said += world.visit(outlet, context).counts.errors
    assert len(said) == 3
    assert "What appeared since 2026-08-10 23:00 UTC may be missing" in said[0]
    with world.database.reader() as session:
        assert len(failed_steps(session, gap.id)) == 1
    assert steps(world) == []


def test_without_an_archive_of_its_own_the_sitemaps_of_robots_txt_are_read(light_world):
    world = light_world
    outlet = paper(world)
    context = world.context(outlet)
    robots = f"User-agent: *\nDisallow:\nSitemap: {world.base}/sitemap-index.xml\n"
    old, new = f"{world.base}/s-2026-06.xml", f"{world.base}/s-2026-08.xml"
    index = f"<sitemapindex><sitemap><loc>{old}</loc></sitemap><sitemap><loc>{new}</loc></sitemap></sitemapindex>"
    world.server.plan(
        {
            "/robots.txt": answer(robots, content_type="text/plain"),
            "/sitemap-index.xml": answer(index, **XML),
            "/s-2026-08.xml": sitemap(world, {9: datetime(2026, 8, 11, 12, tzinfo=UTC)}),
        }
    )
    serve(world, range(1, 20), feed=range(1, 7))
    world.visit(outlet, context)
    world.later(days=1)
    serve(world, (), feed=range(11, 17))
    world.visit(outlet, context)
    stored = 0
    for _ in range(3):
        world.later(hours=7)
        stored += world.visit(outlet, context).counts.stored
    assert stored == 1
    paths = world.server.paths()
    assert "/s-2026-08.xml" in paths
    assert "/s-2026-06.xml" not in paths


def begin(world, outlet, start, end):
    with world.database.writer() as session:
        row = begin_backfill(session, outlet, Stretch(start, end), reason="asked", now=world.now)
        return row, backfill_steps(session, row.id)


def test_a_visit_takes_a_few_steps_along_and_the_page_limit_leaves_the_rest_to_the_next(light_world):
    world = light_world
    outlet = world.outlet(archive_of(world), politeness={"delay": 0, "max_pages": 3})
    context = world.context(outlet)
    start = datetime(2026, 8, 1, tzinfo=UTC)
    serve(world, range(1, 9), feed=())
    world.server.plan({SITEMAP: sitemap(world, {n: start + timedelta(hours=n) for n in range(1, 9)})})
    row, open_then = begin(world, outlet, start, start + timedelta(days=1))
    assert open_then == {"open": 1}
    assert [world.visit(outlet, context).counts.stored for _ in range(4)] == [3, 3, 2, 0]
    with world.database.reader() as session:
        assert backfill_steps(session, row.id) == {"done": 1}
    same, _ = begin(world, outlet, start, start + timedelta(days=2))
    assert same.id != row.id


def test_a_daily_list_is_read_day_by_day_and_page_by_page(light_world):
    world = light_world
    from tests.crawler.sources.test_lists import listed

    template = f"{world.base}/news?d={{date:%Y%m%d}}&p={{page}}"
    outlet = world.outlet({"kind": "list", "url": f"{world.base}/news", "links": "a.headline", "page": template})
    context = world.context(outlet)
    days = {"20260808": [[1, 2], [3]], "20260809": [[4]]}
    serve(world, range(1, 5), feed=())
    for day, pages in days.items():
        for number, rows in enumerate(pages, 1):
            world.server.plan({f"/news?d={day}&p={number}": listed(rows)})
        world.server.plan({f"/news?d={day}&p={len(pages) + 1}": listed(pages[-1])})
    row, open_then = begin(world, outlet, datetime(2026, 8, 7, 15, tzinfo=UTC), datetime(2026, 8, 9, 15, tzinfo=UTC))
    assert open_then == {"open": 2}
    for _ in range(3):
        world.visit(outlet, context, sources=[])
    assert len(world.articles()) == 4
    asked = [path for path in world.server.paths() if urlsplit(path).path == "/news"]
    assert len(asked) == len(set(asked)) == 5
    with world.database.reader() as session:
        assert backfill_steps(session, row.id) == {"done": 5}


def test_a_list_is_left_where_it_lies_wholly_before_the_stretch(light_world):
    world = light_world
    outlet = world.outlet(
        {"kind": "list", "url": f"{world.base}/news", "links": "a", "page": f"{world.base}/news?p={{page}}"}
    )
    context = world.context(outlet)
    serve(world, range(1, 9), feed=())

    def rows(*numbers):
        items = "".join(
            f'<li><a href="{Story(n).path}">{Story(n).title}</a><span>2026.08.{10 - n:02} 09:00</span></li>'
            for n in numbers
        )
        return answer(f"<html><ul>{items}</ul></html>")

    world.server.plan({"/news": rows(1, 2), "/news?p=2": rows(3, 4), "/news?p=3": rows(5, 6), "/news?p=4": rows(7, 8)})
    begin(world, outlet, datetime(2026, 8, 6, 15, tzinfo=UTC), datetime(2026, 8, 8, 15, tzinfo=UTC))
    for _ in range(5):
        world.visit(outlet, context, sources=[])
    assert {article.canonical_url for article in world.articles()} == {f"{world.base}{Story(n).path}" for n in (2, 3)}
    assert [path for path in world.server.paths() if "/news?p" in path] == ["/news?p=2", "/news?p=3"]
