"""Processes that are killed, and processes that are told to stop, at random moments."""

import argparse
import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import Row
from benchmarks.scale.server import Server
from tests.scheduler.stack import Process, Stack, interleaved, two_at_a_host
from tests.servers.farm_judge import RunningFarm

# Habits that cost time, or whose pages are tried again hours later: they say nothing about processes that die.
WITHOUT = (
    *("hang", "hanging_page", "closed_robots", "slow"),
    *("busy_source", "busy_page", "broken_page", "truncated"),
)
RESUME_WITHIN = 60.0
VISIT_PAUSE = 5.0  # seconds without a request after which a visit counts as over: above every pause inside one
STOP_WITHIN = 25.0
READY = 200
SLOW_STOP = 8.0  # seconds: what was said meanwhile is kept in the record
PAGES = 4800  # announced by all outlets together: work for as long as processes are killed, and some more
NOTHING_NEW_FOR = 90.0  # seconds: every outlet was visited again meanwhile, what is not stored then is lost
AT_MOST = 480.0


def wait_for(condition: Any, seconds: float, every: float = 0.5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(every)
    return False


def until_all_stored(stack: Stack, expected: set[str]) -> tuple[bool, float]:
    """Whether everything was stored in the end, and after how long: waits as long as articles still come."""
    began = grew_at = time.monotonic()
    known = -1
    while time.monotonic() - grew_at < NOTHING_NEW_FOR and time.monotonic() - began < AT_MOST:
        stored = set(stack.stored())
        if stored >= expected:
            return True, time.monotonic() - began
        if len(stored) > known:
            known, grew_at = len(stored), time.monotonic()
        time.sleep(2.0)
    return False, time.monotonic() - began


def all_ready(stack: Stack) -> bool:
    return all(process.ask("/readyz")[0] == READY for process in stack.processes.values())


def killed(chosen: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """Three crawlers, a scheduler and web; one of the five is killed at random, again and again, while they work."""
    chance = random.Random(20261125)
    entries: list[dict[str, Any]] = []
    kills: list[tuple[float, str]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Server() as server,
        RunningFarm(chosen.outlets, PAGES // chosen.outlets, *WITHOUT) as farm,
        Stack(Path(folder), server.url, farm, crawlers=3, crawler={"delay": 2.0, "visit_every_minutes": 0.2},
              scheduler={"concurrent_visits": 2 + chosen.outlets // 2}) as stack,
    ):  # fmt: skip
        wait_for(lambda: all_ready(stack), 90)
        names = list(stack.processes)
        for _ in range(chosen.kills):
            process = stack.processes[chance.choice(names)]
            kills.append((time.monotonic(), f"zgcwatch/{process.name}"))
            process.kill()
            time.sleep(chance.uniform(0.05, 0.5))
            process.start()
            time.sleep(chance.uniform(3.0, 7.0))
            entries += farm.log()
        expected = farm.expected()
        finished, _ = until_all_stored(stack, expected)
        entries += farm.log()
        stored = stack.stored()
        codes = {process.name: process.stop(40)[0] for process in stack.processes.values()}
        broken = sorted(
            {str(e["event"]) for p in stack.processes.values() for e in p.events() if "broke" in e["event"]}
        )
    waits = resumed(entries, kills)
    rows = [
        Row("processes killed by kill -9", len(kills), str(chosen.kills), len(kills) == chosen.kills),
        Row("articles lost", len(expected - set(stored)), "0", finished and not expected - set(stored)),
        Row("articles doubled", len(stored) - len(set(stored)), "0", len(stored) == len(set(stored))),
        Row("articles stored", f"{len(set(stored))} of {len(expected)}", "all", None),
        Row("requests beside another process's at one host", len(two_at_a_host(entries)), "0",
            not two_at_a_host(entries)),
        Row("visits with another process inside", len(interleaved(entries, VISIT_PAUSE)), "0",
            not interleaved(entries, VISIT_PAUSE)),
        Row("hosts a killed process was at", len(waits), "", None),
        Row("until such a host was visited again, median", f"{median(waits or [0]):.1f} s", "", None),
        Row("the longest", f"{max(waits or [0]):.1f} s", "<= 60 s", max(waits or [0]) <= RESUME_WITHIN),
        Row("exit codes at the end", sorted(set(codes.values())), "0", set(codes.values()) == {0}),
    ]  # fmt: skip
    return rows, {"requests": len(entries), "waits": [round(wait, 1) for wait in sorted(waits)], "broken": broken,
                  "interleaved": interleaved(entries, VISIT_PAUSE)[:20]}  # fmt: skip


def resumed(entries: list[dict[str, Any]], kills: list[tuple[float, str]]) -> list[float]:
    """For every host that a process was at when it was killed: seconds until the next request there, by anybody."""
    waits = []
    for at, agent in kills:
        hosts = {e["host"] for e in entries if e["agent"] == agent and at - VISIT_PAUSE / 2 < e["at"] <= at}
        for host in hosts:
            later = [entry["at"] for entry in entries if entry["host"] == host and entry["at"] > at]
            if later:
                waits.append(min(later) - at)
    return waits


def told_to_stop(chosen: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """The whole service in one process on SQLite, SIGTERM at a random moment of its work, again and again."""
    chance = random.Random(4)
    stops: list[tuple[int, float]] = []
    slow: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, RunningFarm(12, 40, *WITHOUT) as farm:
        folder = Path(name)
        stack = Stack(
            folder,
            f"sqlite:///{folder}/archive.db",
            farm,
            crawlers=0,
            crawler={"delay": 0.3, "visit_every_minutes": 0.1},
        )
        process = stack.processes["service"]
        for _ in range(chosen.stops):
            process.start()
            time.sleep(chance.uniform(0.6, 8.0))
            stops.append(process.stop(60))
            if stops[-1][1] > SLOW_STOP:
                slow.append({"seconds": round(stops[-1][1], 1), "said": said_last(process)})
        process.start()
        wait_for(lambda: process.ask("/readyz")[0] == READY, 60)  # there may be nothing left to store
        expected = farm.expected()
        finished, _ = until_all_stored(stack, expected)
        stops.append(process.stop(60))
        stored, words = stack.stored(), process.last_words()
    codes = sorted({code for code, _ in stops})
    longest = max(seconds for _, seconds in stops)
    return [
        Row("times told to stop", len(stops) - 1, str(chosen.stops), None),
        Row("exit codes", codes, "0", codes == [0]),
        Row("the longest until the process had ended", f"{longest:.1f} s", "<= 25 s", longest <= STOP_WITHIN),
        Row("median", f"{median(seconds for _, seconds in stops):.1f} s", "", None),
        Row("articles lost", len(expected - set(stored)), "0", finished),
        Row("articles doubled", len(stored) - len(set(stored)), "0", len(stored) == len(set(stored))),
    ], {"seconds": [round(seconds, 2) for _, seconds in stops], "words": words, "slow": slow}  # fmt: skip


def said_last(process: Process) -> list[str]:
    """When and what the process said at its end, for the record of a stop that took long."""
    told = ((event.get("timestamp", ""), event.get("event", ""), event.get("outlet", "")) for event in process.events())
    return [" ".join(str(part)[:100] for part in event) for event in list(told)[-25:]]
