"""When a source is due again, end to end: its own rhythm, and what its answers say."""

from datetime import timedelta

import pytest

from tests.crawler.world import XML
from tests.servers.client import answer
from tests.servers.papers import Story, rss


def wait_after(world, context, outlet):
    world.visit(outlet, context, all_sources=True)
    (state,) = world.sources()
    return state.next_visit_at - world.now


@pytest.mark.parametrize(
    ("inside", "headers", "minutes"),
    [
        ("<ttl>90</ttl>", {}, 90),
        ("", {"cache_control": "max-age=7200"}, 120),
        ("<ttl>99999</ttl>", {}, 360),
        ("<ttl>5</ttl>", {"cache_control": "no-store"}, 20),
    ],
)
def test_a_feed_is_left_alone_as_long_as_it_says_it_holds_also_after_a_304(light_world, inside, headers, minutes):
    world = light_world
    text = rss([Story(1, on_topic=False)], world.base).replace("<item>", f"{inside}<item>", 1)
    world.server.plan({"/rss": answer(text, etag='"1"', **XML, **headers)})
    outlet = world.outlet()
    context = world.context(outlet)
    for _ in range(2):
        assert wait_after(world, context, outlet) == timedelta(minutes=minutes)
        world.later(minutes=20)


def test_the_dates_of_the_first_answer_tell_how_often_a_source_has_news(light_world):
    world = light_world
    text = rss([Story(n, on_topic=False) for n in range(1, 7)], world.base)
    for hour in range(6):
        text = text.replace("<pubDate>Tue, 11 Aug 2026 07:00:00 +0900", f"<pubDate>2026-08-11 0{hour}:30:00", 1)
    world.server.plan({"/rss": answer(text, **XML)})
    outlet = world.outlet()
    assert wait_after(world, world.context(outlet), outlet) == timedelta(hours=1)


def test_a_retry_after_goes_before_everything(light_world):
    world = light_world
    world.server.plan({"/rss": answer("busy", status=503, retry_after="50000")})
    outlet = world.outlet()
    context = world.context(outlet)
    assert wait_after(world, context, outlet) >= timedelta(seconds=49_990)
