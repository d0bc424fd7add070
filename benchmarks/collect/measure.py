"""What a process costs while it works: how late its loop is, its processor time, its memory."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK = 0.005  # seconds between two looks at the loop


@dataclass
class Costs:
    lags: list[float] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0

    def figures(self) -> dict[str, float]:
        lags = sorted(self.lags) or [0.0]
        return {
            "seconds": round(self.wall, 2),
            "cpu_seconds": round(self.cpu, 2),
            "lag_p50_ms": round(statistics.median(lags) * 1000, 1),
            "lag_p95_ms": round(lags[int(len(lags) * 0.95)] * 1000, 1),
            "lag_max_ms": round(lags[-1] * 1000, 1),
        }


@asynccontextmanager
async def costs() -> AsyncIterator[Costs]:
    """The costs of what runs inside, for this process alone (workers are processes of their own)."""
    found = Costs()

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(TICK)
            found.lags.append(loop.time() - before - TICK)

    watcher = asyncio.create_task(watch())
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield found
    finally:
        found.wall, found.cpu = time.perf_counter() - wall, time.process_time() - cpu
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


def memory_mb(pid: int | str = "self") -> float:
    """Resident memory that belongs to a process alone or that it shares, in MB (RssAnon + file pages)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
