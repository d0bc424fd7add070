"""Seven days of the service in fake time: `python -m benchmarks.soak [--days 7] [--outlets 8]`.

Everything is the service's own but the clock and the timer: its ticks, visits over HTTP, its archive on SQLite, mails
by SMTP. The timer goes from tick to tick; what a tick starts ends before the clock moves on.
"""

import argparse
import asyncio
import heapq
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.collect.measure import memory_mb
from benchmarks.report import Row, add_out, verdicts
from benchmarks.scale.report import keep
from benchmarks.soak.plan import DAYS, SEOUL, START, soak_plan

ROOT = Path(__file__).resolve().parents[2]
READERS = ["a@example.com", "b@example.com", "c@example.com"]
DELIVER_AT = "07:40"
LATEST = timedelta(minutes=3)  # after the hour of delivery
MOST_GROWTH = 1.0  # MB a day
# Ticks of every few seconds only look at leases and files; in fake time once a minute says as much.
SELDOM = {"lead": 60, "reload": 600, "figures": 300}
ABOUT = """\
The whole service in one process, its clock and timer replaced; outlets that publish and misbehave by plan
(`benchmarks/soak/plan.py`) in a process of their own, over HTTP on loopback addresses; a real SMTP server takes the
mail. Memory is the process's resident set, measured each midnight after the first day; the slope is a least-squares
line. Descriptors are those of /proc/self/fd."""


class Clock:
    """The time of the soak, also written where the outlets read it."""

    def __init__(self, file: Path) -> None:
        self.file, self._now = file, START
        self.set(START)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now
        written = self.file.with_suffix(".part")
        written.write_text(now.isoformat(), encoding="ascii")
        written.replace(self.file)


@contextmanager
def site(outlets: int, clock: Path) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.soak.site", str(outlets), str(clock)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["port"]
    finally:
        process.kill()
        process.wait()


class Soak:
    """The service's own work, driven from tick to tick."""

    def __init__(self, service: Any, dispatch: Any, clock: Clock, days: int, mails: list[Any]) -> None:
        self.service, self.dispatch, self.clock, self.days, self.mails = service, dispatch, clock, days, mails
        self.mailed_at: list[datetime] = []
        self.memory: list[float] = []
        self.descriptors: list[int] = []
        self.states: list[tuple[datetime, str, str]] = []
        self.failed: Counter[str] = Counter()
        self.ticked: Counter[str] = Counter()
        self._last: dict[str, str] = {}

    async def run(self) -> None:
        ticks = {tick.name: tick for tick in self.service.ticks(self.dispatch, None)}
        due = [(START, number, name) for number, name in enumerate(ticks)]
        end, midnight = START + timedelta(days=self.days), START + timedelta(days=1)
        heapq.heapify(due)
        while due[0][0] < end:
            at, number, name = heapq.heappop(due)
            if at >= midnight:
                self._measure()
                midnight += timedelta(days=1)
            self.clock.set(at)
            await self._tick(ticks[name])
            heapq.heappush(due, (self._next(ticks[name], at), number, name))
        self._measure()

    def _next(self, tick: Any, at: datetime) -> datetime:
        if tick.name in SELDOM:
            return at + timedelta(seconds=SELDOM[tick.name])
        following: datetime = tick.trigger.get_next_fire_time(at, at + timedelta(microseconds=1))
        return following

    async def _tick(self, tick: Any) -> None:
        self.ticked[tick.name] += 1
        try:
            await tick.action()
        except Exception as error:  # noqa: BLE001 - counted, and the run goes on as the service would
            self.failed[f"{tick.name}: {type(error).__name__}: {error}"] += 1
        for number in range(len(self.mailed_at), len(self.mails)):
            self.mailed_at.append(self.clock())
            self.mails[number] = replace(self.mails[number], content=b"")  # or the run's own memory would grow by them
        if tick.name == "visits":
            await self.dispatch.idle()
        if tick.name == "health":
            await asyncio.to_thread(self._note_states)

    def _note_states(self) -> None:
        from storage.health import health_rows

        with self.service.work.database.reader() as session:
            found = {row.outlet: row.state.value for row in health_rows(session) if row.source_id == 0}
        for outlet, state in found.items():
            if self._last.get(outlet, "ok") != state:
                self.states.append((self.clock(), outlet, state))
        self._last |= found

    def _measure(self) -> None:
        import gc

        gc.collect()
        self.memory.append(round(memory_mb(), 1))
        self.descriptors.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - the listing itself is one of them
        print(
            f"{self.clock():%m-%d %H:%M} {self.memory[-1]} MB, {self.descriptors[-1]} open", file=sys.stderr, flush=True
        )


def soak(chosen: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    import structlog

    from crawler.runtime import install_loop, run_in_reactor
    from storage import heap

    heap.keep_small()
    install_loop()
    said: Counter[str] = Counter()
    structlog.configure(
        processors=[partial(_count, said)], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    from cli.demo.sink import Sink
    from crawler.catalogue import Catalogue, Outlet
    from crawler.fetch.pace import Pace
    from crawler.meaning.topics import load_topics
    from crawler.settings import CrawlerSettings
    from crawler.turns import HostTurns
    from crawler.visit import CrawlContext
    from crawler.workers import ParsePool
    from digest.settings import DigestSettings
    from scheduler.dispatch import Embedded
    from scheduler.metrics import Metrics
    from scheduler.service import Service
    from scheduler.settings import SchedulerSettings
    from scheduler.work import Work
    from storage.database import Database
    from storage.readiness import Readiness
    from storage.schema import upgrade
    from storage.settings import StorageSettings

    plan = soak_plan(chosen.outlets)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = Clock(folder / "clock")
        url = f"sqlite:///{folder / 'archive.db'}"
        upgrade(url)
        with (
            site(chosen.outlets, clock.file) as port,
            Sink() as sink,
            Database.open(url) as database,
            ParsePool(1, 20) as pool,
        ):
            settings = CrawlerSettings(
                contact="https://example.com/bot", allow_private_addresses=True, delay=0, download_timeout=0.5,
                recheck_after=(1, 24), visit_every_minutes=60,
            )  # fmt: skip
            context = CrawlContext(
                database=database, catalogue=Catalogue(Outlet.model_validate(row(outlet, port)) for outlet in plan),
                topics=load_topics(), pool=pool, settings=settings, clock=clock, turns=HostTurns(database, clock),
            )  # fmt: skip
            context.manners.pace = Pace(lambda: clock().timestamp())  # a host's rest passes with the days
            digest = DigestSettings.model_validate(
                {"recipients": READERS, "sender": "zgcwatch@example.com", "deliver_at": DELIVER_AT,
                 "smtp": {"host": "127.0.0.1", "port": sink.port, "security": "none"}}
            )  # fmt: skip
            work = Work(
                database=database, crawl=context, digest=digest, storage=StorageSettings(), metrics=Metrics("0"),
                clock=clock,
            )  # fmt: skip
            timing = SchedulerSettings(tick_seconds=300, delivery_tick_seconds=60)
            service = Service(work, timing, Readiness(database, clock))
            run = Soak(service, Embedded(work.visit, 8), clock, chosen.days, sink.messages)
            run_in_reactor(run.run)
            run.failed.update(said)
            return judged(run, chosen)


def _count(said: Counter[str], _: Any, level: str, event: dict[str, Any]) -> Any:
    """Keeps what went wrong by its name, and drops the line."""
    import structlog

    # what an outlet does is no fault of ours: visits that fail by plan say so as warnings
    said[f"{level}: {event['event']} {event.get('error', '')}"[:200]] += 1
    raise structlog.DropEvent


def row(outlet: Any, port: int) -> dict[str, Any]:
    base = f"http://{outlet.host}:{port}"
    return {
        "id": outlet.id, "name": f"담금일보 {outlet.number}", "home": f"{base}/", "hosts": [f"{outlet.host}:{port}"],
        "sources": [{"kind": "feed", "url": f"{base}/rss.xml"}], "sample": True,
        "urls": {"article": [r"/news/\d+"], "number": r"/(\d+)$"},
        "profiles": [{"name": "farm", "body": ["#article-body"]}],
    }  # fmt: skip


def slope(values: list[float]) -> float:
    """Of a least-squares line over equal steps."""
    steps = range(len(values))
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    spread = sum((step - middle) ** 2 for step in steps)
    return sum((step - middle) * (value - mean) for step, value in zip(steps, values, strict=True)) / spread


def judged(run: Soak, chosen: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    memory = run.memory[1:] if len(run.memory) > 2 else run.memory
    growth = round(slope(memory), 2) if len(memory) > 1 else 0.0
    # The window that had closed before the start is mailed at once; it belongs to no day of the run.
    daily = [
        (mail, at) for mail, at in zip(run.mails, run.mailed_at, strict=True) if at - START > timedelta(minutes=30)
    ]
    per_reader = Counter((mail.recipients[0], str(at.astimezone(SEOUL).date())) for mail, at in daily)
    days = {day for _, day in per_reader}
    late = [at for _, at in daily if not on_time(at)]
    wrong = wrong_states(run, chosen)
    return [
        Row("days", chosen.days, "", None),
        Row("visits' ticks, all ticks", f"{run.ticked['visits']}, {sum(run.ticked.values())}", "", None),
        Row("growth of the process", f"{growth} MB a day", f"<= {MOST_GROWTH} MB", growth <= MOST_GROWTH),
        Row("memory at the end", f"{run.memory[-1]} MB", "", None),
        Row("descriptors, after the first day and at the end", f"{run.descriptors[0]}, {run.descriptors[-1]}",
            "no more", run.descriptors[-1] <= run.descriptors[0]),
        Row("days with a digest", len(days), str(chosen.days), len(days) == chosen.days),
        Row("digests a reader had twice, or not at all",
            sum(per_reader[reader, day] != 1 for reader in READERS for day in days), "0",
            all(per_reader[reader, day] == 1 for reader in READERS for day in days)),
        Row("mails before their hour or three minutes after it", len(late), "0", not late),
        Row("ticks that failed, and errors in the log", sum(run.failed.values()), "0", not run.failed),
        Row("states of outlets that were not what happened", len(wrong), "0", not wrong),
    ], {
        "memory": run.memory, "descriptors": run.descriptors, "failed": dict(run.failed), "wrong": wrong,
        "states": [f"{at.astimezone(SEOUL):%m-%d %H:%M} {outlet} {state}" for at, outlet, state in run.states],
        "mails": sorted(f"{day} {reader}" for reader, day in per_reader),
    }  # fmt: skip


def on_time(at: datetime) -> bool:
    hour, minute = map(int, DELIVER_AT.split(":"))
    due = at.astimezone(SEOUL).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return due <= at <= due + LATEST


def wrong_states(run: Soak, chosen: argparse.Namespace) -> list[str]:
    """Faults that were not called by their name, did not end, and alarms without a fault."""
    wrong = []
    end = START + timedelta(days=chosen.days)
    for outlet in soak_plan(chosen.outlets):
        told = [(at, state) for at, name, state in run.states if name == outlet.id]
        fault = outlet.fault
        if fault is None or fault.state is None or START + fault.starts + timedelta(hours=12) > end:
            wrong += [
                f"{outlet.id}: {state} at {at:%m-%d %H:%M} without a fault" for at, state in told if state != "ok"
            ]
            continue
        states = [state for _, state in told]
        if fault.state not in states:
            wrong.append(f"{outlet.id}: never {fault.state}, but {states}")
        if START + fault.ends + timedelta(days=1) < end and states[-1:] != ["ok"]:
            wrong.append(f"{outlet.id}: not well again, but {states}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.soak", description="Days of the service in fake time.")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--outlets", type=int, default=8)
    add_out(parser)
    chosen = parser.parse_args()
    started = time.perf_counter()
    rows, data = soak(chosen)
    data["minutes"] = round((time.perf_counter() - started) / 60, 1)
    print(verdicts(rows), flush=True)
    part = f"{chosen.days} days, {chosen.outlets} outlets"
    print(f"written: {keep('soak', 'The service over a week', ABOUT, part, rows, data, chosen.out)}", flush=True)
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
