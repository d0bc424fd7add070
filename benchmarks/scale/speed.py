"""Pages a second of one crawler process and of two: where pauses are the limit, and where the processor is."""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.scale.dying import WITHOUT, all_ready, wait_for
from benchmarks.scale.report import Row
from benchmarks.scale.server import Server
from tests.scheduler.stack import Stack, agents_of
from tests.servers.farm_judge import RunningFarm
from tests.servers.farm_plan import HABITS

FOUR_SEATS = {"concurrent_visits": 4}
SCALES = 1.6


def throughput(_: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """The same farm swept by one process and by two, each with four seats, at two paces."""
    data: dict[str, Any] = {}
    rows = []
    for name, delay, articles in (("a second between requests", 1.0, 15), ("no pause: processor-bound", 0.0, 60)):
        rates = {number: sweep(number, delay, articles) for number in (1, 2)}
        ratio = rates[2]["pages_a_second"] / rates[1]["pages_a_second"]
        data[name] = {**{str(number): rate for number, rate in rates.items()}, "ratio": round(ratio, 2)}
        bound = delay > 0
        rows += [
            Row(f"{name}: pages a second, one process", rates[1]["pages_a_second"], "", None),
            Row(f"{name}: two processes", rates[2]["pages_a_second"], "", None),
            Row(f"{name}: ratio", f"{ratio:.2f} x", ">= 1.6 x" if bound else "", ratio >= SCALES if bound else None),
        ]
    return rows, data


def sweep(crawlers: int, delay: float, articles: int) -> dict[str, Any]:
    """Pages a second between the first request and the last."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server() as server,
        RunningFarm(16, articles, *HABITS, *WITHOUT) as farm,
        Stack(Path(folder), server.url, farm, crawlers=crawlers,
              crawler={"delay": delay, "visit_every_minutes": 60}, scheduler=FOUR_SEATS) as stack,
    ):  # fmt: skip
        wait_for(lambda: all_ready(stack), 90, every=0.1)
        expected = farm.expected()
        began = time.monotonic()
        wait_for(lambda: set(stack.stored()) >= expected, 150)
        entries = [entry for entry in farm.log() if "/article/" in entry["path"]]
        seconds = max(entry["at"] for entry in entries) - min(entry["at"] for entry in entries)
    return {
        "pages": len(entries), "seconds": round(seconds, 1), "pages_a_second": round(len(entries) / seconds, 2),
        "by": dict(agents_of(entries)), "waited": round(time.monotonic() - began, 1),
    }  # fmt: skip
