"""Pages a second of one crawler process and of two: where pauses are the limit, and where the processor is."""

import argparse
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.report import Row
from benchmarks.scale.dying import WITHOUT, all_ready, wait_for
from benchmarks.scale.server import Server
from tests.scheduler.stack import Stack, agents_of
from tests.servers.farm_judge import RunningFarm
from tests.servers.farm_plan import HABITS

OUTLETS = 16
FOUR_SEATS = {"concurrent_visits": 4}
SCALES = 1.6
TICKS = os.sysconf("SC_CLK_TCK")


def throughput(_: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """The same farm swept by one process and by two, each with four seats, at two paces.

    With a second between requests a process is busy when its seats are. Without a pause it is the processor: then the
    database and the farm, which run beside it, want their share of the cores, and what each had is written down.
    """
    data: dict[str, Any] = {}
    rows = []
    for name, delay, articles in (("a second between requests", 1.0, 15), ("no pause: processor-bound", 0.0, 60)):
        rates = {number: sweep(number, delay, articles) for number in (1, 2)}
        ratio = rates[2]["pages_a_second"] / rates[1]["pages_a_second"]
        data[name] = {**{str(number): rate for number, rate in rates.items()}, "ratio": round(ratio, 2)}
        bound = delay > 0
        rows += [
            *(
                Row(f"{name}: pages a second, processes: {number}", rate["pages_a_second"], "", None)
                for number, rate in rates.items()
            ),
            *(
                Row(f"{name}: of {os.cpu_count()} cores, processes: {number}", shares(rate["cores"]), "", None)
                for number, rate in rates.items()
            ),
            Row(f"{name}: ratio", f"{ratio:.2f} x", f">= {SCALES} x" if bound else "",
                ratio >= SCALES if bound else None),
        ]  # fmt: skip
    return rows, data


def shares(cores: dict[str, float]) -> str:
    return ", ".join(f"{who} {share:.2f}" for who, share in cores.items()) + f", together {sum(cores.values()):.2f}"


def sweep(crawlers: int, delay: float, articles: int) -> dict[str, Any]:
    """Pages a second between the first request and the last, and how much of a core each part took meanwhile."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server() as server,
        RunningFarm(OUTLETS, articles, *HABITS, *WITHOUT) as farm,
        Stack(Path(folder), server.url, farm, crawlers=crawlers,
              crawler={"delay": delay, "visit_every_minutes": 60}, scheduler=FOUR_SEATS) as stack,
    ):  # fmt: skip
        wait_for(lambda: all_ready(stack), 90, every=0.1)
        expected = farm.expected()
        began, before = time.monotonic(), used(stack, server, farm)
        wait_for(lambda: set(stack.stored()) >= expected, 150, every=1.0)
        waited, after = time.monotonic() - began, used(stack, server, farm)
        entries = [entry for entry in farm.log() if "/article/" in entry["path"]]
        seconds = max(entry["at"] for entry in entries) - min(entry["at"] for entry in entries)
    return {
        "pages": len(entries), "seconds": round(seconds, 1), "pages_a_second": round(len(entries) / seconds, 2),
        "by": dict(agents_of(entries)), "waited": round(waited, 1),
        "cores": {who: round((after[who] - before[who]) / waited, 2) for who in after},
    }  # fmt: skip


def used(stack: Stack, server: Server, farm: RunningFarm) -> dict[str, float]:
    """Seconds of the processor that each part of the run has had, its child processes included."""
    roots = {"database": [server.process], "farm": [farm.process]}
    for process in stack.processes.values():
        assert process.handle is not None
        part = "crawlers" if process.role == "crawler" else "scheduler and web"
        roots.setdefault(part, []).append(process.handle.pid)
    children, seconds = _processes()
    ours = {part: sum(_with_children(pid, children, seconds) for pid in pids) for part, pids in roots.items()}
    return {**ours, "anything else": _busy() - sum(ours.values())}


def _busy() -> float:
    """Seconds that all cores together have worked since the machine started."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / TICKS


def _with_children(pid: int, children: dict[int, list[int]], seconds: dict[int, float]) -> float:
    return seconds.get(pid, 0.0) + sum(_with_children(child, children, seconds) for child in children[pid])


def _processes() -> tuple[dict[int, list[int]], dict[int, float]]:
    """The children of every process, and what each process has had of the processor, ended children included."""
    children: dict[int, list[int]] = defaultdict(list)
    seconds = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended
        pid = int(file.parent.name)
        children[int(fields[1])].append(pid)
        seconds[pid] = sum(map(int, fields[11:15])) / TICKS
    return children, seconds
