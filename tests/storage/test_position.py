"""A reader's place in the change feed, through whatever happens to the archive."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from storage.archive import store_article
from storage.changes import LOST, changes_after, consumer_seq, consumers, pages_after, set_consumer
from storage.database import Database
from storage.errors import CursorError
from storage.position import Place, PlaceLost, found_place, last_place
from storage.transfer import copy
from tests.storage.drafts import DAY, HOUR, NOW, draft


def store(database, *names, now=NOW):
    with database.writer() as session:
        for number, name in enumerate(names):
            store_article(session, draft(name, body=(f"{name} 소식이다.",)), now=now + number * HOUR)


def place_of(database):
    with database.reader() as session:
        return last_place(session)


def is_known(database, place):
    with database.reader() as session:
        return found_place(session, place) == place


@pytest.mark.parametrize("text", ["0", "1", "97-1f0c22ab", "999999999999999-00000000"])
def test_a_place_is_a_text_and_back(text):
    assert str(Place.parse(text)) == text


@pytest.mark.parametrize("text", ["", "-1", "01", "1-", "1-XYZ", "1-1f0c22ab0", "1" * 16, "١", "1\n", "1-1f0c22ab\n"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(CursorError, match="no place"):
        Place.parse(text)


def test_each_change_has_a_mark_of_its_own(database):
    assert place_of(database) == Place(0)
    store(database, *(f"a/{number}" for number in range(20)))
    with database.reader() as session:
        places = {Place.of(change) for change in changes_after(session, 0)}
        assert len({place.mark for place in places}) == len(places)
        assert all(found_place(session, place) == place for place in places)
        assert found_place(session, Place(20)) == last_place(session)


def test_a_place_survives_a_restart_a_vacuum_and_the_move_to_the_other_database(sqlite_url, postgres_url):
    with Database.open(sqlite_url) as database:
        store(database, "a/1", "a/2")
        place = place_of(database)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("VACUUM")
    with Database.open(sqlite_url) as database, Database.open(postgres_url) as other:
        assert is_known(database, place)
        copy(database, other)
        assert is_known(other, place)
        store(other, "a/3")
        assert [change.seq for page in pages_after(other, place) for change in page] == [3]


def test_a_reader_who_was_further_than_the_backup_is_told_by_and_by(sqlite_url, tmp_path):
    """The feed of the restored archive grows past the reader's place before the reader asks again."""
    file = tmp_path / "archive.db"
    with Database.open(sqlite_url) as database:
        store(database, "a/1", "a/2")
        kept = place_of(database)
        database.close()
        shutil.copyfile(file, tmp_path / "backup.db")
    with Database.open(sqlite_url) as database:
        store(database, "b/1", "b/2")
        lost = place_of(database)
    restored = f"sqlite:///{tmp_path}/backup.db"
    with Database.open(restored) as database:
        with pytest.raises(PlaceLost, match="from 0"):
            list(pages_after(database, lost))
        store(database, "c/1", "c/2", "c/3", now=NOW + DAY)
        with pytest.raises(PlaceLost):
            list(pages_after(database, lost))
        assert [change.seq for page in pages_after(database, kept) for change in page] == [3, 4, 5]


def test_a_reader_who_follows_while_the_archive_is_restored_is_told(database):
    store(database, "a/1", "a/2")

    def restored(_seconds):
        with database.writer() as session:
            for statement in ("DELETE FROM changes WHERE seq = 2", "UPDATE change_counter SET value = 1"):
                session.connection().exec_driver_sql(statement)

    pages = pages_after(database, 0, follow=True, wait=restored)
    assert len(next(pages)) == 2
    with pytest.raises(PlaceLost):
        next(pages)


def test_a_named_reader_whose_place_is_lost_is_told_until_it_begins_again(database):
    from storage.changes import lose_consumers

    store(database, "a/1")
    with database.writer() as session:
        set_consumer(session, "warehouse", 1, now=NOW)
        set_consumer(session, "new", 0, now=NOW)
        assert lose_consumers(session) == 1
        with pytest.raises(PlaceLost):
            consumer_seq(session, "warehouse")
        assert consumer_seq(session, "new") == 0
        assert [seq for _, seq, _ in consumers(session)] == [0, LOST]
        set_consumer(session, "warehouse", 1, now=NOW)
        assert consumer_seq(session, "warehouse") == 1
