"""Leads, quotas, backfills and article numbers, on both databases."""

import threading
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text

from storage.archive import known_urls, note_page, store_article
from storage.archive.numbers import known_numbers, remember_alias, remember_number
from storage.backfills import (
    MOST_ATTEMPTS,
    add_steps,
    backfill_steps,
    failed_steps,
    finish_if_done,
    open_backfills,
    open_steps,
    start_backfill,
    step_done,
    step_failed,
)
from storage.database import Database
from storage.leads import (
    keep_leads,
    known_leads,
    lead_counts,
    list_leads,
    outlets_with_waiting,
    settle_leads,
    waiting_leads,
)
from storage.quotas import quota_used, take_quota
from storage.records import LeadDraft, StepKey
from storage.retention import prune
from storage.schema import upgrade
from storage.settings import StorageSettings
from storage.text import url_key
from tests.storage.drafts import DAY, HOUR, NOW, draft
from tests.storage.old import archive_at

TODAY = date(2026, 8, 11)


def test_a_lead_is_kept_once_whoever_finds_it(database):
    lead = LeadDraft("https://a.example/1", "finder", title="중관춘\x00", publisher="가신문", published_at=NOW)
    with database.writer() as session:
        assert keep_leads(session, [lead, lead], now=NOW) == ["https://a.example/1"]
        assert keep_leads(session, [LeadDraft(lead.url, "other")], now=NOW + HOUR) == []
        assert known_leads(session, [lead.url, "https://a.example/2"]) == {lead.url}
    with database.reader() as session:
        (kept,) = list_leads(session)
        assert (kept.title, kept.finder, kept.found_at, kept.published_at) == ("중관춘", "finder", NOW, NOW)
        assert lead_counts(session) == {"lead": 1, "waiting": 0, "taken": 0}
        assert outlets_with_waiting(session, now=NOW + DAY) == set()


def test_what_waits_is_due_for_its_outlet_until_it_is_taken(database):
    drafts = [LeadDraft(f"https://a.example/{n}", "finder", "a", state="waiting") for n in range(3)]
    with database.writer() as session:
        keep_leads(session, drafts, now=NOW)
        assert outlets_with_waiting(session, now=NOW) == {"a"}
        first, second = waiting_leads(session, "a", now=NOW, limit=2)
        assert waiting_leads(session, "b", now=NOW, limit=2) == []
        settle_leads(session, taken=[first.id], left=[second.id], again_at=NOW + HOUR)
        assert [lead.url for lead in waiting_leads(session, "a", now=NOW, limit=9)] == [drafts[2].url]
        assert len(waiting_leads(session, "a", now=NOW + HOUR, limit=9)) == 2
        settle_leads(session, taken=[], left=[], again_at=NOW)
        assert [lead.state for lead in list_leads(session, state=None)] == ["waiting", "waiting", "taken"]


def test_old_leads_are_forgotten_but_not_those_that_wait(database):
    with database.writer() as session:
        waiting = LeadDraft("https://a.example/2", "f", "a", state="waiting")
        keep_leads(session, [LeadDraft("https://a.example/1", "f"), waiting], now=NOW)
        keep_leads(session, [LeadDraft("https://a.example/3", "f")], now=NOW + DAY)
    assert prune(database, StorageSettings(), now=NOW + 90 * DAY + HOUR)["leads"] == 1
    with database.reader() as session:
        assert {lead.url[-1] for lead in list_leads(session, state=None)} == {"2", "3"}


def test_an_allowance_is_taken_as_far_as_it_goes_and_begins_anew_each_day(database):
    mine = {"service": "naver", "account": "a"}
    with database.writer() as session:
        assert take_quota(session, **mine, day=TODAY, limit=5) == 1
        assert take_quota(session, **mine, day=TODAY, limit=5, wanted=3) == 3
        assert take_quota(session, **mine, day=TODAY, limit=5, wanted=3) == 1
        assert take_quota(session, **mine, day=TODAY, limit=5) == 0
        assert take_quota(session, **mine, day=TODAY, limit=3) == 0
        assert take_quota(session, **mine, day=TODAY, limit=0) == 0
        assert take_quota(session, **mine, day=TODAY, limit=9, wanted=0) == 0
        assert take_quota(session, **{**mine, "account": "b"}, day=TODAY, limit=5) == 1
        assert take_quota(session, **mine, day=TODAY + DAY, limit=5) == 1
    with database.reader() as session:
        assert quota_used(session, **mine, day=TODAY) == 5
        assert quota_used(session, service="none", account="a", day=TODAY) == 0
    day_after = datetime.combine(TODAY + DAY, time(), UTC)
    assert prune(database, StorageSettings(), now=day_after + 90 * DAY)["quotas"] == 2
    with database.reader() as session:
        assert quota_used(session, **mine, day=TODAY) == 0
        assert quota_used(session, **mine, day=TODAY + DAY) == 1


def test_many_at_once_never_take_more_than_there_is(database_url):
    taken = []

    def take():
        with Database.open(database_url) as database:
            for _ in range(10):
                with database.writer() as session:
                    taken.append(take_quota(session, service="naver", account="a", day=TODAY, limit=25))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 25


def begin(session, **other):
    given = {"outlet": "a", "reason": "asked", "from_at": NOW - DAY, "to_at": NOW, "now": NOW, **other}
    sitemap = "https://a.example/s.xml"
    return start_backfill(session, steps=[StepKey("sitemap", sitemap, sitemap)], **given)


def test_a_backfill_goes_on_until_no_step_is_open(database):
    with database.writer() as session:
        row = begin(session)
        assert begin(session) == row
        assert begin(session, to_at=NOW - HOUR).id != row.id
        assert begin(session, reason="catch_up").id != row.id
        (step,) = open_steps(session, row.id, limit=9)
        more = [StepKey("list", f"https://a.example/{n}", "x", number=n, day=TODAY, before="ab") for n in (1, 2)]
        add_steps(session, row.id, more)
        add_steps(session, row.id, more)
        step_done(session, step.id, candidates=7)
        assert not finish_if_done(session, row.id, now=NOW)
        one, two = open_steps(session, row.id, limit=9)
        assert (one.url, one.day, one.before, one.number) == ("https://a.example/1", TODAY, "ab", 1)
        step_done(session, one.id, candidates=0)
        for _ in range(MOST_ATTEMPTS):
            assert open_steps(session, row.id, limit=9)
            step_failed(session, two.id, error="no\x00 answer")
        assert backfill_steps(session, row.id) == {"done": 2, "failed": 1}
        assert failed_steps(session, row.id) == [("https://a.example/2", "no answer")]
        assert finish_if_done(session, row.id, now=NOW)
        assert finish_if_done(session, row.id, now=NOW + HOUR)
        assert row.id not in {other.id for other in open_backfills(session, "a")}


def test_a_number_leads_to_the_page_judged_first_and_an_article_goes_before_it(database):
    first, second = "https://a.example/x/1", "https://a.example/y/1"
    with database.writer() as session:
        note_page(session, outlet="a", url=first, verdict="off_topic", page=None, now=NOW)
        remember_number(session, "a", "1", first)
        assert known_numbers(session, "a", ["1", "2"])["1"].url == first
        assert known_numbers(session, "b", ["1"]) == {}
        note_page(session, outlet="a", url=second, verdict="off_topic", page=None, now=NOW)
        remember_number(session, "a", "1", second)
        assert known_numbers(session, "a", ["1"])["1"].url == first
        remember_number(session, "a", "1", second, is_article=True)
        assert known_numbers(session, "a", ["1"])["1"].url == second
        remember_number(session, "a", "9" * 300, first)
        assert list(known_numbers(session, "a", ["9" * 300])) == ["9" * 300]


def test_an_alias_leads_to_its_article_without_being_due(database):
    article = draft("a/1")
    alias = "https://a.example/alias"
    with database.writer() as session:
        stored = store_article(session, article, now=NOW)
        known = known_urls(session, [article.canonical_url])[article.canonical_url]
        remember_alias(session, known, alias, now=NOW)
        remember_alias(session, known, alias, now=NOW)
        found = known_urls(session, [alias])[alias]
        assert (found.article_id, found.recheck_at, found.verdict) == (stored.article_id, None, "article")
        note_page(session, outlet="a", url="https://a.example/off", verdict="off_topic", page=None, now=NOW)
        off = known_urls(session, ["https://a.example/off"])["https://a.example/off"]
        remember_alias(session, off, "https://a.example/off2", now=NOW)
        assert known_urls(session, ["https://a.example/off2"]) == {}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    return (
        f"sqlite:///{tmp_path}/new.db" if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    )


def test_numbers_of_articles_stored_before_are_known_after_the_upgrade(empty_url):
    url = "https://a.example/1"
    with archive_at(empty_url, "0002") as connection:
        connection.execute(
            text(
                "INSERT INTO articles (id, outlet, canonical_url, article_number, authors, first_seen_at, relevance, "
                "topics, state, revision) VALUES (1, 'a', :url, '77', '[]', :now, 1, '[]', 'live', 1)"
            ),
            {"url": url, "now": NOW},
        )
        connection.execute(
            text(
                "INSERT INTO urls (key, url, outlet, verdict, article_id, first_seen_at, last_fetched_at, failures) "
                "VALUES (:key, :url, 'a', 'article', 1, :now, :now, 0)"
            ),
            {"key": url_key(url), "url": url, "now": NOW},
        )
    upgrade(empty_url)
    with Database.open(empty_url) as database, database.reader() as session:
        assert known_numbers(session, "a", ["77"])["77"].url == url
