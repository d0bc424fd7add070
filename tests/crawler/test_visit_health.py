"""What a visit leaves behind for the judgement of its outlet, and how it goes about refusals and nights."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.error_class import ErrorClass, class_of_status, is_guard, is_riddle
from scheduler.watch import judge_outlets
from storage.archive import known_urls
from storage.health import current_states, disable_outlet, health_rows, outlet_facts
from storage.visits import latest_visits
from tests.crawler.world import XML, serve
from tests.servers.client import answer
from tests.servers.papers import Story, page, rss

ON, OFF = Story(1), Story(2, on_topic=False)
CLOUDFLARE = "<!doctype html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
RIDDLE = "<html><body><h1>비정상적인 접근이 감지되었습니다</h1><p>자동등록방지 문자를 입력하세요.</p></body></html>"


def facts(world):
    with world.database.reader() as session:
        return outlet_facts(session, {"yesi": True}, now=world.now, history=timedelta(days=90))[0]


def known(world, path):
    with world.database.reader() as session:
        return known_urls(session, [f"{world.base}{path}"])[f"{world.base}{path}"]


def test_the_figures_of_a_visit(world):
    twice = page(Story(3)).replace(b"</body>", page(Story(3)).partition(b"<body>")[2])
    serve(world, [ON, OFF, Story(3), Story(4)])
    world.server.plan({Story(3).path: answer(twice), Story(4).path: answer("<html><p>사진</p></html>")})
    world.visit(world.outlet(fetch="all"))
    with world.database.reader() as session:
        [row] = latest_visits(session)
    counts = row.counts
    assert (counts.extracted, counts.unreadable, counts.refused, counts.drifted) == (3, 1, 0, 0)
    assert counts.new_items == 4
    assert counts.text_chars > 500
    assert 5 < counts.log_chars / 3 < 7
    assert counts.received > 3000
    assert counts.failures == {"no_article": 1}
    [source] = facts(world).sources
    assert source.news == (world.now,)
    assert source.attempts[0].error_class is None


def test_a_feed_that_shows_the_same_is_no_news_whatever_its_date(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON, OFF])
    world.visit(outlet)
    world.later(hours=1)
    stale = rss([ON, OFF], world.base).replace("<channel>", "<channel><lastBuildDate>now</lastBuildDate>")
    world.server.plan({"/rss": answer(stale, **XML)})
    world.visit(outlet)
    [source] = facts(world).sources
    assert source.news == (world.now - timedelta(hours=1),)
    assert len(source.attempts) == 2


@pytest.mark.parametrize(
    ("reply", "error_class"),
    [
        (answer(status=503), "server"),
        (answer(status=403), "refused"),
        (answer(status=404), "missing"),
        (answer("<!doctype html><html>moved</html>"), "unreadable"),
        (answer(RIDDLE), "challenge"),
        (answer(CLOUDFLARE, status=503), "challenge"),
    ],
    ids=["server", "refused", "missing", "unreadable", "riddle", "guard"],
)
def test_failures_of_a_source_have_a_class(light_world, reply, error_class):
    world = light_world
    world.server.plan({"/rss": reply})
    world.visit(world.outlet())
    assert facts(world).sources[0].attempts[0].error_class == error_class


def test_a_source_closed_by_robots_is_blocked_at_the_third_visit(light_world):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    world.server.plan({"/robots.txt": answer("User-agent: *\nDisallow: /")})
    for visit in range(1, 4):
        world.visit(outlet)
        judge_outlets(world.database, {"yesi": True}, now=world.now)
        with world.database.reader() as session:
            assert current_states(session)["yesi"].state.value == ("blocked" if visit == 3 else "ok")
        world.later(hours=1)


@pytest.mark.parametrize("body", [CLOUDFLARE, RIDDLE], ids=["guard", "riddle"])
def test_a_page_that_bars_the_way_is_tried_again_when_we_are_let_in(light_world, body):
    world = light_world
    outlet = world.outlet()
    serve(world, [ON])
    world.server.plan({ON.path: answer(body)})
    counts = world.visit(outlet).counts
    assert (counts.refused, counts.unreadable, counts.failures) == (1, 0, {"challenge": 1})
    assert known(world, ON.path).verdict == "failed"
    serve(world, [ON])
    world.later(hours=1)
    assert world.visit(outlet).counts.stored == 1


def test_only_small_pages_of_guards_are_taken_for_such():
    assert is_guard(CLOUDFLARE.encode())
    assert is_riddle(RIDDLE.encode("cp949"))
    assert not is_guard(RIDDLE.encode())
    assert not is_guard(b"")
    article = "캡차(CAPTCHA)와 보안문자를 푸는 인공지능이 나왔다. " * 3000
    assert not is_riddle(article.encode())
    ordinary = b'<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script><p>text</p>'
    assert not is_guard(ordinary)
    assert class_of_status(403, CLOUDFLARE.encode()) is ErrorClass.CHALLENGE
    assert class_of_status(451) is ErrorClass.REFUSED
    assert class_of_status(302) is ErrorClass.CLIENT


def test_the_night_has_a_cap_and_what_is_left_is_read_in_the_morning(light_world):
    world = light_world
    world.now = datetime(2026, 8, 10, 17, 0, tzinfo=UTC)  # two o'clock in Korea
    stories = [Story(number) for number in range(1, 31, 2)]
    serve(world, stories, etag='"feed"')
    outlet = world.outlet()
    context = world.context(outlet, night_pages=6)
    assert world.visit(outlet, context).counts.fetched == 6
    world.later(hours=1)
    assert world.visit(outlet, context).counts.fetched == 0
    world.later(hours=3)
    assert world.visit(outlet, context).counts.fetched >= 9
    assert len(world.articles()) == 15


def test_an_outlet_that_was_switched_off_is_not_due(light_world):
    from crawler.visit import due_outlets

    world = light_world
    context = world.context(world.outlet())
    with world.database.writer() as session:
        assert [outlet.id for outlet in due_outlets(session, context.catalogue, now=world.now)] == ["yesi"]
        disable_outlet(session, "yesi", now=world.now)
        assert due_outlets(session, context.catalogue, now=world.now) == []


def test_a_redesign_is_degraded_and_a_second_source_is_judged_alone(light_world):
    world = light_world
    feeds = ({"kind": "feed", "url": f"{world.base}/{name}"} for name in ("rss", "dead"))
    outlet = world.outlet(*feeds, fetch="all")
    context = world.context(outlet)
    state = None
    for day in range(1, 14):
        stories = [Story(10 * day + number) for number in range(6)]
        serve(world, stories)
        if day > 9:  # the new design shows the first paragraph only
            for story in stories:
                short = f"<html><h1>{story.title}</h1><article><p>{story.paragraphs[0]}</p></article></html>"
                world.server.plan({story.path: answer(short)})
        world.visit(outlet, context, all_sources=True)
        judge_outlets(world.database, {"yesi": True}, now=world.now)
        with world.database.reader() as session:
            state = current_states(session)["yesi"].state.value
        assert state == "ok" or day > 9
        world.later(days=1)
    assert state == "degraded"
    with world.database.reader() as session:
        whole, first, dead = health_rows(session)
    assert "characters" in whole.why or "gave an article" in whole.why
    assert (first.state.value, dead.state.value) == ("ok", "failing")
