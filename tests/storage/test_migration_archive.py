"""An archive from before step 0007 keeps what it has, and says that its search index has to be made again."""

import hashlib
import json

import pytest
from sqlalchemy import text

from storage.archive import as_of, store_article
from storage.changes import changes_after
from storage.database import Database
from storage.duplicates.fingerprint import fingerprint
from storage.schema import upgrade
from storage.search import reindex, search, standing
from tests.storage.drafts import BODY, DAY, HOUR, NOW, draft
from tests.storage.old import archive_at


def eight_bytes(data):
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little", signed=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request, tmp_path):
    """An archive at step 0006 with two articles, the second a copy of the first."""
    new = f"sqlite:///{tmp_path}/old.db" if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    with archive_at(new, "0006") as connection:
        body, empty = json.dumps(list(BODY), ensure_ascii=False), "[]"
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO articles (id, outlet, canonical_url, article_number, authors, first_seen_at, "
                    "relevance, topics, state, revision, duplicate_of) "
                    "VALUES (:id, :outlet, :url, '1', '[]', :seen, 0.5, '[]', "
                    "'live', :id, :head)"
                ),
                {
                    "id": number,
                    "outlet": "xab"[number],
                    "url": draft(f"{'xab'[number]}/1").canonical_url,
                    "seen": "2026-11-24 00:00:00.000000" if number == 1 else "2026-11-24 01:00:00.000000",
                    "head": 1 if number == 2 else None,
                },
            )
            connection.execute(
                text(
                    "INSERT INTO revisions (seq, article_id, at, title, body, captions, removed, extractor, "
                    "content_hash) "
                    "VALUES (:id, :id, '2026-11-24 00:00:00.000000', '제목', :body, :empty, :empty, 'x', :hash)"
                ),
                {"id": number, "body": body, "empty": empty, "hash": b"0" * 16},
            )
            for place, band in enumerate(fingerprint(BODY).bands):
                # As it was: eight bytes, of which the low four are what a hash has now.
                old = (place << 32) + (band & 0xFFFFFFFF)
                connection.execute(text("INSERT INTO fingerprint_bands VALUES (:b, :id)"), {"b": old, "id": number})
        sentence = eight_bytes(b"one sentence")
        connection.execute(text("INSERT INTO fingerprint_sentences VALUES (:s, 1)"), {"s": sentence})
        connection.execute(text("INSERT INTO relations VALUES (2, 1, 'copy_of', 1.0, 1.0)"))
        for seq, op, number in ((1, "add", 1), (2, "add", 2), (3, "merge", 2)):
            connection.execute(
                text("INSERT INTO changes VALUES (:seq, :op, :id, '2026-11-24 01:00:00.000000')"),
                {"seq": seq, "op": op, "id": number},
            )
        connection.execute(text("UPDATE change_counter SET value = 3"))
        if request.param == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('articles', 'id'), 2)"))
    return new


def test_nothing_is_lost_on_the_way(old_url):
    upgrade(old_url)
    with Database.open(old_url) as database:
        with database.reader() as session:
            kept = session.execute(text("SELECT hash FROM fingerprints WHERE article_id = 2")).scalars().all()
            others = session.execute(text("SELECT hash FROM fingerprints WHERE article_id = 1")).scalars().all()
            assert [change.head_id for change in changes_after(session, 0)] == [None, None, 1]
            [tie] = as_of(session, 2, NOW + DAY).relations
            assert not standing(session).is_current
        assert sorted(kept) == sorted(set(fingerprint(BODY).bands))
        assert set(others) - set(kept) == {
            int.from_bytes(hashlib.blake2b(b"one sentence", digest_size=8).digest()[:4], "little", signed=True)
        }
        assert (tie.kind, tie.since) == ("copy_of", NOW + HOUR)
        assert reindex(database) == 2
        with database.reader() as session:
            assert {hit.id for hit in search(session, "샘플로보").items} == {1, 2}
        with database.writer() as session:
            assert store_article(session, draft("c/1"), now=NOW + DAY).duplicate_of == 1


def test_an_empty_archive_needs_no_new_index(old_url, database):
    with database.reader() as session:
        assert standing(session).is_current
