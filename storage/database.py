"""One way to the database, SQLite or PostgreSQL: readers see a snapshot and cannot write, writers commit or undo."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from storage.errors import ConfigurationError, DatabaseUnreachable

__all__ = ["UNAVAILABLE", "Database", "Session", "connect", "masked_url", "parse_url", "sqlite_path"]

DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
BUSY_TIMEOUT_MS = 30_000
# What any use of the archive may raise while it is away, locked, full or read-only: it says nothing of whoever used it.
UNAVAILABLE: tuple[type[Exception], ...] = (OperationalError, InterfaceError, InternalError, NoConnection)


class Database:
    """An open archive. Thread-safe; each `reader()` or `writer()` is one transaction on its own connection."""

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._writing = engine.execution_options(zgcwatch_writes=True)
        self.url = url
        self.dialect: str = engine.dialect.name

    @classmethod
    def open(cls, url: str, *, check_schema: bool = True) -> Self:
        """Open the archive at a `sqlite:///` or `postgresql://` URL.

        Raises SchemaError when the tables are missing, older or newer than this code, ConfigurationError when
        the URL or the folder is wrong, DatabaseUnreachable when the server does not answer.
        """
        if check_schema:
            from storage import schema

            schema.require_current(url)
        return cls(connect(url), url)

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A session that sees one state of the archive and refuses to write."""
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        engine = self._engine.execution_options(**options) if self.dialect == "postgresql" else self._engine
        with Session(engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writer(self) -> Iterator[Session]:
        """A session for one transaction: committed on leaving, undone on any error. One writer at a time on SQLite."""
        with Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def parse_url(text: str) -> URL:
    """The database URL with the driver this project uses; a wrong one is an error that names the right forms."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in DRIVERS:
        raise ConfigurationError(
            "The database URL is not understood: use sqlite:////absolute/path/archive.db, sqlite:///relative.db "
            "or postgresql://user:password@host/name."
        )
    if url.drivername == "sqlite" and (not url.database or url.database == ":memory:"):
        raise ConfigurationError(
            "The archive cannot live in memory only: name a file, as in sqlite:////var/lib/zgcwatch/archive.db."
        )
    return url.set(drivername=DRIVERS[url.drivername])


def connect(text: str) -> Engine:
    """An engine whose first connection has been tried, so that a wrong place is told at the start."""
    url = parse_url(text)
    if url.drivername == "sqlite":
        _require_writable(Path(str(url.database)))
    engine = create_engine(
        url,
        json_serializer=partial(json.dumps, ensure_ascii=False),
        hide_parameters=True,  # an error's text goes to the log: no article, address or token may be in it
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000} if url.drivername == "sqlite" else {"connect_timeout": 10},
        pool_pre_ping=url.drivername != "sqlite",
    )
    if url.drivername == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkin", _follow_the_server)
    try:
        engine.connect().close()
    except (OperationalError, DatabaseError) as error:
        engine.dispose()
        raise _explain(url, error) from None
    return engine


def sqlite_path(text: str) -> Path | None:
    """The file of an SQLite URL, None for a server."""
    url = parse_url(text)
    return Path(str(url.database)) if url.drivername == "sqlite" else None


def masked_url(text: str) -> str:
    """The URL as it may be shown: its password as stars."""
    try:
        return make_url(text).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "***"


def _require_writable(file: Path) -> None:
    folder = file.parent
    if not folder.is_dir():
        raise ConfigurationError(
            f"The folder {folder} of the database {file.name} does not exist: make it, or change the database URL."
        )
    # Beside the file SQLite keeps its write-ahead log, so the folder has to be writable, too; and may be entered.
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _read_only(file, folder)
    if file.is_dir():
        raise ConfigurationError(f"The database {file} is a folder: name a file inside it in the database URL.")
    if file.exists() and not os.access(file, os.W_OK):
        raise _read_only(file, file)


def _read_only(file: Path, place: Path) -> ConfigurationError:
    return ConfigurationError(
        f"The database {file} cannot be written: {place} is read-only for this user; mount it writable, and "
        f"run `chown -R {os.getuid()}:{os.getgid()} {file.parent}` as root (of a folder of the host, there)."
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling starts writers too late; `_begin_sqlite` starts every transaction itself.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("zgcwatch_writes", False)
    if connection.info.get("writes") is not writes:
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        connection.info["writes"] = writes
    # A writer that begins deferred dies with "database is locked" as soon as another one was faster.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _follow_the_server(connection: Any, _record: Any) -> None:
    # After a reader SQLAlchemy would have the connection ask for READ WRITE from then on, whatever the server's default
    # says: where an operator made the server read-only, we would go on writing.
    if connection is not None and not connection.closed:
        connection.read_only = None


def _explain(url: URL, error: DatabaseError) -> ConfigurationError | DatabaseUnreachable:
    shown = url.render_as_string(hide_password=True)
    reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    if url.password:
        reason = reason.replace(str(url.password), "***")
    if url.drivername == "sqlite":
        return ConfigurationError(
            f"{url.database} cannot be opened as a database ({reason}): name another file, or restore a backup."
        )
    return DatabaseUnreachable(
        f"The database {shown} does not answer ({reason}): start the server, or correct the database URL."
    )
