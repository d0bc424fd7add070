"""The database restarted under the service, locked, out of room, made read-only: what is told, and what is lost."""

import argparse
import os
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import Row
from benchmarks.scale.dying import READY, WITHOUT, all_ready, until_all_stored, wait_for
from benchmarks.scale.server import Server
from storage.database import Database
from storage.integrity import broken_promises
from tests.scheduler.stack import Process, Stack
from tests.servers.farm_judge import RunningFarm

TOLD_WITHIN = 30.0
AWAY_SECONDS = 3.0
LATE = 10.0  # seconds: what was said meanwhile is kept in the record


def restarted(chosen: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """PostgreSQL stops at once and comes back after some seconds, twenty times, while three crawlers work."""
    told: list[float] = []
    back: list[float] = []
    late: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Server() as server,
        RunningFarm(24, 150, *WITHOUT) as farm,
        Stack(Path(folder), server.url, farm, crawlers=3, crawler={"delay": 0.7, "visit_every_minutes": 0.2}) as stack,
    ):
        wait_for(lambda: all_ready(stack), 90)
        for _ in range(chosen.restarts):
            watcher = Watcher(stack.processes["web"])
            server.restart(AWAY_SECONDS)
            seconds, last = until_ready(stack, 90)
            back.append(seconds)
            late += [{"seconds": round(seconds, 1), **last}] if seconds > LATE else []
            told.append(watcher.stop())
            time.sleep(1.0)
        watcher = Watcher(stack.processes["web"])
        server.read_only(seconds=15)
        wait_for(lambda: all_ready(stack), 60, every=0.2)
        read_only = watcher.stop()
        expected = farm.expected()
        finished, _ = until_all_stored(stack, expected)
        stored = stack.stored()
        codes = {process.name: process.stop(40)[0] for process in stack.processes.values()}
        with Database.open(server.url) as database:
            broken = broken_promises(database)
    return [
        Row("restarts", len(back), str(chosen.restarts), None),
        Row("until web says that it is not ready, longest", f"{max(told):.1f} s", "<= 30 s", max(told) <= TOLD_WITHIN),
        Row("until all five are ready again, median", f"{median(back):.1f} s", "", None),
        Row("the longest", f"{max(back):.1f} s", "<= 30 s, without a hand", max(back) <= TOLD_WITHIN),
        Row("a server that is read-only for 15 s: until it is told", f"{read_only:.1f} s", "<= 30 s",
            read_only <= TOLD_WITHIN),
        Row("articles lost", len(expected - set(stored)), "0", finished),
        Row("articles doubled", len(stored) - len(set(stored)), "0", len(stored) == len(set(stored))),
        Row("promises of the archive that do not hold", len(broken), "0", not broken),
        Row("exit codes at the end", sorted(set(codes.values())), "0", set(codes.values()) == {0}),
    ], {"told": [round(one, 1) for one in told], "back": [round(one, 1) for one in back], "late": late}  # fmt: skip


def until_ready(stack: Stack, seconds: float) -> tuple[float, dict[str, Any]]:
    """How long it took until all processes were ready, and what those said that were so last."""
    began, last = time.monotonic(), {}
    while time.monotonic() - began < seconds:
        said = {name: process.ask("/readyz") for name, process in stack.processes.items()}
        waiting = {name: answer and answer["checks"] for name, (status, answer) in said.items() if status != READY}
        if not waiting:
            break
        last = waiting
        time.sleep(0.2)
    return time.monotonic() - began, last


class Watcher:
    """Asks a process again and again, and notes how long it took until it said that it is not ready."""

    def __init__(self, process: Process) -> None:
        self._process, self._began, self._ended = process, time.monotonic(), threading.Event()
        self.told: float | None = None
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ended.is_set() and self.told is None:
            if self._process.ask("/readyz")[0] == 503:
                self.told = time.monotonic() - self._began
            time.sleep(0.2)

    def stop(self) -> float:
        """Seconds until it was told; infinite when it never was."""
        self._ended.set()
        self._thread.join()
        return float("inf") if self.told is None else self.told


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory, which can be made larger, smaller and read-only. Needs root."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "zgcwatch", place], check=True)
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "-l", place], check=False)


def squeezed(_: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """The service on SQLite: somebody holds the lock for ten seconds, the disk fills up, the disk becomes read-only."""
    if os.geteuid() != 0:
        return [Row("a disk of its own", "needs root", "", None)], {}
    rows = []
    with small_disk(256) as place, tempfile.TemporaryDirectory() as name, RunningFarm(12, 120, *WITHOUT) as farm:
        folder = Path(name)
        stack = Stack(
            folder,
            f"sqlite:///{place}/archive.db",
            farm,
            crawlers=0,
            crawler={"delay": 0.7, "visit_every_minutes": 0.2},
        )
        process = stack.processes["service"]
        process.start()
        if not wait_for(lambda: process.ask("/readyz")[0] == READY, 60):
            return [Row("the service starts", process.last_words(), "", False)], {}
        for what, squeeze in (("a lock held for 10 s", lock), ("a full disk", fill)):
            watcher = Watcher(process)
            squeeze(place)
            told = watcher.stop()
            began = time.monotonic()
            is_back = wait_for(lambda: process.ask("/readyz")[0] == READY, 60, every=0.2)
            rows += [
                Row(f"{what}: until it is told", f"{told:.1f} s", "<= 30 s", told <= TOLD_WITHIN),
                Row(f"{what}: until it is well again", f"{time.monotonic() - began:.1f} s", "without a hand", is_back),
            ]
        expected = farm.expected()
        finished, took = until_all_stored(stack, expected)
        code, _ = process.stop(40)
        stored = stack.stored()
        refusal, words = refused(process, place)
        with Database.open(stack.url) as database:
            broken = broken_promises(database)
    rows += [
        Row("articles lost", len(expected - set(stored)), "0", finished),
        Row("all articles were stored after another", f"{took:.0f} s", "", None),
        Row("articles doubled", len(stored) - len(set(stored)), "0", len(stored) == len(set(stored))),
        Row("promises of the archive that do not hold", len(broken), "0", not broken),
        Row("exit code at the end", code, "0", code == 0),
        Row("a read-only disk at the start: exit code", refusal, "78, with the remedy",
            refusal == 78 and "chown" in words),
    ]  # fmt: skip
    return rows, {"words": words}


def lock(place: Path) -> None:
    holder = sqlite3.connect(place / "archive.db", isolation_level=None, timeout=30)
    holder.execute("BEGIN IMMEDIATE")
    time.sleep(10)
    holder.execute("ROLLBACK")
    holder.close()


def fill(place: Path) -> None:
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * (1 << 20))
                file.flush()
        except OSError:
            pass
    time.sleep(20)
    ballast.unlink()


def refused(process: Process, place: Path) -> tuple[int, str]:
    """The exit code and the last words of a service that starts on a read-only disk."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    process.start()
    assert process.handle is not None
    code = process.handle.wait(60)
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    return code, (process.folder / f"{process.name}.log").read_text(encoding="utf-8").splitlines()[-1]
