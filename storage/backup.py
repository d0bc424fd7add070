"""Copies of the whole archive while it is in use, and the way back.

SQLite: `VACUUM INTO` reads one state and lets writers go on (the paged backup starts again whenever one of them
commits, and never ends beside a busy one). PostgreSQL: its own pg_dump and pg_restore.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from storage.changes import lose_consumers
from storage.database import Database, connect, parse_url, sqlite_path
from storage.errors import ZgcwatchError
from storage.integrity import broken_promises
from storage.schema import Standing, state, upgrade

SUFFIX = {"sqlite": ".db", "postgresql": ".dump"}
REPLACED = "replaced_"  # begins the name of a schema that was set aside
SPARE = 16 << 20  # bytes to leave free beside a backup


class BackupError(ZgcwatchError):
    """A backup or a restore did not happen; the message says why, and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    file: Path
    bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the file or schema of the archive it set aside, and how many named readers begin again."""

    aside: str | None
    readers: int


def back_up(url: str, target: Path, *, now: datetime) -> Backup:
    """Copy the archive into a file, or into a folder under a name made of the time. Writers go on meanwhile.

    The file appears when it is whole. Raises BackupError.
    """
    parsed = parse_url(url)
    dialect = parsed.get_backend_name()
    file = target
    if target.is_dir():
        file = target / f"zgcwatch-{now.strftime('%Y%m%dT%H%M%S.%fZ')}{SUFFIX[dialect]}"
    if file.exists():
        raise BackupError(f"{file} exists: choose another file, or name a folder.")
    partial = file.with_name(file.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        if dialect == "sqlite":
            _vacuum_into(Path(str(parsed.database)), partial)
        else:
            _dump(parsed, partial)
        _flush(partial)
        partial.replace(file)
        _flush(file.parent)
    except OSError as error:
        raise BackupError(
            f"The backup {file} cannot be written ({error.strerror}): make room or choose another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return Backup(file, file.stat().st_size)


def _vacuum_into(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupError(f"There is no archive at {source}: name it with --database.")
    if shutil.disk_usage(target.parent).free < source.stat().st_size + SPARE:
        raise BackupError(
            f"The disk of {target.parent} has not room for the backup: make room or choose another place."
        )
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be backed up ({error}): see `zgcwatch db check`.") from error


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def restore(file: Path, url: str, *, force: bool = False, keep_readers: bool = False, now: datetime) -> Restored:
    """Make the archive at `url` what the backup holds, brought up to this version and checked.

    An archive that is there already is refused, unless `force`: then it is set aside, a file under a new name, the
    tables of a PostgreSQL database in a schema of their own. Named readers of the change feed may have seen more than
    the backup has, so they begin again, unless `keep_readers`: nothing was written since the backup. Raises
    BackupError; a backup that fails its check replaces nothing.
    """
    if not file.is_file():
        raise BackupError(f"There is no backup at {file}: name a file that `zgcwatch db backup` made.")
    target = sqlite_path(url)
    if target is not None:
        return _restore_file(file, target, force=force, keep_readers=keep_readers, now=now)
    return _restore_server(file, url, force=force, keep_readers=keep_readers, now=now)


def _restore_file(file: Path, target: Path, *, force: bool, keep_readers: bool, now: datetime) -> Restored:
    with file.open("rb") as start:
        if start.read(16) != b"SQLite format 3\0":
            raise BackupError(f"{file} is no backup of an SQLite archive: name another, or a PostgreSQL --database.")
    if target.exists() and not force:
        raise BackupError(f"{target} exists: restore beside it, or set it aside with --force.")
    partial = target.with_name(target.name + ".restored")
    try:
        shutil.copyfile(file, partial)
        readers = _bring_up(f"sqlite:///{partial}", file, keep_readers=keep_readers)
        set_aside = _set_aside(target, now) if target.exists() else None
        partial.replace(target)
        _flush(target.parent)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror}): make room or mend its rights.") from error
    finally:
        for left in (partial, *(partial.with_name(partial.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return Restored(str(set_aside) if set_aside else None, readers)


def _set_aside(target: Path, now: datetime) -> Path:
    """Renames the archive that is there, once nobody uses it and its log is written into it."""
    try:
        with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise BackupError(f"{target} is in use ({error}): stop zgcwatch first.") from error
    except sqlite3.DatabaseError:
        pass  # it is damaged, which is why somebody restores
    aside = target.with_name(f"{target.name}.replaced-{now.strftime('%Y%m%dT%H%M%SZ')}")
    target.replace(aside)
    for end in ("-wal", "-shm"):
        log = target.with_name(target.name + end)
        if log.exists():
            log.replace(aside.with_name(aside.name + end))
    return aside


def _bring_up(url: str, file: Path, *, keep_readers: bool) -> int:
    """Makes a restored archive one of this version, checked; gives how many named readers begin again."""
    standing = state(url).standing
    if standing is Standing.EMPTY:
        raise BackupError(f"{file} holds no archive: name another backup.")
    upgrade(url)
    with Database.open(url) as database:
        broken = broken_promises(database)
        if broken:
            found = "; ".join(f"{finding.promise} ({finding.count} times not)" for finding in broken)
            raise BackupError(
                f"{file} is not whole, nothing was replaced: it must hold that {found}. Take another backup."
            )
        if keep_readers:
            return 0
        with database.writer() as session:
            return lose_consumers(session)


RECIPE = {
    "pg_dump": "docker compose exec -T db pg_dump -U zgcwatch -Fc zgcwatch > zgcwatch.dump",
    "pg_restore": "docker compose exec -T db pg_restore -U zgcwatch -d zgcwatch --clean --if-exists < zgcwatch.dump, "
    "and after it `zgcwatch db upgrade` and `zgcwatch db check --restored`",
}


def _dump(url: URL, target: Path) -> None:
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={REPLACED}*",
         "--file", str(target))  # fmt: skip


def _restore_server(file: Path, url: str, *, force: bool, keep_readers: bool, now: datetime) -> Restored:
    with file.open("rb") as start:
        if start.read(5) != b"PGDMP":
            raise BackupError(f"{file} is no backup of a PostgreSQL archive: name another, or an sqlite --database.")
    is_empty = state(url).standing is Standing.EMPTY
    if not is_empty and not force:
        raise BackupError("The database holds an archive: name an empty one, or set it aside with --force.")
    with _set_schemas_aside(url, None if is_empty else f"{REPLACED}{now.strftime('%Y%m%dt%H%M%Sz')}_") as aside:
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run("pg_restore", parse_url(url), *options, str(file))
        return Restored(aside, _bring_up(url, file, keep_readers=keep_readers))


@contextmanager
def _set_schemas_aside(url: str, prefix: str | None) -> Iterator[str | None]:
    """What is there moves into schemas with this prefix (None: nothing is); on an error it comes back.

    Gives the name under which the archive's own tables are.
    """
    if prefix is None:
        yield None
        return
    there = _administer(url, alone=True)
    moves = [f"ALTER SCHEMA {schema} RENAME TO {prefix}{schema}" for schema in there]
    _administer(url, *moves, "CREATE SCHEMA public", alone=True)
    try:
        yield f"{prefix}public"
    except BaseException:
        drops = [f"DROP SCHEMA {schema} CASCADE" for schema in _administer(url)]
        _administer(url, *drops, *(f"ALTER SCHEMA {prefix}{schema} RENAME TO {schema}" for schema in there))
        raise


def _administer(url: str, *statements: str, alone: bool = False) -> list[str]:
    """Runs statements in one transaction; gives the schemas as they are then. `alone`: if nobody else is connected."""
    engine = connect(url)
    try:
        with engine.begin() as connection:
            others = connection.scalar(_OTHERS) if alone else 0
            if others:
                raise BackupError(f"{others} other programs are connected to the database: stop zgcwatch first.")
            for statement in statements:
                connection.execute(text(statement))
            return list(connection.scalars(_SCHEMAS, {"replaced": f"{REPLACED}%"}))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise BackupError(f"What is there cannot be set aside ({reason}): connect as the database's owner.") from error
    finally:
        engine.dispose()


_SCHEMAS = text(
    "SELECT quote_ident(nspname) FROM pg_namespace "
    "WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' AND nspname NOT LIKE :replaced"
)
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def _run(program: str, url: URL, *options: str) -> None:
    """Runs one of PostgreSQL's programs; the password goes through the environment, where no list of processes is."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"{program} is not installed: install PostgreSQL's client programs (Debian: postgresql-client), "
            f"or run it where the server is, as in: {RECIPE[program]}"
        )
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    address = bare.render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - a fixed program
        [found, "--no-password", f"--dbname={address}", *options],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = "; ".join(done.stderr.strip().splitlines()[:2]) or "no reason given"
        if url.password:
            said = said.replace(str(url.password), "***")
        raise BackupError(
            f"{program} failed ({said}): see that it is as new as the server, and that the server answers."
        )
