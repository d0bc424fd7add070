"""The service's clock work: what is looked at, how often, by whom. Truth about what is due is in the database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.metrics import Metrics

log = structlog.get_logger()

# The default grace of one second silently lost a job when the loop was busy for two (docs/decisions/0002).
MISFIRE_GRACE_SECONDS = 300
Action = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Tick:
    """One job: `role` has it, `lease` is the one this process must have to do it (None: any process does)."""

    name: str
    role: str
    lease: str | None
    action: Action
    trigger: Any


def guarded(tick: Tick, leads: Callable[[str], bool], metrics: Metrics, clock: Callable[[], datetime]) -> Action:
    """A tick that fails is said once and tried again at the next one; it never takes the service with it."""

    async def run() -> None:
        if tick.lease is not None and not leads(tick.lease):
            return
        try:
            await tick.action()
        except Exception:
            metrics.tick_failures.labels(tick.name).inc()
            log.exception("tick.failed", job=tick.name)
        else:
            metrics.tick_success.labels(tick.name).set(clock().timestamp())

    return run


def schedule(
    ticks: list[Tick],
    *,
    zone: ZoneInfo,
    leads: Callable[[str], bool],
    metrics: Metrics,
    clock: Callable[[], datetime],
) -> AsyncIOScheduler:
    """A scheduler with these ticks, each due at once; not started."""
    scheduler = AsyncIOScheduler(
        timezone=zone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_SECONDS},
    )
    for tick in ticks:
        action = guarded(tick, leads, metrics, clock)
        scheduler.add_job(action, tick.trigger, id=tick.name, next_run_time=clock())
    return scheduler
