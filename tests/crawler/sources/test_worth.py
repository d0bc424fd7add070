"""What is worth a fetch where a headline says little: so many a day are read, and counted."""

from datetime import date

import pytest

from storage.quotas import quota_used
from storage.visits import latest_visits
from tests.crawler.world import XML
from tests.servers.client import answer
from tests.servers.papers import Story, page

PLAIN = "<item><title>{title}</title><link>{link}</link>{more}</item>"


def serve(world, *stories, more=""):
    items = "".join(PLAIN.format(title=story.title, link=world.base + story.path, more=more) for story in stories)
    world.server.plan(
        {
            "/rss": answer(f'<rss version="2.0"><channel>{items}</channel></rss>', **XML),
            **{story.path: answer(page(story)) for story in stories},
        }
    )


def offs(*numbers):
    return [Story(number, on_topic=False) for number in numbers]


def test_without_a_description_the_title_decides_and_no_page_is_wasted(light_world):
    world = light_world
    serve(world, Story(1), *offs(2, 3))
    counts = world.visit(world.outlet()).counts
    assert (counts.fetched, counts.stored, counts.off_topic, counts.unsure) == (1, 1, 2, 0)


def test_below_the_daily_cap_the_page_is_read_and_the_cap_holds_over_visits_until_midnight(world):
    outlet = world.outlet(politeness={"delay": 0, "unsure_per_day": 3})
    context = world.context(outlet)
    serve(world, Story(1), *offs(2, 3))
    first = world.visit(outlet, context).counts
    assert (first.fetched, first.unsure, first.stored, first.off_topic) == (3, 2, 1, 2)
    serve(world, *offs(2, 3, 4, 5))
    world.later(minutes=30)
    second = world.visit(outlet, context).counts
    assert (second.fetched, second.unsure, second.off_topic) == (1, 1, 2)
    with world.database.reader() as session:
        assert quota_used(session, service="unsure", account="yesi", day=date(2026, 8, 11)) == 3
        assert [visit.counts.unsure for visit in latest_visits(session, 2)] == [1, 2]
    world.later(hours=15)
    serve(world, *offs(2, 3, 4, 6))
    world.visit(outlet, context, all_sources=True)
    with world.database.reader() as session:
        assert quota_used(session, service="unsure", account="yesi", day=date(2026, 8, 12)) == 1


def test_a_summary_that_touches_no_topic_is_no_doubt(light_world):
    world = light_world
    serve(world, *offs(1, 2), more="<description>주차장을 넓힌다</description>")
    counts = world.visit(world.outlet(politeness={"delay": 0, "unsure_per_day": 9})).counts
    assert (counts.fetched, counts.unsure, counts.off_topic) == (0, 0, 2)


@pytest.mark.parametrize(("fetch", "read"), [("matching", 0), ("all", 2)])
def test_an_outlet_may_have_all_its_pages_read(light_world, fetch, read):
    world = light_world
    serve(world, *offs(1, 2))
    assert world.visit(world.outlet(fetch=fetch)).counts.fetched == read


def test_sure_pages_go_before_unsure_ones_when_the_visit_is_full(light_world):
    world = light_world
    serve(world, *offs(1, 2, 3), Story(4), Story(5))
    counts = world.visit(world.outlet(politeness={"delay": 0, "unsure_per_day": 9, "max_pages": 3})).counts
    assert (counts.stored, counts.unsure) == (2, 1)
