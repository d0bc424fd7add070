"""Google News RSS search, played by a real server: headlines as leads, links looked behind only where allowed."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.candidates import UnreadableSource, read_source
from crawler.candidates.google_news import is_opaque, stated_address
from storage.leads import list_leads
from tests.crawler.sources.search_world import GOOGLE, google_feed, google_item, search_outlet
from tests.servers.client import answer
from tests.servers.papers import Story, page

ON = Story(1)
OPAQUE = "/rss/articles/CBMiSampleSampleSampleSampleSample?oc=5"


def leads(world):
    with world.database.reader() as session:
        return list_leads(session, state=None)


def opaque(world):
    """A link of the search's own host, which is nobody's outlet."""
    return f"http://127.0.0.2:{world.server.port}{OPAQUE}"


def make(world, **source):
    search, paper = search_outlet("google-news", ["중관춘 when:2d"], **source), world.outlet()
    return search, paper, world.context(paper, search, google_news_url=f"{world.base}{GOOGLE}")


def test_headlines_lose_the_outlets_name_and_opaque_links_stay_leads(world):
    search, _, context = make(world)
    world.server.plan({GOOGLE: google_feed(google_item("중관춘 로봇 - 새 시대 - 예시신문", opaque(world)))})
    report = world.visit(search, context)
    assert (report.counts.errors, report.counts.leads, report.counts.fetched) == ([], 1, 0)
    (lead,) = leads(world)
    assert (lead.title, lead.publisher, lead.state, lead.outlet) == ("중관춘 로봇 - 새 시대", "예시신문", "lead", None)
    asked = [path for path in world.server.paths() if path.startswith(GOOGLE)]
    assert parse_qs(urlsplit(asked[0]).query) == {
        "q": ["중관춘 when:2d"],
        "hl": ["ko"],
        "gl": ["KR"],
        "ceid": ["KR:ko"],
    }
    assert len(asked) == 1


def test_a_publisher_of_the_catalogue_is_noted_by_its_home(light_world):
    world = light_world
    search, _, context = make(world)
    item = google_item("중관춘 - 예시신문", opaque(world), home=world.base)
    world.server.plan({GOOGLE: google_feed(item)})
    world.visit(search, context)
    assert [(lead.outlet, lead.state) for lead in leads(world)] == [("yesi", "lead")]


def test_a_link_that_carries_the_address_is_read_without_asking_anybody(light_world):
    world = light_world
    search, paper, context = make(world)
    address = f"{world.base}{ON.path}"
    carried = base64.urlsafe_b64encode(b"\x08\x13\x22" + bytes([len(address)]) + address.encode()).decode().rstrip("=")
    item = google_item("중관춘 기사 - 예시신문", f"https://news.google.com/rss/articles/{carried}?oc=5")
    world.server.plan({GOOGLE: google_feed(item), ON.path: answer(page(ON))})
    world.visit(search, context)
    assert [(lead.url, lead.outlet, lead.state) for lead in leads(world)] == [(address, "yesi", "waiting")]
    assert world.visit(paper, context, sources=[]).counts.stored == 1


def test_an_opaque_link_is_looked_behind_once_where_robots_txt_allows_it(light_world):
    world = light_world
    search, _, context = make(world, resolve=True)
    target = f"{world.base}{ON.path}"
    world.server.plan(
        {
            GOOGLE: google_feed(google_item("중관춘 기사 - 예시신문", opaque(world))),
            OPAQUE: answer(status=302, location=target),
        }
    )
    world.visit(search, context)
    assert {(lead.url, lead.state) for lead in leads(world) if lead.state != "taken"} == {(target, "waiting")}
    world.later(hours=7)
    world.visit(search, context)
    assert world.server.paths().count(OPAQUE) == 1


@pytest.mark.parametrize("closed", [True, False])
def test_where_it_may_not_or_leads_nowhere_the_headline_is_the_lead(light_world, closed):
    world = light_world
    search, _, context = make(world, resolve=True)
    robots = "User-agent: *\nDisallow: /rss/articles/" if closed else "User-agent: *\nDisallow:"
    world.server.plan(
        {
            "/robots.txt": answer(robots, content_type="text/plain"),
            GOOGLE: google_feed(google_item("중관춘 기사 - 예시신문", opaque(world))),
            OPAQUE: answer("<html>please run this script</html>"),
        }
    )
    report = world.visit(search, context)
    assert [(lead.title, lead.state) for lead in leads(world)] == [("중관춘 기사", "lead")]
    assert report.counts.leads == 1
    assert (OPAQUE in world.server.paths()) is not closed


def test_without_a_source_element_the_name_behind_the_last_dash_is_the_publisher():
    (source,) = search_outlet("google-news").sources
    feed = "<rss><channel><item><title>가 - 나 - 다신문</title><link>https://x.example/1</link></item></channel></rss>"
    (found,) = read_source(feed.encode(), source).candidates
    assert (found.title, found.publisher, found.summary) == ("가 - 나", "다신문", None)


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{}", b"no feed"])
def test_what_is_no_feed_of_a_search_is_one_error(body):
    (source,) = search_outlet("google-news").sources
    with pytest.raises(UnreadableSource):
        read_source(body, source)


@pytest.mark.parametrize("tail", ["articles/!!!", "a/1", "articles/" + "A" * 41])
def test_links_that_carry_nothing(tail):
    assert stated_address(f"https://x.example/rss/{tail}") is None


def test_opaque_links_are_told_by_their_path():
    assert is_opaque("https://news.google.com" + OPAQUE)
    assert not is_opaque("https://x.example/news/articles/1")
