"""The Naver News search API, played by a real server: what is asked, what it costs, and what becomes of the hits."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.candidates import UnreadableSource, read_source
from crawler.visit import due_outlets
from storage.leads import lead_counts, list_leads
from storage.quotas import quota_used
from tests.crawler.sources.search_world import API, hit, hits, naver, naver_error, search_outlet
from tests.crawler.world import serve
from tests.servers.client import answer
from tests.servers.papers import Story, page

ON = Story(1)


def make(world, *, outlet_extra=None, **settings):
    search, paper = search_outlet(**settings.pop("search", {})), world.outlet(**outlet_extra or {})
    context = world.context(paper, search, naver=naver(world, **settings.pop("naver", {})), **settings)
    return search, paper, context


def leads(world, state=None):
    with world.database.reader() as session:
        return list_leads(session, state=state)


def used(world, day=date(2026, 8, 11)):
    import hashlib

    account = hashlib.blake2b(b"sample-id", digest_size=8).hexdigest()
    with world.database.reader() as session:
        return quota_used(session, service="naver", account=account, day=day)


def calls(world):
    return [entry for entry in world.server.asked() if urlsplit(entry["path"]).path == API]


def test_a_hit_of_a_known_outlet_is_fetched_by_that_outlets_visit_and_the_rest_are_leads(world):
    search, paper, context = make(world)
    copy = "https://n.news.naver.com/mnews/article/001/0000000001"
    world.server.plan(
        {
            API: hits(
                hit(f"{world.base}{ON.path}?utm_source=naver", link=copy),
                hit("https://elsewhere.example/a/1", title="다른 신문의 <b>중관춘</b> 기사"),
                hit("", link=copy, title="사본만 있는 기사"),
            ),
            ON.path: answer(page(ON)),
        }
    )
    report = world.visit(search, context)
    assert report.counts.errors == []
    assert (report.counts.candidates, report.counts.leads, report.counts.fetched) == (3, 2, 0)
    (call,) = calls(world)
    asked = parse_qs(urlsplit(call["path"]).query)
    assert asked == {"query": ["중관춘"], "display": ["100"], "start": ["1"], "sort": ["date"]}
    assert call["headers"]["x-naver-client-id"] == "sample-id"
    assert call["headers"]["x-naver-client-secret"] == "sample-secret"
    assert used(world) == 1
    assert world.articles() == []

    with world.database.reader() as session:
        due = due_outlets(session, context.catalogue, now=world.now)
    assert [outlet.id for outlet in due] == ["yesi"]
    report = world.visit(paper, context, sources=[])
    assert (report.counts.fetched, report.counts.stored) == (1, 1)
    (stored,) = world.articles()
    assert (stored.outlet, stored.canonical_url) == ("yesi", f"{world.base}{ON.path}")
    with world.database.reader() as session:
        assert lead_counts(session) == {"lead": 2, "waiting": 0, "taken": 1}
        assert "yesi" not in {outlet.id for outlet in due_outlets(session, context.catalogue, now=world.now)} - {"yesi"}
    other, _ = leads(world, "lead")[::-1]
    assert (other.title, other.summary) == ("다른 신문의 중관춘 기사", "베이징 중관춘의 회사")
    assert {lead.url for lead in leads(world, "lead")} == {"https://elsewhere.example/a/1", copy}


def test_what_was_found_before_is_not_found_again(light_world):
    world = light_world
    search, paper, context = make(world)
    world.server.plan({API: hits(hit(f"{world.base}{ON.path}"), hit("https://x.example/1")), ON.path: answer(page(ON))})
    world.visit(search, context)
    world.visit(paper, context, sources=[])
    world.server.asked()
    world.later(minutes=30)
    report = world.visit(search, context)
    assert (report.counts.leads, len(leads(world))) == (0, 2)
    world.visit(paper, context, sources=[])
    assert [urlsplit(path).path for path in world.server.paths()] == [API]


def test_hits_that_touch_no_topic_and_pages_of_no_article_are_leads(light_world):
    world = light_world
    search, _, context = make(world)
    other = hit(f"{world.base}{ON.path}", title="딸기 축제", described="주차장을 넓힌다")
    world.server.plan({API: hits(other, hit(f"{world.base}/economy"), hit("ftp://x.example/1"))})
    report = world.visit(search, context)
    assert (report.counts.leads, {lead.state for lead in leads(world)}) == (2, {"lead"})


def test_more_hits_are_asked_for_while_they_are_new_and_never_beyond_the_limits(light_world):
    world = light_world
    search, _, context = make(world, search={"pages": 3})
    pages = [[hit(f"https://x.example/{n}") for n in range(at, at + 100)] for at in (0, 100, 100, 200)]
    world.server.plan({API: [hits(*rows) for rows in pages]})
    world.visit(search, context)
    starts = [parse_qs(urlsplit(call["path"]).query)["start"][0] for call in calls(world)]
    assert starts == ["1", "101", "201"]
    world.server.plan({API: hits(*pages[0])})
    world.later(hours=9)
    world.visit(search, context)
    assert len(calls(world)) == 1
    assert used(world) == 4


def test_the_quota_is_counted_before_the_call_and_begins_anew_at_midnight_in_korea(world):
    search, _, context = make(world, naver={"calls_per_day": 2}, search={"queries": ["하나", "둘", "셋"]})
    world.server.plan({API: hits()})
    world.now = world.now.replace(hour=3)
    report = world.visit(search, context)
    assert (len(calls(world)), used(world)) == (2, 2)
    (error,) = report.counts.errors
    assert "2 calls" in error
    assert "used up" in error
    assert "after midnight in Korea" in error
    (refused,) = [state for state in states(world) if state.last_error]
    assert refused.next_visit_at == world.now.replace(hour=15)
    world.now = refused.next_visit_at
    world.visit(search, context, sources=[refused])
    assert (len(calls(world)), used(world, date(2026, 8, 12))) == (1, 1)


def states(world):
    from storage.sources import sources_of

    with world.database.reader() as session:
        return sources_of(session, "yesi-search")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("SE01", 400, "query"),
        ("SE02", 400, "number of hits"),
        ("SE03", 400, "start"),
        ("SE04", 400, "order"),
        ("SE05", 404, "crawler.naver.url"),
        ("SE06", 400, "encoding"),
        ("SE99", 500, "asked again later"),
        ("024", 401, "client id and secret"),
        ("", 401, "client id and secret"),
        ("", 403, "no permission"),
        ("012", 429, "quota"),
        ("", 429, "enough calls"),
        ("", 502, "502"),
    ],
)
def test_each_error_of_the_api_is_one_sentence_and_one_call(light_world, code, status, words):
    world = light_world
    search, _, context = make(world)
    world.server.plan({API: naver_error(code, status)})
    report = world.visit(search, context)
    (error,) = report.counts.errors
    assert words in error
    assert error.endswith(".")
    assert "sample-secret" not in error
    assert len(calls(world)) == used(world) == 1
    (state,) = states(world)
    assert state.error_count == 1


def test_too_many_calls_with_retry_after_is_obeyed_to_the_second(light_world):
    world = light_world
    search, _, context = make(world)
    world.server.plan({API: naver_error("", 429, retry_after="7200")})
    world.visit(search, context)
    (state,) = states(world)
    assert state.next_visit_at >= world.now + timedelta(seconds=7200)


def test_an_answer_of_somebody_else_is_one_error(light_world):
    world = light_world
    search, _, context = make(world)
    world.server.plan({API: answer("<html>portal</html>")})
    assert "not one of Naver's" in world.visit(search, context).counts.errors[0]


def test_a_key_is_never_sent_after_a_redirect(light_world):
    world = light_world
    search, _, context = make(world)
    world.server.plan({API: answer(status=302, location="/elsewhere"), "/elsewhere": hits()})
    report = world.visit(search, context)
    assert "302" in report.counts.errors[0]
    assert [urlsplit(path).path for path in world.server.paths()] == [API]


def test_without_a_key_nothing_is_asked_and_the_setting_is_named(light_world):
    world = light_world
    search, paper = search_outlet(), world.outlet()
    context = world.context(paper, search)
    report = world.visit(search, context)
    assert "crawler.naver.client_id" in report.counts.errors[0]
    assert world.server.paths() == []


def test_a_host_that_rests_leaves_its_pages_waiting(light_world):
    world = light_world
    search, paper, context = make(world)
    world.server.plan({API: hits(hit(f"{world.base}{ON.path}")), ON.path: answer(page(ON))})
    world.visit(paper, context)
    world.visit(search, context)
    context.manners.pace.rest("127.0.0.1", 3600)
    world.visit(paper, context, sources=[])
    assert [lead.state for lead in leads(world)] == ["waiting"]
    with world.database.reader() as session:
        now = world.now
        assert "yesi" in {outlet.id for outlet in due_outlets(session, context.catalogue, now=now + timedelta(hours=1))}


def test_hits_without_a_usable_link_and_strange_documents():
    (source,) = search_outlet().sources
    assert read_source(b'{"items": [{"title": "x"}, 7, {"link": "javascript:x"}]}', source).candidates == ()
    for body in (b"[]", b"{}", b'{"items": 1}', b"\xff\xfe", b"[" * 100_000):
        with pytest.raises(UnreadableSource):
            read_source(body, source)


def test_the_outlets_own_feed_and_the_search_store_an_article_once(light_world):
    world = light_world
    search, paper, context = make(world)
    serve(world, [ON])
    world.server.plan({API: hits(hit(f"{world.base}{ON.path}"))})
    world.visit(paper, context)
    report = world.visit(search, context)
    assert (report.counts.leads, leads(world)) == (0, [])
