import threading

import pytest
from sqlalchemy import text as sql

from storage.archive import note_missing, store_article
from storage.search import reindex, search, standing
from storage.search.index import state_of
from tests.storage.drafts import DAY, HOUR, NOW, draft


def store(database, *names, now=NOW, word="중관춘"):
    with database.writer() as session:
        for name in names:
            store_article(session, draft(name, title="소식", body=(f"{word} {name} 글이다.",)), now=now)


def found(database, query="중관춘"):
    with database.reader() as session:
        return {hit.id for hit in search(session, query, limit=100).items}


def state(database):
    with database.reader() as session:
        return standing(session)


def of_another_version(database):
    """As if a newer tokenizer had come with an upgrade: what is indexed is by the old one."""
    with database.writer() as session:
        session.execute(sql("UPDATE index_state SET version = 0"))


@pytest.fixture
def archive(database):
    store(database, *(f"a/{number}" for number in range(7)))
    return database


def test_an_empty_archive_takes_the_version_of_its_first_writer(database):
    assert (state(database).version, state(database).is_current) == (None, True)
    store(database, "a/1")
    assert (state(database).version, state(database).is_current) == (state(database).wanted, True)


def test_everything_is_found_after_it_and_the_old_table_is_gone(archive):
    of_another_version(archive)
    assert not state(archive).is_current
    told = []
    assert reindex(archive, progress=lambda done, total: told.append((done, total)), batch=3) == 7
    assert told == [(3, 7), (6, 7), (7, 7)]
    assert state(archive).is_current
    assert found(archive) == set(range(1, 8))
    with archive.reader() as session:
        assert state_of(session).table == "search_index_2"
    with archive.writer() as session, pytest.raises(Exception, match="search_index_1"):
        session.execute(sql("SELECT count(*) FROM search_index_1"))


class StopError(Exception):
    pass


def stop_after(batches):
    calls = []

    def told(done, total):
        calls.append(done)
        if len(calls) == batches:
            raise StopError

    return told


def test_writers_go_on_and_a_stopped_run_is_taken_up(archive):
    of_another_version(archive)
    with pytest.raises(StopError):
        reindex(archive, progress=stop_after(1), batch=3)
    assert state(archive).is_being_made
    assert found(archive) == set(range(1, 8))
    store(archive, "a/1", now=NOW + HOUR, word="판교")  # in the new table already
    store(archive, "a/6", now=NOW + HOUR, word="판교")  # not yet
    store(archive, "b/1")
    with archive.writer() as session:
        for name in ("a/0", "a/5"):
            note_missing(session, url=draft(name).canonical_url, status=410, now=NOW + DAY, confirm_after=DAY)
    reindex(archive, batch=3)
    assert not state(archive).is_being_made
    assert found(archive) == {3, 4, 5, 8}
    assert found(archive, "판교") == {2, 7}


def test_a_run_of_another_version_is_begun_anew(archive):
    with pytest.raises(StopError):
        reindex(archive, progress=stop_after(2), batch=3)
    with archive.writer() as session:
        session.execute(sql("UPDATE index_state SET making_version = 0"))
    assert reindex(archive, batch=3) == 7
    assert found(archive) == set(range(1, 8))


def test_two_at_once_do_no_harm(archive):
    of_another_version(archive)
    runs = [threading.Thread(target=reindex, args=(archive,), kwargs={"batch": 2}) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert found(archive) == set(range(1, 8))
    assert state(archive).is_current


def test_no_word_of_a_gone_article_stays_in_the_index(sqlite_database):
    store(sqlite_database, "a/1", word="벤처캐피털")
    with sqlite_database.writer() as session:
        note_missing(session, url=draft("a/1").canonical_url, status=410, now=NOW + DAY, confirm_after=DAY)
        session.execute(sql("INSERT INTO search_index_1 (search_index_1) VALUES ('optimize')"))
        blocks = session.execute(sql("SELECT block FROM search_index_1_data WHERE id > 10")).scalars().all()
    assert not any("벤처".encode() in bytes(block) for block in blocks)
