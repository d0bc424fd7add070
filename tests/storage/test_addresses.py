from datetime import timedelta

import pytest

from storage.archive import (
    due_rechecks,
    due_retries,
    get_article,
    known_urls,
    latest_page,
    note_missing,
    note_page,
    note_unchanged,
    store_article,
)
from storage.archive.plan import RECHECK_AFTER, RETRY_AFTER, next_recheck, next_retry
from storage.changes import changes_after
from tests.storage.drafts import DAY, HOUR, NOW, draft, page

URL = "https://a.example/news/1"


def note(database, verdict, *, now=NOW, url=URL, raw=None, error=None):
    with database.writer() as session:
        note_page(session, outlet="a", url=url, verdict=verdict, page=raw, now=now, error=error)


def known(database, url=URL):
    with database.reader() as session:
        return known_urls(session, [url]).get(url)


@pytest.mark.parametrize("verdict", ["off_topic", "no_article"])
def test_a_page_without_an_article_is_not_asked_for_again(database, verdict):
    note(database, verdict, raw=page(URL))
    found = known(database)
    assert (found.verdict, found.article_id, found.recheck_at, found.last_fetched_at) == (verdict, None, None, NOW)
    with database.reader() as session:
        assert latest_page(session, URL) == page(URL)
        assert changes_after(session, 0) == []


def test_only_the_newest_page_without_an_article_is_kept(database):
    note(database, "no_article", raw=page(URL, b"old"))
    note(database, "no_article", raw=page(URL, b"new"))
    with database.reader() as session:
        assert latest_page(session, URL).body == b"new"
    note(database, "failed", raw=None)
    with database.reader() as session:
        assert latest_page(session, URL) is None


def test_a_failure_is_tried_again_less_and_less_often_but_for_ever(database):
    now = NOW
    waits = []
    for _ in range(len(RETRY_AFTER) + 2):
        note(database, "failed", now=now, error="timeout")
        found = known(database)
        waits.append(found.recheck_at - now)
        now = found.recheck_at
    assert waits == [*RETRY_AFTER, RETRY_AFTER[-1], RETRY_AFTER[-1]]
    with database.reader() as session:
        assert [url.url for url in due_retries(session, outlet="a", now=now, limit=9)] == [URL]
        assert due_retries(session, outlet="a", now=now - timedelta(seconds=1), limit=9) == []
        assert due_retries(session, outlet="b", now=now, limit=9) == []


def test_an_unknown_verdict_is_a_mistake_of_the_caller(sqlite_database):
    with pytest.raises(ValueError, match="article"):
        note(sqlite_database, "article")


def test_an_articles_address_keeps_its_article_when_a_fetch_fails(database):
    with database.writer() as session:
        store_article(session, draft(), now=NOW)
    note(database, "failed", now=NOW + HOUR, error="503")
    found = known(database)
    assert (found.verdict, found.recheck_at) == ("article", NOW + HOUR + RETRY_AFTER[0])
    note(database, "no_article", now=NOW + 2 * HOUR, raw=page(URL, b"redesigned"))
    assert known(database).recheck_at == NOW + 2 * HOUR + RETRY_AFTER[1]
    with database.reader() as session:
        assert get_article(session, found.article_id).state == "live"


def test_rechecks_follow_the_plan_and_end(database):
    with database.writer() as session:
        store_article(session, draft(), now=NOW)
        store_article(session, draft("b/1", body=("다른 글이다.",)), now=NOW)
    now = NOW
    times = []
    while (due_at := known(database).recheck_at) is not None:
        times.append(due_at - NOW)
        now = due_at
        with database.reader() as session:
            assert [url.url for url in due_rechecks(session, outlet="a", now=now, limit=9)] == [URL]
            assert due_rechecks(session, outlet="a", now=now - timedelta(seconds=1), limit=9) == []
        with database.writer() as session:
            note_unchanged(session, url=URL, now=now)
    assert times == list(RECHECK_AFTER)
    with database.reader() as session:
        assert due_rechecks(session, outlet="a", now=now + 99 * DAY, limit=9) == []


def test_another_plan_can_be_given(sqlite_database):
    with sqlite_database.writer() as session:
        store_article(session, draft(), now=NOW, recheck_after=[2 * HOUR])
    assert known(sqlite_database).recheck_at == NOW + 2 * HOUR
    with sqlite_database.writer() as session:
        note_unchanged(session, url=URL, now=NOW + 2 * HOUR, recheck_after=[])
    assert known(sqlite_database).recheck_at is None


def test_unchanged_says_nothing_of_unknown_or_gone_articles(database):
    with database.writer() as session:
        note_unchanged(session, url=URL, now=NOW)
        assert known_urls(session, [URL]) == {}
        store_article(session, draft(), now=NOW)
        note_missing(session, url=URL, status=410, now=NOW + HOUR, confirm_after=DAY)
        before = known_urls(session, [URL])
        note_unchanged(session, url=URL, now=NOW + 2 * HOUR)
        assert known_urls(session, [URL]) == before


def test_unchanged_ends_a_404(database):
    with database.writer() as session:
        store_article(session, draft(), now=NOW)
        note_missing(session, url=URL, status=404, now=NOW + HOUR, confirm_after=DAY)
        note_unchanged(session, url=URL, now=NOW + 2 * HOUR)
        assert not note_missing(session, url=URL, status=404, now=NOW + 3 * DAY, confirm_after=DAY)


def test_many_addresses_are_looked_up_at_once(database):
    urls = [f"https://a.example/{number}" for number in range(1200)]
    with database.writer() as session:
        for url in urls[::100]:
            note_page(session, outlet="a", url=url, verdict="off_topic", page=None, now=NOW)
        assert sorted(known_urls(session, urls)) == sorted(urls[::100])
        assert known_urls(session, []) == {}


def test_the_plans_alone():
    assert next_recheck(NOW, NOW + HOUR, [HOUR, 3 * HOUR]) == NOW + 3 * HOUR
    assert next_recheck(NOW, NOW, []) is None
    assert next_retry(1, NOW) == NOW + RETRY_AFTER[0]
    assert next_retry(99, NOW) == NOW + RETRY_AFTER[-1]
