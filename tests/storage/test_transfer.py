"""From SQLite to PostgreSQL and back: ids, cursors and what can be found stay the same."""

from datetime import timedelta

import pytest

from digest.stories import assign_stories
from storage.archive import archive_counts, note_missing, store_article
from storage.changes import changes_after, set_consumer
from storage.database import Database
from storage.export import iter_articles
from storage.integrity import broken_promises
from storage.models.archive import Article
from storage.outlets import sync_outlets
from storage.records import OutletRow
from storage.search import search
from storage.tokens import add_token, token_of
from storage.transfer import TransferError, copy
from tests.storage.drafts import HOUR, NOW, draft


def fill(database):
    with database.writer() as session:
        sync_outlets(session, [OutletRow("a", "가 신문", "https://a.example/")], now=NOW)
        store_article(session, draft("b/1"), now=NOW + HOUR)
        store_article(session, draft("a/1"), now=NOW)  # seen earlier, stored later: its duplicate points to a higher id
        gone = draft("c/1", title="내려간 기사", body=("이 기사는 내려간다.",))
        store_article(session, gone, now=NOW)
        note_missing(session, url=gone.canonical_url, status=410, now=NOW, confirm_after=timedelta(0))
        set_consumer(session, "crm", 2, now=NOW)
        _, key = add_token(session, "crm", ["read"], now=NOW)
    with database.writer() as session:
        assign_stories(session, now=NOW)
    return key


@pytest.mark.parametrize("direction", ["to_postgres", "to_sqlite"])
def test_everything_arrives_with_its_numbers(sqlite_url, postgres_url, direction):
    from_url, to_url = (sqlite_url, postgres_url) if direction == "to_postgres" else (postgres_url, sqlite_url)
    with Database.open(from_url) as source, Database.open(to_url) as target:
        key = fill(source)
        heard = []
        counts = copy(source, target, progress=lambda table, rows: heard.append((table, rows)))
        assert dict(heard) == counts
        assert counts["articles"] == 3
        assert list(iter_articles(target)) == list(iter_articles(source))
        assert broken_promises(target) == []
        with source.reader() as before, target.reader() as after:
            assert changes_after(after, 0) == changes_after(before, 0)
            assert archive_counts(after) == archive_counts(before)
            assert [hit.id for hit in search(after, "로봇").items] == [hit.id for hit in search(before, "로봇").items]
            assert token_of(after, key, now=NOW) == token_of(before, key, now=NOW)
        with target.writer() as session:
            last = max(article.id for article in session.query(Article))
            stored = store_article(session, draft("d/1", title="새 기사", body=("새 기사의 본문이다.",)), now=NOW)
            assert stored.article_id > last
            assert stored.seq == changes_after(session, 0)[-2].seq + 1
        with pytest.raises(TransferError, match="holds articles"):
            copy(source, target)
