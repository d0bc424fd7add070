"""Backups that nobody has to think of: by plan, before the tables change, and tried out."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from storage.archive import archive_counts
from storage.backup import SUFFIX, Backup, BackupError, back_up, restore
from storage.database import Database, parse_url, sqlite_path
from storage.records import ArchiveCounts
from storage.schema import Standing, state, upgrade
from storage.settings import StorageSettings

log = structlog.get_logger()

KEPT_BEFORE_MIGRATIONS = 3
A_DAY = timedelta(hours=20)  # between two by plan, so that one that was missed is caught up and a restart makes none


@dataclass(frozen=True, slots=True)
class Drill:
    """A backup that was restored beside the archive and checked: what is in it, and how long it took."""

    file: Path
    counts: ArchiveCounts
    seconds: float


def back_up_by_plan(url: str, settings: StorageSettings, *, now: datetime) -> Backup | None:
    """A backup into the settings' folder, and only the newest `backups_keep` of such files left there.

    None where no folder is set, or the newest is of today already. Raises BackupError.
    """
    folder = settings.backups
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(
            f"The folder {folder} of storage.backups cannot be made ({error.strerror}): make it, or name another."
        ) from error
    newest = next(iter(backups_in(folder, url)), None)
    if newest is not None and now - _made_at(newest) < A_DAY:
        return None
    made = back_up(url, folder, now=now)
    for old in backups_in(folder, url)[settings.backups_keep :]:
        old.unlink(missing_ok=True)
        log.info("backup.removed", file=str(old))
    return made


def backups_in(folder: Path, url: str) -> list[Path]:
    """The backups of such an archive in a folder, newest first: their names are made of the time."""
    ending = SUFFIX[parse_url(url).get_backend_name()]
    return sorted(folder.glob(f"zgcwatch-????????T*Z{ending}"), reverse=True)


def _made_at(backup: Path) -> datetime:
    return datetime.strptime(backup.name[len("zgcwatch-") :][:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def upgrade_safely(url: str, *, now: datetime) -> Path | None:
    """Bring the tables to this version; an SQLite archive that has some is copied before. Gives the copy, if any.

    Raises BackupError when there is no room for the copy: nothing was changed then.
    """
    file = sqlite_path(url)
    standing = state(url)
    if file is None or standing.standing is not Standing.STALE:
        upgrade(url)
        return None
    pattern = f"{file.name}.before-"
    copy = file.with_name(f"{pattern}{standing.code_revision}-{now.strftime('%Y%m%dT%H%M%SZ')}")
    back_up(url, copy, now=now)
    upgrade(url)
    for old in sorted(file.parent.glob(f"{pattern}*"), key=lambda kept: kept.stat().st_mtime)[:-KEPT_BEFORE_MIGRATIONS]:
        old.unlink(missing_ok=True)
    return copy


def drill(file: Path, into: str | None, *, now: datetime) -> Drill:
    """Restore a backup where it harms nobody, check it as a real restore does, and count what is in it.

    An SQLite backup goes into a file that is removed again; a PostgreSQL one needs an empty database, `into`.
    Raises BackupError.
    """
    started = time.perf_counter()
    if into is not None:
        restore(file, into, now=now)
        return Drill(file, _counts(into), time.perf_counter() - started)
    if file.suffix == SUFFIX["postgresql"]:
        raise BackupError(f"{file} is of PostgreSQL: name an empty database to try it in, --into postgresql://….")
    folder = Path(tempfile.mkdtemp(prefix="zgcwatch-drill-", dir=file.parent))
    try:
        url = f"sqlite:///{folder / 'archive.db'}"
        restore(file, url, now=now)
        return Drill(file, _counts(url), time.perf_counter() - started)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _counts(url: str) -> ArchiveCounts:
    with Database.open(url) as database, database.reader() as session:
        return archive_counts(session)
