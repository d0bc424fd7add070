"""A visit end to end: a real server, real fetches, a real database; only the clock is ours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.archive import archive_counts, get_article
from storage.sources import due_sources
from tests.crawler.world import START, XML, serve
from tests.servers.client import answer
from tests.servers.papers import Story, atom, news_sitemap, page, rss, section_list

ON, OFF = Story(1), Story(2, on_topic=False)


def test_first_visit_stores_what_is_on_topic_and_reads_nothing_else(world):
    serve(world, [ON, OFF], etag='"feed"')
    report = world.visit(world.outlet())
    assert report.error is None
    assert report.counts.errors == []
    counts = report.counts
    assert (counts.candidates, counts.fetched, counts.stored, counts.off_topic, counts.failed) == (2, 1, 1, 1, 0)
    assert world.server.paths() == ["/robots.txt", "/rss", "/news/article/1"]
    (stored,) = world.articles()
    assert stored.title == ON.title
    assert list(stored.body) == ON.paragraphs
    assert stored.canonical_url == f"{world.base}/news/article/1"
    assert stored.topics == ("zgc",)
    assert stored.first_seen_at == START
    assert stored.published_at == datetime(2026, 8, 10, 22, tzinfo=UTC)


def test_what_the_page_says_besides_its_text_is_kept(light_world):
    world = light_world
    serve(world, [ON])
    head = '<meta name="news_keywords" content="중관춘, 없는낱말"><meta property="og:image" content="/photo/1.jpg">'
    head += '<meta property="article:content_tier" content="locked"></head>'
    told = page(ON).decode().replace("</head>", head)
    world.server.plan({ON.path: answer(told, etag='"1"')})
    world.visit(world.outlet())
    (stored,) = world.articles()
    assert (stored.keywords, stored.image_url, stored.paywalled) == (("중관춘",), f"{world.base}/photo/1.jpg", True)


def test_second_visit_costs_one_conditional_request(world):
    outlet = world.outlet()
    serve(world, [ON, OFF], etag='"feed"', last_modified="Tue, 11 Aug 2026 00:00:00 GMT")
    context = world.context(outlet)
    world.visit(outlet, context)
    world.server.asked()
    world.later(minutes=30)
    report = world.visit(outlet, context)
    (asked,) = world.server.asked()
    assert (asked["path"], asked["status"]) == ("/rss", 304)
    assert asked["headers"]["if-modified-since"] == "Tue, 11 Aug 2026 00:00:00 GMT"
    assert report.counts.candidates == report.counts.fetched == 0
    assert len(world.articles()) == 1


def test_a_server_that_ignores_conditions_is_recognised_by_its_bytes(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    context = world.context(outlet)
    world.visit(outlet, context)
    world.later(minutes=30)
    report = world.visit(outlet, context)
    assert report.counts.candidates == 0
    assert world.server.paths() == ["/robots.txt", "/rss", "/news/article/1", "/rss"]


def test_known_pages_are_not_fetched_again_when_the_feed_grows(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    context = world.context(outlet)
    world.visit(outlet, context)
    world.server.asked()
    serve(world, [Story(3), ON])
    world.later(minutes=30)
    report = world.visit(outlet, context)
    assert (report.counts.candidates, report.counts.stored) == (2, 1)
    assert world.server.paths() == ["/rss", "/news/article/3"]


def test_a_correction_the_feed_announces_is_read_at_once(world):
    outlet = world.outlet()
    world.server.plan(
        {
            "/rss": [
                answer(atom([ON], world.base), **XML),
                answer(atom([ON], world.base, updated="2026-08-11T09:20:00+09:00"), **XML),
            ],
            ON.path: [answer(page(ON), etag='"1"'), answer(page(replace(ON, edited=True)), etag='"2"')],
        }
    )
    context = world.context(outlet)
    world.visit(outlet, context)
    (before,) = world.articles()
    world.later(minutes=30)
    report = world.visit(outlet, context)
    assert (report.counts.corrected, report.counts.stored) == (1, 0)
    (after,) = world.articles()
    assert after.id == before.id
    assert after.body[-1] == replace(ON, edited=True).paragraphs[-1]
    assert after.revision > before.revision


def test_rechecks_come_by_the_plan_and_ask_conditionally(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    context = world.context(outlet, recheck_after=(1, 6))
    world.visit(outlet, context)
    world.server.asked()
    world.later(minutes=61)
    report = world.visit(outlet, context)
    asked = {entry["path"]: entry["status"] for entry in world.server.asked()}
    assert asked == {"/rss": 304, ON.path: 304}
    assert report.counts.unchanged == 1
    world.later(hours=1)
    assert world.visit(outlet, context).counts.unchanged == 0
    world.later(hours=5)
    assert world.visit(outlet, context).counts.unchanged == 1
    world.later(days=9)
    assert world.visit(outlet, context).counts.unchanged == 0


@pytest.mark.parametrize(("status", "visits_until_gone"), [(410, 1), (404, 2)])
def test_a_withdrawn_article_becomes_a_tombstone(world, status, visits_until_gone):
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    context = world.context(outlet, recheck_after=(1,), confirm_gone_after_hours=2)
    world.visit(outlet, context)
    (stored,) = world.articles()
    world.server.plan({ON.path: answer("gone", status=status)})
    gone = []
    for _ in range(visits_until_gone):
        world.later(hours=3)
        gone.append(world.visit(outlet, context).counts.gone)
    assert gone == [0] * (visits_until_gone - 1) + [1]
    with world.database.reader() as session:
        tombstone = get_article(session, stored.id)
        assert archive_counts(session).gone == 1
    assert (tombstone.state, tombstone.title, tombstone.body) == ("gone", "", ())


def test_an_article_sent_back_to_the_front_page_counts_as_missing(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    world.server.plan({"/": answer("<html><body>front</body></html>")})
    context = world.context(outlet, recheck_after=(1,), confirm_gone_after_hours=1)
    world.visit(outlet, context)
    world.server.plan({ON.path: answer(status=302, location="/")})
    for expected in (0, 1):
        world.later(hours=2)
        assert world.visit(outlet, context).counts.gone == expected


def test_an_euc_kr_outlet_is_read_without_any_charset(world):
    declaration = "<?xml version='1.0' encoding='euc-kr'?>"
    feed = rss([ON], world.base, declaration=declaration).encode("euc-kr", "xmlcharrefreplace")
    world.server.plan(
        {
            "/rss": answer(feed, content_type="text/xml"),
            ON.path: answer(page(ON, encoding="euc-kr"), content_type="text/html"),
        }
    )
    assert world.visit(world.outlet()).counts.stored == 1
    (stored,) = world.articles()
    assert stored.title == ON.title
    assert "중관춘" in stored.body[0]


def test_news_sitemap_and_section_list(light_world):
    world = light_world
    outlet = world.outlet(
        {"kind": "sitemap", "url": f"{world.base}/sitemap.xml"},
        {"kind": "list", "url": f"{world.base}/economy", "links": "a.headline", "section": "경제"},
    )
    serve(world, [ON, Story(3), Story(5)])
    index = f"<sitemapindex><sitemap><loc>{world.base}/news.xml</loc></sitemap></sitemapindex>"
    world.server.plan(
        {
            "/sitemap.xml": answer(index, **XML),
            "/news.xml": answer(news_sitemap([ON, Story(3)], world.base), **XML),
            "/economy": answer(section_list([Story(3), Story(5)])),
        }
    )
    report = world.visit(outlet)
    assert report.counts.errors == []
    assert report.counts.stored == 3
    paths = world.server.paths()
    assert len(paths) == len(set(paths))


def index_of(world, *names):
    rows = "".join(f"<sitemap><loc>{world.base}/{name}</loc></sitemap>" for name in names)
    return answer(f"<sitemapindex>{rows}</sitemapindex>", etag='"index"', **XML)


def sitemap_of(world, *numbers, etag):
    return answer(news_sitemap([Story(number) for number in numbers], world.base), etag=etag, **XML)


def test_sitemaps_of_an_index_are_asked_only_for_what_changed(light_world):
    world = light_world
    outlet = world.outlet({"kind": "sitemap", "url": f"{world.base}/sitemap.xml"})
    serve(world, [Story(number) for number in (1, 3, 5)])
    older, newer = sitemap_of(world, 3, etag='"older"'), sitemap_of(world, 1, etag='"newer"')
    world.server.plan(
        {
            "/sitemap.xml": index_of(world, "newer.xml", "deep.xml"),
            "/deep.xml": answer(f"<sitemapindex><sitemap><loc>{world.base}/older.xml</loc></sitemap></sitemapindex>"),
            "/newer.xml": newer,
            "/older.xml": older,
        }
    )
    context = world.context(outlet)
    assert world.visit(outlet, context).counts.stored == 2

    def asked_later():
        world.server.asked()
        world.later(hours=2)
        counts = world.visit(outlet, context).counts
        return counts, {asked["path"]: asked["status"] for asked in world.server.asked() if ".xml" in asked["path"]}

    counts, asked = asked_later()
    assert (counts.candidates, counts.fetched, counts.errors) == (0, 0, [])
    assert asked == {"/sitemap.xml": 304, "/newer.xml": 304, "/deep.xml": 200, "/older.xml": 304}

    # The index looks as it did; one of its sitemaps has grown.
    world.server.plan({"/newer.xml": sitemap_of(world, 1, 5, etag='"grown"')})
    counts, asked = asked_later()
    assert (counts.stored, counts.new_items, counts.errors) == (1, 1, [])
    assert asked["/older.xml"] == 304

    # A sitemap that cannot be read fails the source: nothing is taken as read, all of it is asked for again.
    world.server.plan({"/newer.xml": answer("<html>broken</html>")})
    counts, asked = asked_later()
    assert counts.failed == 1
    assert counts.new_items == 0


def test_sitemaps_whose_server_ignores_conditions_are_recognised_by_their_bytes(light_world):
    world = light_world
    outlet = world.outlet({"kind": "sitemap", "url": f"{world.base}/sitemap.xml"})
    serve(world, [ON])
    index = f"<sitemapindex><sitemap><loc>{world.base}/news.xml</loc></sitemap></sitemapindex>"
    world.server.plan(
        {"/sitemap.xml": answer(index, **XML), "/news.xml": answer(news_sitemap([ON], world.base), **XML)}
    )
    context = world.context(outlet)
    world.visit(outlet, context)
    world.later(hours=2)
    report = world.visit(outlet, context)
    assert (report.counts.candidates, report.counts.fetched) == (0, 0)


def test_one_article_under_many_addresses_is_fetched_once(light_world):
    world = light_world
    m = f"http://127.0.0.2:{world.server.port}"
    outlet = world.outlet(
        hosts=[f"127.0.0.1:{world.server.port}"],
        urls={
            "article": [r"/news/article/\d+"],
            "host_aliases": {f"127.0.0.2:{world.server.port}": f"127.0.0.1:{world.server.port}"},
        },
    )
    links = [f"{m}{ON.path}?utm_source=rss", f"{world.base}{ON.path}#top", f"{world.base}{ON.path}?fbclid=1"]
    items = "".join(f"<item><title>{ON.title}</title><link>{link}</link></item>" for link in links)
    world.server.plan(
        {"/rss": answer(f'<rss version="2.0"><channel>{items}</channel></rss>'), ON.path: answer(page(ON))}
    )
    report = world.visit(outlet)
    assert (report.counts.candidates, report.counts.stored) == (1, 1)
    assert world.server.paths().count(ON.path) == 1


def test_canonical_is_believed_on_the_outlet_and_the_other_address_becomes_an_alias(light_world):
    world = light_world
    outlet = world.outlet(urls={"article": ["/news/article/", "/a/"]})
    stated = f"{world.base}/a/1"
    serve(world, [ON])
    world.server.plan({ON.path: answer(page(ON, canonical=stated))})
    context = world.context(outlet)
    world.visit(outlet, context)
    (stored,) = world.articles()
    assert stored.canonical_url == stated
    world.server.plan({"/rss": answer(rss([ON, OFF], world.base))})
    world.later(minutes=30)
    world.server.asked()
    world.visit(outlet, context)
    assert world.server.paths() == ["/rss"]


def test_off_topic_pages_are_remembered_and_not_read_again(light_world):
    world = light_world
    outlet = world.outlet(fetch="all")
    serve(world, [OFF])
    context = world.context(outlet)
    report = world.visit(outlet, context)
    assert (report.counts.fetched, report.counts.off_topic, report.counts.stored) == (1, 1, 0)
    serve(world, [Story(9), OFF])
    world.later(minutes=30)
    world.server.asked()
    world.visit(outlet, context)
    assert world.server.paths() == ["/rss", "/news/article/9"]


def test_keep_all_stores_what_touches_no_topic(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON, OFF])
    report = world.visit(outlet, world.context(outlet, keep="all"))
    assert (report.counts.stored, report.counts.off_topic) == (2, 0)
    assert {row.topics for row in world.articles()} == {("zgc",), ()}


def test_a_candidate_without_title_and_summary_is_read_to_be_judged(light_world):
    world = light_world
    outlet = world.outlet({"kind": "sitemap", "url": f"{world.base}/sitemap.xml"})
    serve(world, [ON, OFF])
    rows = "".join(f"<url><loc>{world.base}{story.path}</loc></url>" for story in (ON, OFF))
    world.server.plan({"/sitemap.xml": answer(f"<urlset>{rows}</urlset>", **XML)})
    report = world.visit(outlet)
    assert (report.counts.fetched, report.counts.stored, report.counts.off_topic) == (2, 1, 1)


def test_what_the_page_limit_leaves_is_read_by_the_next_visit(light_world):
    world = light_world
    stories = [Story(n) for n in range(1, 8)]
    outlet = world.outlet(politeness={"max_pages": 4, "delay": 0})
    serve(world, stories, etag='"feed"')
    context = world.context(outlet)
    assert world.visit(outlet, context).counts.stored == 4
    world.later(minutes=30)
    assert world.visit(outlet, context).counts.stored == 3


def test_a_quiet_source_is_asked_less_often_within_bounds(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    context = world.context(outlet)
    waits = []
    for _ in range(40):
        world.visit(outlet, context)
        (state,) = world.sources()
        waits.append(state.next_visit_at - world.now)
        world.now = state.next_visit_at
    assert waits[0] == timedelta(minutes=20)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)


def test_only_due_sources_are_asked_unless_all_are_wanted(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    context = world.context(outlet)
    world.visit(outlet, context)
    with world.database.reader() as session:
        assert due_sources(session, now=world.now) == []
    world.server.asked()
    world.visit(outlet, context)
    assert world.server.paths() == []
    world.visit(outlet, context, all_sources=True)
    assert world.server.paths() == ["/rss"]


def test_progress_is_told_step_by_step(light_world):
    world = light_world
    events = []
    serve(world, [ON, Story(3)])
    world.visit(world.outlet(), progress=events.append)
    assert [(event.step, event.done, event.planned) for event in events] == [
        ("source", 0, 0),
        ("page", 1, 2),
        ("page", 2, 2),
        ("finished", 2, 2),
    ]
