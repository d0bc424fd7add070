"""Backups beside a writer, each restored and checked; how long the writer was held up.

python -m benchmarks.keeping [--megabytes 100] [--backups 30] [--every 2] [--archive FILE]

A writer stores one article a transaction, all the time, and notes how long each took. The same writer without backups
is the floor. SQLite.
"""

import argparse
import shutil
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.archive.fill import fill
from benchmarks.archive.generator import articles
from benchmarks.report import add_out, load, machine, table, write
from storage.archive import prepare, store_article
from storage.backup import back_up, restore
from storage.database import Database
from storage.position import last_seq
from storage.schema import upgrade

STEP = 2_000


def make_archive(file: Path, size: int) -> int:
    """An archive of at least so many bytes; gives the number of its articles."""
    url = f"sqlite:///{file}"
    upgrade(url)
    with Database.open(url) as database:
        with database.reader() as session:
            count = last_seq(session)
        while file.stat().st_size < size:
            count += STEP
            fill([database], count, lambda _done, _size: None)
            with database.reader() as session:
                assert last_seq(session) == count
    return count


class Writer(threading.Thread):
    """Stores articles until told to stop. `took`: milliseconds of each transaction; `blocked`: those of them that went
    into beginning and committing, where another process can hold it up.
    """

    def __init__(self, url: str, first: int) -> None:
        super().__init__()
        self.url, self.first, self.done = url, first, threading.Event()
        self.took: list[float] = []
        self.blocked: list[float] = []

    def run(self) -> None:
        with Database.open(self.url) as database:
            for draft, seen in articles(self.first, 1_000_000):
                if self.done.is_set():
                    return
                prepared = prepare(draft.title, draft.subtitle, draft.body)
                started = time.perf_counter()
                with database.writer() as session:
                    session.connection()  # BEGIN IMMEDIATE: here a writer waits for others
                    begun = time.perf_counter()
                    store_article(session, draft, now=seen, prepared=prepared)
                    stored = time.perf_counter()
                ended = time.perf_counter()
                self.took.append((ended - started) * 1000)
                self.blocked.append((begun - started + ended - stored) * 1000)
                time.sleep(0.01)


def row(name: str, took: list[float]) -> dict[str, Any]:
    places = quantiles(took, n=100, method="inclusive")
    return {
        "": name,
        "transactions": len(took),
        "p50 ms": round(places[49], 1),
        "p95 ms": round(places[94], 1),
        "p99 ms": round(places[98], 1),
        "longest ms": round(max(took), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--backups", type=int, default=30)
    parser.add_argument("--every", type=float, default=2, help="seconds between the beginnings of two backups")
    parser.add_argument("--archive", type=Path, help="begin with a copy of this archive of such articles")
    add_out(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found = measure(folder, options)
    text = "\n\n".join((
        "# Backups beside a writer",
        f"{found['date']}, {found['machine']}, load afterwards {found['load after']}",
        f"SQLite, {found['megabytes']} MB at the start, one article a transaction, a backup every {options.every} s.",
        table(found["writer"]),
        table([found["backups"]]),
    ))  # fmt: skip
    write("keeping", text, found, options.out)
    print(text)


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    file = folder / "archive.db"
    if options.archive:
        shutil.copyfile(options.archive, file)
    count = make_archive(file, options.megabytes * 1_000_000)
    url, size = f"sqlite:///{file}", file.stat().st_size
    alone = Writer(url, count + 1)
    alone.start()
    time.sleep(options.every * 5)
    alone.done.set()
    alone.join()
    beside = Writer(url, count + len(alone.took) + 10)
    beside.start()
    seconds, passed = [], 0
    for number in range(options.backups):
        started = time.perf_counter()
        back_up(url, folder / f"{number}.db", now=datetime.now(UTC))
        seconds.append(time.perf_counter() - started)
        time.sleep(max(0.0, options.every - seconds[-1]))
    beside.done.set()
    beside.join()
    for number in range(options.backups):
        restored = folder / "restored.db"
        # Raises where one is not whole.
        restore(folder / f"{number}.db", f"sqlite:///{restored}", now=datetime.now(UTC))
        restored.unlink()
        passed += 1
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load after": load(),
        "megabytes": round(size / 1e6),
        "writer": [
            row("alone, whole transaction", alone.took),
            row("beside backups, whole transaction", beside.took),
            row("alone, begin and commit", alone.blocked),
            row("beside backups, begin and commit", beside.blocked),
        ],
        "backups": {
            "backups": options.backups,
            "restored and whole": passed,
            "longest backup s": round(max(seconds), 2),
            "shortest s": round(min(seconds), 2),
        },
    }


if __name__ == "__main__":
    main()
