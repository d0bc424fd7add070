"""Backups of a living archive, restored and checked, on both databases."""

import os
import sqlite3
import stat
import threading
from contextlib import closing

import pytest
from sqlalchemy import text

from storage.archive import archive_counts, list_articles, store_article
from storage.backup import BackupError, Restored, back_up, restore
from storage.changes import consumer_seq, set_consumer
from storage.database import Database
from storage.integrity import broken_promises
from storage.position import PlaceLost, found_place, last_place, last_seq
from storage.search import search
from tests.storage.drafts import HOUR, NOW, draft


@pytest.fixture
def filled(database, client_programs):
    with database.writer() as session:
        for number in range(3):
            store_article(session, draft(f"a/{number}", title=f"유니콘 기사 {number}"), now=NOW + number * HOUR)
    return database


def contents(url):
    with Database.open(url) as database, database.reader() as session:
        articles, _ = list_articles(session, limit=10)
        found = [hit.id for hit in search(session, "유니콘").items]
        return articles, archive_counts(session), last_seq(session), found


def test_a_restored_archive_is_what_was_backed_up(filled, tmp_path, request):
    made = back_up(filled.url, tmp_path, now=NOW)
    assert made.bytes == made.file.stat().st_size
    assert not list(tmp_path.glob("*.part"))
    target = (
        f"sqlite:///{tmp_path}/new.db" if filled.dialect == "sqlite" else request.getfixturevalue("empty_postgres_url")
    )
    assert restore(made.file, target, now=NOW) == Restored(None, 0)
    assert contents(target) == contents(filled.url)
    with Database.open(target) as restored:
        assert broken_promises(restored) == []
        with restored.writer() as session:  # the feed goes on where the backup was
            stored = store_article(session, draft("b/9", title="다음 기사", body=("새 기사다.",)), now=NOW)
            assert stored.seq == contents(filled.url)[2] + 1


@pytest.mark.parametrize("keep", [True, False])
def test_readers_of_the_feed_go_on_or_begin_again(filled, tmp_path, keep):
    with filled.writer() as session:
        set_consumer(session, "warehouse", 2, now=NOW)
    made = back_up(filled.url, tmp_path, now=NOW)
    with filled.reader() as session:
        kept = last_place(session)
    with filled.writer() as session:
        store_article(session, draft("b/9", title="나중 기사", body=("나중 기사다.",)), now=NOW)
        lost = last_place(session)
    filled.close()
    done = restore(made.file, filled.url, force=True, keep_readers=keep, now=NOW)
    assert done.readers == (0 if keep else 1)
    with Database.open(filled.url) as database, database.reader() as session:
        assert found_place(session, kept) == kept
        with pytest.raises(PlaceLost):
            found_place(session, lost)
        if keep:
            assert consumer_seq(session, "warehouse") == 2
        else:
            with pytest.raises(PlaceLost):
                consumer_seq(session, "warehouse")


def test_an_archive_that_is_there_is_replaced_only_by_force(filled, tmp_path):
    made = back_up(filled.url, tmp_path / f"backup{'.db' if filled.dialect == 'sqlite' else '.dump'}", now=NOW)
    before = contents(filled.url)
    with filled.writer() as session:
        store_article(session, draft("b/9", title="나중 기사", body=("나중 기사다.",)), now=NOW)
    url = filled.url
    with pytest.raises(BackupError, match="--force"):
        restore(made.file, url, now=NOW)
    filled.close()
    aside = restore(made.file, url, force=True, now=NOW).aside
    assert contents(url) == before
    if filled.dialect == "sqlite":
        assert contents(f"sqlite:///{aside}")[1].articles == 4
    else:
        with Database.open(url) as database, database.reader() as session:
            assert session.scalar(text(f"SELECT count(*) FROM {aside}.articles")) == 4
        again = back_up(url, tmp_path / "again.dump", now=NOW)  # the archive only, not what was set aside
        assert again.bytes < 1.2 * made.bytes


def test_a_damaged_backup_leaves_the_archive_of_a_server_as_it_was(postgres_url, client_programs, tmp_path):
    with Database.open(postgres_url) as database:
        with database.writer() as session:
            store_article(session, draft(), now=NOW)
            session.execute(text("UPDATE change_counter SET value = 7"))
        made = back_up(postgres_url, tmp_path / "b.dump", now=NOW)
        with database.writer() as session:
            session.execute(text("UPDATE change_counter SET value = 1"))
        with pytest.raises(BackupError, match="stop zgcwatch"):
            restore(made.file, postgres_url, force=True, now=NOW)
    before = contents(postgres_url)
    with pytest.raises(BackupError, match="change counter"):
        restore(made.file, postgres_url, force=True, now=NOW)
    assert contents(postgres_url) == before


def test_who_does_not_own_the_database_is_told(postgres_url, client_programs, tmp_path):
    made = back_up(postgres_url, tmp_path / "b.dump", now=NOW)
    with Database.open(postgres_url) as database, database.writer() as session:
        session.execute(text("CREATE ROLE guest LOGIN IN ROLE pg_read_all_data"))
    try:
        with pytest.raises(BackupError, match="the database's owner"):
            restore(made.file, postgres_url.replace("postgres@", "guest@", 1), force=True, now=NOW)
    finally:
        with Database.open(postgres_url) as database, database.writer() as session:
            session.execute(text("DROP ROLE guest"))


def test_a_file_in_use_is_not_replaced(sqlite_database, tmp_path):
    made = back_up(sqlite_database.url, tmp_path, now=NOW)
    with sqlite_database.reader() as session:
        list_articles(session, limit=1)
        with pytest.raises(BackupError, match="in use"):
            restore(made.file, sqlite_database.url, force=True, now=NOW)


def test_a_damaged_backup_replaces_nothing(sqlite_database, tmp_path):
    with sqlite_database.writer() as session:
        store_article(session, draft(), now=NOW)
    made = back_up(sqlite_database.url, tmp_path / "b.db", now=NOW)
    with closing(sqlite3.connect(made.file)) as connection:
        connection.execute("UPDATE change_counter SET value = 7")
        connection.commit()
    target = tmp_path / "new.db"
    with pytest.raises(BackupError, match="change counter"):
        restore(made.file, f"sqlite:///{target}", now=NOW)
    assert not list(tmp_path.glob("new.db*"))


@pytest.mark.parametrize("content", [b"", b"nonsense" * 10, b"SQLite format 3\0" + b"\0" * 200])
def test_what_is_no_backup_is_refused(sqlite_url, tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(Exception, match=r"backup|database"):
        restore(file, f"sqlite:///{tmp_path}/new.db", now=NOW)
    assert not list(tmp_path.glob("new.db*"))
    with pytest.raises(BackupError, match="no backup"):
        restore(tmp_path / "absent", sqlite_url, now=NOW)


def test_a_backup_does_not_overwrite(sqlite_database, tmp_path):
    (tmp_path / "b.db").write_text("mine")
    with pytest.raises(BackupError, match="exists"):
        back_up(sqlite_database.url, tmp_path / "b.db", now=NOW)
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(sqlite_database.url, tmp_path / "absent" / "b.db", now=NOW)
    with pytest.raises(BackupError, match="no archive"):
        back_up(f"sqlite:///{tmp_path}/absent.db", tmp_path / "c.db", now=NOW)


def test_without_pg_dump_the_sentence_has_the_recipe(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"postgresql-client.*docker compose exec"):
        back_up("postgresql://zgcwatch@db/zgcwatch", tmp_path / "b.dump", now=NOW)


def test_a_failing_pg_dump_is_told_without_the_password(monkeypatch, tmp_path):
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "pg_dump: error: no entry for $PGPASSWORD" >&2\necho "$@" >"$0.seen"\nexit 1\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BackupError, match=r"no entry for \*\*\*"):
        back_up("postgresql://zgcwatch:hunter2@db/zgcwatch", tmp_path / "b.dump", now=NOW)
    assert "hunter2" not in (tmp_path / "pg_dump.seen").read_text()


def test_backups_beside_a_writer_are_whole(sqlite_url, tmp_path):
    stop = threading.Event()

    def write():
        with Database.open(sqlite_url) as database:
            number = 0
            while not stop.is_set():
                with database.writer() as session:
                    store_article(
                        session, draft(f"a/{number}", title=f"기사 {number}", body=(f"본문 {number}.",)), now=NOW
                    )
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(sqlite_url, tmp_path / f"{number}.db", now=NOW) for number in range(5)]
    finally:
        stop.set()
        writer.join()
    counts = []
    for number, one in enumerate(made):
        restored = f"sqlite:///{tmp_path}/restored-{number}.db"
        restore(one.file, restored, now=NOW)
        with Database.open(restored) as database:
            assert broken_promises(database) == []
            with database.reader() as session:
                counts.append(archive_counts(session).articles)
                assert last_seq(session) == counts[-1]  # whole transactions, none of them twice
    assert counts == sorted(counts)
