from itertools import islice

import pytest

from storage.archive import store_article
from storage.changes import changes_after, consumer_seq, consumers, forget_consumer, pages_after, set_consumer
from tests.storage.drafts import HOUR, NOW, draft


def store(database, *names):
    with database.writer() as session:
        for name in names:
            store_article(session, draft(name, body=(f"{name} 소식이다.",)), now=NOW)


def test_pages_end_where_the_feed_ends(database, monkeypatch):
    store(database, *(f"a/{number}" for number in range(5)))
    assert [[change.seq for change in page] for page in pages_after(database, 2)] == [[3, 4, 5]]
    assert list(pages_after(database, 5)) == []


def test_following_waits_for_what_comes(database):
    store(database, "a/1")
    waits = []

    def wait(seconds):
        waits.append(seconds)
        store(database, f"b/{len(waits)}")

    pages = pages_after(database, 0, follow=True, wait=wait, poll=0.5)
    assert [[change.seq for change in page] for page in islice(pages, 3)] == [[1], [2], [3]]
    assert waits == [0.5, 0.5]


def test_a_named_reader_goes_on_where_it_stopped(database):
    store(database, "a/1", "a/2")
    with database.writer() as session:
        assert consumer_seq(session, "warehouse") == 0
        set_consumer(session, "warehouse", 1, now=NOW)
    with database.writer() as session:
        set_consumer(session, "warehouse", 2, now=NOW + HOUR)
        set_consumer(session, "other", 1, now=NOW)
    with database.reader() as session:
        assert consumer_seq(session, "warehouse") == 2
        assert consumers(session) == [("other", 1, NOW), ("warehouse", 2, NOW + HOUR)]


@pytest.mark.parametrize(("name", "was_there"), [("warehouse", True), ("nobody", False)])
def test_a_reader_can_be_forgotten(database, name, was_there):
    with database.writer() as session:
        set_consumer(session, "warehouse", 0, now=NOW)
        assert forget_consumer(session, name) is was_there
        assert (consumers(session) == []) is was_there


def test_the_feed_survives_a_vacuum(sqlite_database):
    store(sqlite_database, "a/1", "a/2", "a/3")
    import sqlite3

    connection = sqlite3.connect(sqlite_database.url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("VACUUM")
    connection.close()
    store(sqlite_database, "a/4")
    with sqlite_database.reader() as session:
        assert [change.seq for change in changes_after(session, 0)] == [1, 2, 3, 4]
