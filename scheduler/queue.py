"""Visits through PostgreSQL: procrastinate keeps the queue, the leader fills it, every crawler process works it off.

A job says only which outlet: what is due of it is asked of the archive when the visit begins, so that a job that comes
late or twice does no harm. Jobs carry two locks: by outlet, so that none waits twice, and by host, so that no two
processes are sent to one host.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from psycopg import AsyncConnection

from crawler.catalogue import Outlet
from crawler.fetch.pace import host_of
from scheduler.dispatch import Visit
from storage.queue import QUEUE_SCHEMA, connection_info

log = structlog.get_logger()

QUEUE, TASK = "visits", "visit"
HEARTBEAT_SECONDS = 5.0
STALLED_AFTER_SECONDS = 20.0
POLL_SECONDS = 5.0
BEGIN_AGAIN_SECONDS = 2.0
# A pool that goes on trying waits twice as long each time: after a server was away for 40 s, 14 s more. One that gives
# up soon tries anew whenever it is asked.
POOL: dict[str, Any] = {"min_size": 1, "max_size": 3, "timeout": 10.0, "reconnect_timeout": 5.0}


@dataclass
class Queue:
    """One process's end of the queue; open while inside `opened`."""

    url: str
    visit: Visit
    seats: int
    heartbeat: float = HEARTBEAT_SECONDS
    stalled_after: float = STALLED_AFTER_SECONDS
    _app: App = field(init=False)

    def __post_init__(self) -> None:
        self._app = App(connector=PsycopgConnector(conninfo=connection_info(self.url), configure=_configure, **POOL))
        self._app.task(name=TASK, queue=QUEUE)(self._make)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Queue"]:
        async with self._app.open_async():
            yield self

    async def _make(self, outlet: str) -> None:
        await self.visit(outlet)

    async def offer(self, outlets: Sequence[Outlet]) -> int:
        """Defer a visit of each outlet that has none waiting or running; how many."""
        busy = await self.busy()
        new = [outlet for outlet in outlets if outlet.id not in busy]
        deferred = 0
        for outlet in new:
            job = self._app.configure_task(
                TASK, queue=QUEUE, lock=f"host:{host_of(outlet.home)}", queueing_lock=f"outlet:{outlet.id}"
            )
            with contextlib.suppress(AlreadyEnqueued):  # another leader was faster
                await job.defer_async(outlet=outlet.id)
                deferred += 1
        return deferred

    async def busy(self) -> dict[str, str]:
        """Outlets with a visit that waits (todo) or runs (doing)."""
        states = (Status.TODO.value, Status.DOING.value)
        jobs = [
            job
            for state in states
            for job in await self._app.job_manager.list_jobs_async(queue=QUEUE, task=TASK, status=state)
        ]
        return {str(job.task_kwargs["outlet"]): str(job.status) for job in jobs}

    async def revive(self) -> int:
        """Give visits of processes that have died to others; how many."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self.stalled_after))
        for job in stalled:
            await self._revive(job)
        return len(stalled)

    async def _revive(self, job: Job) -> None:
        manager = self._app.job_manager
        log.warning("visit.stalled", outlet=job.task_kwargs.get("outlet"), attempts=job.attempts)
        try:
            await manager.retry_job(job)
        except ConnectorException:  # it ended in this moment, or the next visit of its outlet waits already
            with contextlib.suppress(ConnectorException):
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)

    async def work(self) -> None:
        """Visit what is queued until cancelled; a worker that broke (the database was away) begins again."""
        while True:
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self.seats,
                    fetch_job_polling_interval=POLL_SECONDS,
                    abort_job_polling_interval=60.0,
                    update_heartbeat_interval=self.heartbeat,
                    stalled_worker_timeout=self.stalled_after,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
                log.warning("queue.worker_ended")
            except Exception as error:  # noqa: BLE001 - whatever it was, the queue is still there
                log.warning("queue.worker_broke", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(BEGIN_AGAIN_SECONDS)


async def _configure(connection: AsyncConnection) -> None:
    """The queue's tables are in a schema of their own; a pooler in between need not pass start-up options on."""
    await connection.execute(f"SET search_path TO {QUEUE_SCHEMA}")
    await connection.commit()
