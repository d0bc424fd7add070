"""Each promise of the archive, kept and then broken."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import search
from storage.archive import note_missing, store_article
from storage.integrity import PROMISES, broken_promises
from storage.search.index import facets_of
from tests.storage.drafts import HOUR, NOW, draft


@pytest.fixture
def filled(database):
    with database.writer() as session:
        store_article(session, draft("a/1"), now=NOW)
        store_article(session, draft("b/1"), now=NOW + HOUR)
        store_article(session, draft("a/1", title="고친 제목"), now=NOW + HOUR)
        gone = draft("c/1", title="내려간 기사", body=("이 기사는 내려간다.",))
        store_article(session, gone, now=NOW)
        note_missing(session, url=gone.canonical_url, status=410, now=NOW, confirm_after=timedelta(0))
    return database


def test_an_archive_in_order_has_no_findings(filled):
    assert broken_promises(filled) == []


BREAKS = {
    "the change counter is the newest change": "UPDATE change_counter SET value = value + 1",
    "there is one change counter": "DELETE FROM change_counter",
    "the change feed has no gap": "DELETE FROM changes WHERE seq = 2",
    "every article has the text it says it has": "UPDATE articles SET revision = 4711 WHERE outlet = 'a'",
    "an article's text is its newest version": (
        "UPDATE articles SET revision = (SELECT min(seq) FROM revisions WHERE article_id = articles.id)"
    ),
    "every version is in the change feed": "DELETE FROM changes WHERE op = 'update'",
    "a gone article has no text left": (
        "UPDATE revisions SET title = 'x' WHERE article_id = (SELECT id FROM articles WHERE state = 'gone')"
    ),
    "a gone article has no raw page left": (
        "UPDATE pages SET url_key = (SELECT u.key FROM urls u JOIN articles a ON a.id = u.article_id "
        "WHERE a.state = 'gone')"
    ),
    "an article's canonical address leads to it": "UPDATE urls SET article_id = NULL, verdict = 'failed'",
    "a duplicate's first report is live and has none itself": ("UPDATE articles SET state = 'gone' WHERE outlet = 'a'"),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_a_broken_promise_is_noticed(filled, promise):
    with filled.writer() as session:
        session.execute(text(BREAKS[promise]))
    assert promise in {finding.promise for finding in broken_promises(filled)}


def test_an_index_that_lacks_an_article_or_has_one_too_many_is_noticed(filled):
    with filled.writer() as session:
        search.index(session, 4711, ("유령", *facets_of("a", None)))
    [finding] = broken_promises(filled)
    assert finding.promise == "search knows exactly the live articles"
    assert finding.count == 1


def test_a_dangling_reference_is_noticed(sqlite_database):
    with sqlite_database.writer() as session:
        store_article(session, draft("a/1"), now=NOW)
    with sqlite_database._engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA query_only = OFF")
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("INSERT INTO story_articles (article_id, story_id) VALUES (4711, 4711)")
        raw.execute("PRAGMA foreign_keys = ON")
    assert "every reference leads to a row" in {finding.promise for finding in broken_promises(sqlite_database)}
