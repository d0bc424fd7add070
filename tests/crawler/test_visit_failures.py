"""What a visit makes of servers that fail, refuse, stall, ask for patience or lead astray: each failure its own."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy.exc import OperationalError

from crawler.workers import ParsePool
from storage.visits import latest_visits
from tests.crawler.world import START, serve
from tests.servers.client import answer
from tests.servers.papers import Story, page, rss

ON, OFF = Story(1), Story(2, on_topic=False)


def test_addresses_that_change_withdraw_nothing(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    world.server.plan({"/story/1": answer(page(ON))})
    context = world.context(outlet, recheck_after=(1,), confirm_gone_after_hours=1)
    world.visit(outlet, context)
    world.server.plan({ON.path: answer(status=301, location="/story/1")})
    for _ in range(3):
        world.later(hours=9)
        report = world.visit(outlet, context)
        assert (report.counts.gone, report.counts.failed) == (0, 1)
        assert "/story/1, no article" in report.counts.errors[0]
    assert world.articles()[0].state == "live"


def test_one_dead_source_says_so_and_the_others_are_read(world):
    dead, html, alive = (f"{world.base}/{name}" for name in ("dead", "html", "rss"))
    outlet = world.outlet(*({"kind": "feed", "url": url} for url in (dead, html, alive)))
    serve(world, [ON])
    world.server.plan({"/dead": answer(status=500), "/html": answer("<!doctype html><html>moved</html>")})
    context = world.context(outlet)
    report = world.visit(outlet, context)
    assert report.error is None
    assert report.counts.stored == 1
    assert report.counts.failed == 2
    sentences = dict(error.split(": ", 1) for error in report.counts.errors)
    assert "500" in sentences[dead]
    assert "web page" in sentences[html]
    states = {state.url: state for state in world.sources()}
    assert states[dead].error_count == 1
    assert states[dead].next_visit_at == START + timedelta(minutes=15)
    assert states[alive].error_count == 0
    with world.database.reader() as session:
        (row,) = latest_visits(session)
    assert (row.counts.failed, row.counts.stored, row.finished_at) == (2, 1, START)


def test_a_failing_source_is_asked_less_and_less_but_never_given_up(light_world):
    world = light_world
    outlet = world.outlet()
    context = world.context(outlet)
    world.server.plan({"/rss": answer(status=500)})
    waits = []
    for _ in range(9):
        world.visit(outlet, context)
        (state,) = world.sources()
        waits.append((state.next_visit_at - world.now).total_seconds() / 60)
        world.now = state.next_visit_at
    assert waits == [15, 30, 60, 120, 240, 480, 720, 720, 720]
    serve(world, [ON])
    assert world.visit(outlet, context).counts.stored == 1
    assert world.sources()[0].error_count == 0


def test_retry_after_is_obeyed_to_the_second(light_world):
    world = light_world
    outlet = world.outlet()
    world.server.plan({"/rss": answer(status=429, retry_after="5000")})
    world.visit(outlet)
    assert world.sources()[0].next_visit_at == START + timedelta(seconds=5000)


def test_a_host_that_asks_for_rest_is_left_alone_and_its_feed_stays_unread(light_world):
    world = light_world
    outlet = world.outlet()
    stories = [Story(n) for n in (1, 3, 5)]
    serve(world, stories, etag='"feed"')
    world.server.plan({stories[0].path: answer(status=503, retry_after="600")})
    report = world.visit(outlet)
    assert world.server.paths() == ["/robots.txt", "/rss", stories[0].path]
    assert report.counts.stored == 0
    assert any("left alone" in error for error in report.counts.errors)
    serve(world, stories, etag='"feed"')
    world.later(hours=1)
    assert world.visit(outlet).counts.stored == 3


def test_robots_are_obeyed_for_pages_and_sources(light_world):
    world = light_world
    outlet = world.outlet(
        {"kind": "feed", "url": f"{world.base}/rss"}, {"kind": "feed", "url": f"{world.base}/closed/rss"}
    )
    serve(world, [ON, Story(31)])
    world.server.plan({"/robots.txt": answer("User-agent: *\nDisallow: /closed/\nDisallow: /news/article/31")})
    report = world.visit(outlet)
    assert report.counts.stored == 1
    assert world.server.paths() == ["/robots.txt", "/rss", ON.path]
    assert sum("robots.txt asks" in error for error in report.counts.errors) == 1  # the feed
    assert (report.counts.failed, report.counts.closed) == (1, 1)  # the page is no failure,
    for days, closed in ((20, 0), (9, 1)):  # and is left alone for weeks
        world.later(days=days)
        serve(world, [ON, Story(31), Story(100 + days)])
        assert world.visit(outlet).counts.closed == closed


def test_the_pace_of_robots_holds_between_requests(light_world):
    world = light_world
    stories = [Story(n) for n in (1, 3)]
    serve(world, stories)
    world.server.plan({"/robots.txt": answer("User-agent: *\nCrawl-delay: 0.4")})
    world.visit(world.outlet())
    asked = world.server.asked()
    assert len(asked) == 4
    gaps = [later["at"] - earlier["end"] for earlier, later in pairwise(asked)]
    assert min(gaps) >= 0.39


def test_a_page_that_leads_to_a_private_address_is_blocked(light_world):
    """With the guard up nothing on loopback is reached, so the whole outlet fails, with the reason."""
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    report = world.visit(outlet, world.context(outlet, allow_private_addresses=False))
    assert report.counts.failed == 1
    assert "not on the public internet" in report.counts.errors[0]
    assert world.server.asked() == []


def test_a_redirect_away_from_the_outlet_is_not_followed(light_world):
    world = light_world
    serve(world, [ON])
    elsewhere = world.server.url("/login", host="127.0.0.9")
    world.server.plan({ON.path: answer(status=302, location=elsewhere)})
    report = world.visit(world.outlet())
    assert report.counts.failed == 1
    assert "away from the outlet" in report.counts.errors[0]
    assert "/login" not in world.server.paths()


@pytest.mark.parametrize(
    ("scripted", "says"),
    [
        (answer("x" * 60_000), "larger than the limit"),
        (answer(page(ON), manner="truncate"), "broke off"),
        (answer(manner="hang"), "in time"),
        (answer("<html><body><p>짧음</p></body></html>"), "article"),
        (answer(""), "article"),
        (answer(status=404), "404"),
        (answer(status=403), "403"),
    ],
)
def test_a_bad_page_fails_alone(light_world, scripted, says):
    world = light_world
    outlet = world.outlet()
    other = Story(7)
    serve(world, [ON, other])
    world.server.plan({ON.path: scripted})
    context = world.context(outlet, max_page_bytes=50_000)
    report = world.visit(outlet, context)
    assert report.counts.stored == 1
    assert report.counts.failed == 1
    assert says in report.counts.errors[0]


def test_a_page_that_failed_is_tried_again_though_the_feed_is_unchanged(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    world.server.plan({ON.path: [answer(status=403), answer(page(ON))]})
    context = world.context(outlet)
    assert world.visit(outlet, context).counts.stored == 0
    world.later(minutes=30)
    world.server.asked()
    assert world.visit(outlet, context).counts.stored == 1
    assert {entry["path"]: entry["status"] for entry in world.server.asked()} == {"/rss": 304, ON.path: 200}


def test_a_source_whose_host_rests_is_due_when_the_rest_is_over_and_has_not_failed(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    context = world.context(outlet)
    context.manners.pace.rest("127.0.0.1", 90)
    assert "asked to be left alone" in world.visit(outlet, context).counts.errors[0]
    (state,) = world.sources()
    assert world.server.paths() == []
    assert (state.error_count, state.failing_since) == (0, None)
    assert timedelta(seconds=85) < state.next_visit_at - world.now <= timedelta(seconds=90)


def test_a_mistake_of_ours_is_counted_and_fails_the_source_alone(light_world, monkeypatch):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    monkeypatch.setattr("crawler.spiders.worth.known_urls", lambda *_: 1 / 0)
    report = world.visit(outlet)
    assert "A mistake in zgcwatch itself: ZeroDivisionError" in report.counts.errors[0]
    (state,) = world.sources()
    assert (state.error_count, state.body_hash) == (1, None)


@pytest.mark.parametrize("place", ["crawler.spiders.worth.known_urls", "crawler.pipelines.store.store_article"])
def test_an_archive_that_was_away_is_no_fault_of_the_outlet_and_costs_no_time(light_world, monkeypatch, caplog, place):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    context = world.context(outlet)

    def locked(*_, **__):
        raise OperationalError("INSERT", {"body": "본문"}, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(place, locked)
        report = world.visit(outlet, context)
    assert "could not be used ((builtins.Exception) database is locked); it is tried again" in report.counts.errors[0]
    (state,) = world.sources()
    assert (state.error_count, state.failing_since, state.etag) == (0, None, None)
    assert ON.title not in caplog.text
    world.later(minutes=30)
    assert world.visit(outlet, context).counts.stored == 1


def test_a_mistake_in_a_stage_leaves_the_page_open_for_the_next_visit(light_world, monkeypatch):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    context = world.context(outlet)
    with monkeypatch.context() as patched:
        patched.setattr("crawler.pipelines.store.store_article", lambda *_, **__: 1 / 0)
        report = world.visit(outlet, context)
    assert report.counts.failed == 1
    world.later(minutes=30)
    assert world.visit(outlet, context).counts.stored == 1


def test_a_source_that_cannot_be_parsed_in_time_fails_alone(light_world):
    world = light_world
    outlet = world.outlet()
    world.server.plan({"/rss": answer(rss([Story(n) for n in range(6000)], world.base))})
    with ParsePool(1, 0.3) as impatient:
        world.pool = impatient
        report = world.visit(outlet)
    assert report.error is None
    assert "did not finish within" in report.counts.errors[0]
    assert world.sources()[0].error_count == 1
