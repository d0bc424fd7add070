import asyncio
import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from storage import readiness as room
from storage.database import Database
from storage.leases import take_leases
from storage.readiness import Readiness
from tests.conftest import run_on_server, server_url


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 25, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def lead(database, clock, seconds=20):
    take_leases(database, ["scheduler"], holder="a", now=clock.now, lasts=timedelta(seconds=seconds))


def test_ready_when_written_to_of_this_version_and_led(database, clock):
    looked = Readiness(database, clock)
    report = looked.look()
    assert (report.checks["database"], report.checks["schema"], report.is_ready) == (None, None, False)
    assert "no scheduler has been heard yet" in report.checks["scheduler"]
    lead(database, clock)
    clock.now += timedelta(seconds=1)
    assert looked.look() is report  # believed for two seconds
    clock.now += timedelta(seconds=2)
    assert looked.look().is_ready
    clock.now += timedelta(seconds=20)
    assert "since 2026-11-25 00:00:20 UTC" in looked.look().checks["scheduler"]


def test_a_lock_that_somebody_holds_is_told_and_so_is_its_end(sqlite_database, clock, monkeypatch):
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.3)
    looked = Readiness(sqlite_database, clock)
    lead(sqlite_database, clock, 1000)
    holder = sqlite3.connect(sqlite_database.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "takes no writes: no answer" in looked.look().checks["database"]
    clock.now += timedelta(seconds=5)
    assert "takes no writes" in looked.look().checks["database"]
    holder.execute("ROLLBACK")
    holder.close()
    looked._pending["writes"].result(10)
    clock.now += timedelta(seconds=5)
    assert looked.look().is_ready


def test_a_full_disk_is_told_before_the_log_has_no_room(sqlite_database, clock, monkeypatch):
    lead(sqlite_database, clock)
    looked = Readiness(sqlite_database, clock)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: room.shutil._ntuple_diskusage(1 << 40, 1 << 40, 5 << 20))
    assert looked.look().checks["database"] == "its disk is full: 5 MB are left"


def test_a_server_that_threw_us_out_is_told_and_found_again(postgres_url, clock):
    with Database.open(postgres_url) as database:
        looked = Readiness(database, clock)
        lead(database, clock, 1000)
        assert looked.look().is_ready
        clock.now += room.SCHEMA_BELIEVED_FOR  # so that the tables are looked at while it is away
        base, _, query = postgres_url.partition("?")
        server, name = base.rpartition("/")[0] + "/?" + query, base.rpartition("/")[2]
        assert server_url(server, name) == postgres_url
        run_on_server(server, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        run_on_server(server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        clock.now += timedelta(seconds=3)
        report = looked.look()
        assert not report.is_ready
        assert report.checks["database"].startswith("it takes no writes")
        assert report.checks["schema"].startswith("not to be read")
        run_on_server(server, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
        clock.now += timedelta(seconds=3)
        assert looked.look().is_ready


@contextmanager
def read_only(server):
    """Transactions on the server may only read unless they ask for more, those of open connections too."""
    try:
        run_on_server(server, "ALTER SYSTEM SET default_transaction_read_only = on")
        run_on_server(server, "SELECT pg_reload_conf()")
        yield
    finally:
        run_on_server(server, "ALTER SYSTEM RESET default_transaction_read_only")
        run_on_server(server, "SELECT pg_reload_conf()")


def told(looked, clock, *, ready):
    """The report, as soon as it is ready or not; the server needs a moment to read its settings again."""
    for _ in range(100):
        clock.now += timedelta(seconds=3)
        if (report := looked.look()).is_ready == ready:
            return report
        time.sleep(0.05)
    raise AssertionError(report)


def test_a_server_that_became_read_only_is_told_and_so_is_its_end(postgres_url, postgres_server, clock):
    with Database.open(postgres_url) as database:
        looked = Readiness(database, clock)
        lead(database, clock, 10_000)
        for _ in range(3):  # until every connection has both read and written
            clock.now += timedelta(seconds=3)
            assert looked.look().is_ready
        with read_only(postgres_server):
            report = told(looked, clock, ready=False)
            assert "takes no writes: cannot execute" in report.checks["database"]
            assert "read-only transaction" in report.checks["database"]
            assert (report.checks["schema"], report.checks["scheduler"]) == (None, None)
        told(looked, clock, ready=True)
        looked.close()


def test_it_is_told_while_every_other_thread_waits(sqlite_database, clock, monkeypatch):
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.3)
    looked = Readiness(sqlite_database, clock)
    lead(sqlite_database, clock, 1000)
    holder = sqlite3.connect(
        sqlite_database.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    holder.execute("BEGIN IMMEDIATE")
    free = threading.Event()

    async def ask():
        waiting = [asyncio.create_task(asyncio.to_thread(free.wait, 20)) for _ in range(40)]
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(looked.asked(), 5)
        finally:
            free.set()
            await asyncio.gather(*waiting)

    report = asyncio.run(ask())
    assert "takes no writes: no answer" in report.checks["database"]
    assert (report.checks["schema"], report.checks["scheduler"]) == (None, None)
    holder.execute("ROLLBACK")
    holder.close()
    looked._pending["writes"].result(10)
    looked.close()
