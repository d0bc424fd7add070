"""Sweeps a farm with the whole pipeline, in a process of its own: `python -m benchmarks.collect.sweep '{"port": ...}'`.

Prints one JSON line: what each sweep cost, when each outlet was done, which addresses are in the archive.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.collect.measure import costs, memory_mb


class Clock:
    """The time of day; a benchmark may step over the hours between two sweeps."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def sweep_all(given: dict[str, Any], database: Any, pool: Any) -> dict[str, Any]:
    from crawler.catalogue import Catalogue, Outlet
    from crawler.meaning.topics import load_topics
    from crawler.runtime import Visits
    from crawler.settings import CrawlerSettings
    from crawler.visit import CrawlContext, sync_catalogue

    clock = Clock()
    settings = CrawlerSettings(allow_private_addresses=True, **given.get("settings", {}))
    catalogue = Catalogue(Outlet.model_validate(row) for row in given["outlets"])
    context = CrawlContext(
        database=database, catalogue=catalogue, topics=load_topics(), pool=pool, settings=settings, clock=clock
    )
    with database.writer() as session:
        sync_catalogue(session, catalogue, now=clock())
    visits, seats = Visits(context), asyncio.Semaphore(given.get("seats", 8))
    result: dict[str, Any] = {"sweeps": []}

    async def visit(outlet: Outlet, done: dict[str, float], counts: dict[str, Any], started: float) -> None:
        async with seats:
            report = await visits.visit(outlet, all_sources=True)
        done[outlet.id] = round(time.perf_counter() - started, 3)
        counts[outlet.id] = {name: value for name, value in asdict(report.counts).items() if name != "errors"}
        if report.error:
            result.setdefault("broken", []).append(report.error)

    for hours in given.get("hours", [0]):
        clock.ahead += timedelta(hours=hours)
        done: dict[str, float] = {}
        counts: dict[str, Any] = {}
        async with costs() as cost:
            started = time.perf_counter()
            await asyncio.gather(*(visit(outlet, done, counts, started) for outlet in catalogue))
        began = datetime.now(UTC).isoformat()
        result["sweeps"].append(
            {**cost.figures(), "done": done, "counts": counts, "memory_mb": round(memory_mb(), 1), "ended": began,
             "monotonic": time.monotonic()}
        )  # fmt: skip
    return result


def workers() -> list[int]:
    """The processes that descend from this one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    family = {os.getpid()}
    while young := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= young
    return sorted(family - {os.getpid()})


def stored_addresses(database: Any) -> list[str]:
    from storage.archive import list_articles

    found: list[str] = []
    cursor = None
    with database.reader() as session:
        while True:
            rows, cursor = list_articles(session, limit=500, after=cursor)
            found += [row.canonical_url for row in rows]
            if cursor is None:
                return found


def main(given: dict[str, Any]) -> None:
    import logging

    import structlog

    from crawler.runtime import install_loop, run_in_reactor

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    install_loop()
    from crawler.workers import ParsePool
    from storage.database import Database
    from storage.schema import upgrade

    with tempfile.TemporaryDirectory() as folder:
        url = given.get("database") or f"sqlite:///{Path(folder) / 'archive.db'}"
        upgrade(url)
        with Database.open(url) as database, ParsePool(given.get("processes", 2), 20) as pool:
            result = run_in_reactor(lambda: sweep_all(given, database, pool))
            result["worker_memory_mb"] = round(max(map(memory_mb, workers()), default=0.0), 1)
            result["stored"] = stored_addresses(database)
    print(json.dumps(result))


if __name__ == "__main__":
    main(json.loads(sys.stdin.read()))
