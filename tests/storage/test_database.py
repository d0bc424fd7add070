from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from storage.database import Database, masked_url, parse_url
from storage.errors import ConfigurationError
from storage.models.collect import Visit
from storage.outlets import outlet_names, sync_outlets
from storage.records import OutletRow
from storage.visits import start_visit
from tests.storage.drafts import NOW

SAMPLE = OutletRow("a", "샘플경제", "https://a.example")


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://h/d", "postgresql+psycopg"),
        ("postgresql://h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg"),
        ("sqlite:///a.db", "sqlite"),
    ],
)
def test_urls_get_the_driver_of_this_project(given, driver):
    assert parse_url(given).drivername == driver


@pytest.mark.parametrize("given", ["mysql://h/d", "archive.db", "", "postgresql://h:port/d", "sqlite+aiosqlite:///a"])
def test_other_urls_are_refused_with_the_right_forms(given):
    with pytest.raises(ConfigurationError, match=r"sqlite:////absolute/path.*postgresql://user"):
        parse_url(given)


@pytest.mark.parametrize("given", ["sqlite://", "sqlite:///:memory:"])
def test_an_archive_in_memory_is_refused(given):
    with pytest.raises(ConfigurationError, match="name a file"):
        parse_url(given)


def test_a_url_is_shown_without_its_password():
    assert masked_url("postgresql://a:geheim@h/d") == "postgresql://a:***@h/d"
    assert masked_url("postgresql://a:geheim@h:port/d") == "***"


def test_a_writer_commits_and_an_error_undoes(database):
    with database.writer() as session:
        sync_outlets(session, [SAMPLE], now=NOW)
    with pytest.raises(AttributeError), database.writer() as session:
        sync_outlets(session, [OutletRow("b", "다른신문", "https://b.example"), None], now=NOW)
    with database.reader() as session:
        assert outlet_names(session) == {"a": SAMPLE}


def test_a_reader_cannot_write(database):
    with database.reader() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("DELETE FROM outlets"))


def test_a_connection_that_read_can_write_afterwards(database):
    for _ in range(3):
        with database.reader() as session:
            outlet_names(session)
        with database.writer() as session:
            sync_outlets(session, [SAMPLE], now=NOW)
    with database.reader() as session:
        assert list(outlet_names(session)) == ["a"]


def test_a_connection_that_read_follows_the_default_of_its_server(postgres_url):
    with Database.open(postgres_url) as database:
        with database.reader() as session:
            outlet_names(session)
        with database.writer() as session:  # the same connection, out of the pool
            session.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        with pytest.raises(DBAPIError, match="read-only"), database.writer() as session:
            sync_outlets(session, [SAMPLE], now=NOW)


def test_a_reader_sees_one_state(database):
    with database.reader() as session:
        assert outlet_names(session) == {}
        with database.writer() as writing:
            sync_outlets(writing, [SAMPLE], now=NOW)
        assert outlet_names(session) == {}
    with database.reader() as session:
        assert list(outlet_names(session)) == ["a"]


def test_times_come_back_in_utc(database):
    seoul = timezone(timedelta(hours=9))
    with database.writer() as session:
        visit_id = start_visit(session, "a", now=datetime(2026, 11, 24, 7, 40, 1, 5, tzinfo=seoul))
    with database.reader() as session:
        found = session.get_one(Visit, visit_id).started_at
    assert found == datetime(2026, 11, 23, 22, 40, 1, 5, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(StatementError, match="no zone"), database.writer() as session:
        start_visit(session, "a", now=datetime(2026, 11, 24, 7, 40))  # noqa: DTZ001


def test_sqlite_is_set_up_for_many_processes(sqlite_database):
    with sqlite_database.reader() as session:
        pragmas = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "busy_timeout", "foreign_keys")]
    assert pragmas == ["wal", 30_000, 1]


def test_the_dialect_is_named(database):
    assert database.dialect in {"sqlite", "postgresql"}


def test_open_is_a_context(sqlite_url):
    with Database.open(sqlite_url) as database, database.reader() as session:
        assert outlet_names(session) == {}
