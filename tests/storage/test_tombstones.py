import sqlite3

import pytest

from storage.archive import (
    archive_counts,
    due_rechecks,
    get_article,
    known_urls,
    latest_page,
    list_articles,
    note_missing,
    note_page,
    revisions_of,
    store_article,
)
from storage.changes import changes_after
from storage.export import iter_articles
from storage.records import ChangeOp
from storage.search import search
from tests.storage.drafts import DAY, HOUR, NOW, draft

URL = "https://a.example/news/1"


@pytest.fixture
def article_id(database):
    with database.writer() as session:
        store_article(session, draft(alias_urls=("https://a.example/m/1",)), now=NOW)
        return store_article(session, draft(title="중관춘 로봇 기업, 5억달러 유치"), now=NOW + HOUR).article_id


def missing(database, status, now, *, url=URL):
    with database.writer() as session:
        return note_missing(session, url=url, status=status, now=now, confirm_after=DAY)


def test_a_410_is_believed_at_once(database, article_id):
    assert missing(database, 410, NOW + DAY)
    with database.reader() as session:
        article = get_article(session, article_id)
        assert article.state == "gone"
        assert changes_after(session, 2)[0].op is ChangeOp.GONE
        assert changes_after(session, 2)[0].at == NOW + DAY


def test_a_404_is_believed_when_seen_again(database, article_id):
    assert not missing(database, 404, NOW + DAY)
    with database.reader() as session:
        assert get_article(session, article_id).state == "live"
        assert known_urls(session, [URL])[URL].recheck_at == NOW + 2 * DAY
        assert [url.url for url in due_rechecks(session, outlet="a", now=NOW + 2 * DAY, limit=5)] == [URL]
    assert not missing(database, 404, NOW + DAY + HOUR)
    assert missing(database, 404, NOW + 2 * DAY)
    assert not missing(database, 404, NOW + 3 * DAY)
    with database.reader() as session:
        assert [change.op for change in changes_after(session, 2)] == [ChangeOp.GONE]


def test_the_text_is_withheld_everywhere(database, article_id):
    missing(database, 410, NOW + DAY)
    with database.reader() as session:
        article = get_article(session, article_id)
        listed, _ = list_articles(session, limit=5)
        assert listed == [article]
        assert (article.id, article.canonical_url, article.state) == (article_id, URL, "gone")
        assert (article.title, article.subtitle, article.body, article.authors) == ("", None, (), ())
        assert (article.captions, article.removed, article.keywords, article.image_url) == ((), (), (), None)
        assert [(text.title, text.body) for text in revisions_of(session, article_id)] == [("", []), ("", [])]
        assert search(session, "중관춘").total == 0
        assert latest_page(session, URL) is None
        counts = archive_counts(session)
        assert (counts.articles, counts.live, counts.gone, counts.pages) == (1, 0, 1, 0)
    assert list(iter_articles(database)) == [article]


def test_the_text_is_no_longer_in_the_file(sqlite_database):
    with sqlite_database.writer() as session:
        store_article(session, draft(), now=NOW)
        note_missing(session, url=URL, status=410, now=NOW + DAY, confirm_after=DAY)
    file = sqlite_database.url.removeprefix("sqlite:///")
    sqlite_database.close()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert "벤처캐피털" not in dump
    assert "hong@a.example" not in dump


def test_an_alias_can_say_that_the_article_is_gone(database, article_id):
    assert missing(database, 410, NOW + DAY, url="https://a.example/m/1")
    with database.reader() as session:
        assert get_article(session, article_id).state == "gone"


def test_a_gone_article_is_looked_at_again_only_when_announced_again(database, article_id):
    missing(database, 410, NOW + DAY)
    with database.reader() as session:
        known = known_urls(session, [URL])[URL]
        assert (known.verdict, known.article_id, known.etag, known.last_modified) == ("article", article_id, None, None)
        assert known.recheck_at == NOW + 2 * DAY
        assert due_rechecks(session, outlet="a", now=NOW + 9 * DAY, limit=5) == []
    missing(database, 410, NOW + 5 * DAY)
    with database.reader() as session:
        assert known_urls(session, [URL])[URL].recheck_at == NOW + 6 * DAY


def test_addresses_without_an_article_are_left_alone(database):
    assert not missing(database, 410, NOW, url="https://a.example/never")
    with database.writer() as session:
        note_page(session, outlet="a", url=URL, verdict="off_topic", page=None, now=NOW)
    assert not missing(database, 410, NOW)
    with database.reader() as session:
        assert known_urls(session, [URL])[URL].verdict == "off_topic"
        assert changes_after(session, 0) == []
