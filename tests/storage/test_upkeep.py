import shutil
from datetime import UTC, datetime, timedelta

import pytest

from storage.backup import BackupError, back_up
from storage.schema import Standing, state
from storage.settings import StorageSettings
from storage.upkeep import back_up_by_plan, backups_in, drill, upgrade_safely

NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


def test_backups_by_plan_one_a_day_the_newest_kept(sqlite_url, tmp_path):
    folder = tmp_path / "made" / "by-need"
    settings = StorageSettings(backups=folder, backups_keep=3)
    for day in range(5):
        now = NOW + timedelta(days=day)
        assert back_up_by_plan(sqlite_url, settings, now=now) is not None
        assert back_up_by_plan(sqlite_url, settings, now=now + timedelta(hours=3)) is None  # a restart makes none
    (folder / "notes.txt").write_text("stays")
    kept = backups_in(folder, sqlite_url)
    assert [file.name[:17] for file in kept] == ["zgcwatch-20261129", "zgcwatch-20261128", "zgcwatch-20261127"]
    assert len(list(folder.iterdir())) == 4
    assert back_up_by_plan(sqlite_url, StorageSettings(), now=NOW) is None


def test_a_folder_that_cannot_be_made_is_named(sqlite_url, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match=r"storage\.backups cannot be made"):
        back_up_by_plan(sqlite_url, StorageSettings(backups=tmp_path / "file" / "folder"), now=NOW)


def test_an_older_archive_is_copied_before_its_tables_change(sqlite_url, tmp_path, monkeypatch):
    from storage import upkeep

    file = tmp_path / "archive.db"
    assert upgrade_safely(sqlite_url, now=NOW) is None  # nothing to do, nothing to copy
    assert upgrade_safely(f"sqlite:///{tmp_path}/new.db", now=NOW) is None
    stale = upkeep.state(sqlite_url).__class__(Standing.STALE, "0010", state(sqlite_url).code_revision)
    monkeypatch.setattr(upkeep, "state", lambda _: stale)
    copies = [upgrade_safely(sqlite_url, now=NOW + timedelta(days=day)) for day in range(5)]
    assert [copy.exists() for copy in copies] == [False, False, True, True, True]
    assert copies[4].name == f"archive.db.before-{stale.code_revision}-20261129T043000Z"
    assert state(f"sqlite:///{copies[4]}").standing is Standing.CURRENT
    assert file.exists()


def test_without_room_for_the_copy_nothing_is_changed(sqlite_url, monkeypatch):
    from storage import upkeep

    found = state(sqlite_url)
    monkeypatch.setattr(upkeep, "state", lambda _: found.__class__(Standing.STALE, "0010", found.code_revision))
    monkeypatch.setattr(upkeep, "upgrade", lambda _: pytest.fail("the tables were changed"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(BackupError, match="not room"):
        upgrade_safely(sqlite_url, now=NOW)


def test_a_drill_restores_checks_counts_and_leaves_nothing(sqlite_url, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    made = back_up(sqlite_url, folder, now=NOW)
    done = drill(made.file, None, now=NOW)
    assert (done.file, done.counts.articles) == (made.file, 0)
    assert list(folder.iterdir()) == [made.file]
    made.file.write_bytes(made.file.read_bytes()[:5000])
    with pytest.raises(Exception, match=r"malformed|not whole|cannot be opened"):
        drill(made.file, None, now=NOW)
    assert list(folder.iterdir()) == [made.file]


def test_a_backup_of_postgresql_needs_a_database_to_try_it_in(tmp_path):
    file = tmp_path / "zgcwatch-20261125T043000.000000Z.dump"
    file.write_bytes(b"PGDMP")
    with pytest.raises(BackupError, match="--into"):
        drill(file, None, now=NOW)
