"""One article, one fetch: whatever section, host, AMP form or tracking parameter its address carries."""

from collections import Counter
from html import escape
from urllib.parse import urlsplit

from crawler.urls import canonical_url
from storage.archive import known_urls
from storage.models.candidates import UrlNumber
from tests.crawler.world import XML
from tests.servers.client import answer
from tests.servers.papers import Story, page

ON = Story(1)
FORMS = ("/economy/article/1", "/it/article/1", "/article/1", "/amp/article/1")


def feed(*links):
    items = "".join(f"<item><title>{ON.title}</title><link>{escape(link)}</link></item>" for link in links)
    return answer(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', **XML)


def pages_asked(world):
    return Counter(urlsplit(entry["path"]).path for entry in world.server.asked() if "article" in entry["path"])


def outlet(world, **urls):
    mobile = f"127.0.0.2:{world.server.port}"
    return world.outlet(
        urls={
            "article": [r"/article/\d+"],
            "host_aliases": {mobile: f"127.0.0.1:{world.server.port}"},
            **urls,
        }
    )


def test_two_sections_mobile_amp_and_tracking_are_one_fetch_over_many_visits(world):
    one = outlet(world, number=r"/article/(\d+)")
    context = world.context(one)
    world.server.plan({path: answer(page(ON)) for path in FORMS})
    mobile = f"http://127.0.0.2:{world.server.port}"
    rounds = [
        [world.base + "/economy/article/1?utm_source=rss"],
        [world.base + "/it/article/1?utm_medium=x&fbclid=1#top", mobile + "/article/1"],
        [world.base + "/amp/article/1", mobile + "/amp/article/1?utm_campaign=y"],
    ]
    for links in rounds:
        world.server.plan({"/rss": feed(*links)})
        report = world.visit(one, context)
        assert report.counts.errors == []
        world.later(minutes=25)
    assert sum(pages_asked(world).values()) == 1
    (stored,) = world.articles()
    assert stored.canonical_url == f"{world.base}/economy/article/1"
    with world.database.reader() as session:
        asked = [f"{world.base}{path}" for path in FORMS]
        known = known_urls(session, asked)
        assert {url: row.article_id for url, row in known.items()} == {
            f"{world.base}{path}": stored.id for path in ("/economy/article/1", "/it/article/1", "/amp/article/1")
        }


def test_a_page_off_topic_is_not_read_again_under_another_section(world):
    one = world.outlet(fetch="all", urls={"article": [r"/article/\d+"], "number": r"/article/(\d+)"})
    context = world.context(one)
    off = answer(page(Story(1, on_topic=False)))
    world.server.plan(dict.fromkeys(FORMS, off))
    for path in FORMS:
        world.server.plan({"/rss": feed(world.base + path)})
        world.visit(one, context)
        world.later(minutes=25)
    assert sum(pages_asked(world).values()) == 1


def test_another_address_of_a_page_that_could_not_be_read_is_tried(light_world):
    world = light_world
    one = outlet(world, number=r"/article/(\d+)")
    context = world.context(one)
    world.server.plan({"/rss": feed(world.base + "/economy/article/1"), "/it/article/1": answer(page(ON))})
    world.visit(one, context)
    world.server.plan({"/rss": feed(world.base + "/it/article/1")})
    world.later(minutes=25)
    assert world.visit(one, context).counts.stored == 1
    with world.database.reader() as session:
        (row,) = session.query(UrlNumber)
        known = known_urls(session, [f"{world.base}/it/article/1"])
        assert known[f"{world.base}/it/article/1"].article_id is not None
        assert row.number == "1"


def test_rewrites_fold_amp_paths_where_addresses_carry_no_number(light_world):
    world = light_world
    one = outlet(world, rewrites=[["/amp/", "/"], [r"/m/(\w+)$", r"/\1"]])
    context = world.context(one)
    world.server.plan({"/article/1": answer(page(ON))})
    for link in ("/amp/article/1", "/article/1"):
        world.server.plan({"/rss": feed(world.base + link)})
        world.visit(one, context)
        world.later(minutes=25)
    assert pages_asked(world) == {"/article/1": 1}


def test_canonical_of_another_site_and_of_the_front_page_are_not_believed(light_world):
    world = light_world
    for number, stated in ((1, "https://elsewhere.example/article/1"), (2, f"{world.base}/")):
        world.server.plan({f"/article/{number}": answer(page(Story(number), canonical=stated))})
    world.server.plan({"/rss": feed(f"{world.base}/article/1", f"{world.base}/article/2")})
    world.visit(outlet(world))
    assert {row.canonical_url for row in world.articles()} == {f"{world.base}/article/{n}" for n in (1, 2)}


def test_an_outlets_own_hosts_get_the_scheme_of_its_home():
    from tests.crawler.test_urls import PLAIN

    assert canonical_url("http://m.yesi.example/a/1", PLAIN) == "https://www.yesi.example/a/1"
    assert canonical_url("http://other.example/a/1", PLAIN) == "http://other.example/a/1"
