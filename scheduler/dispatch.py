"""How due visits get to whoever makes them: at once in this process, or through a queue to any number of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from crawler.catalogue import Outlet

log = structlog.get_logger()

Visit = Callable[[str], Awaitable[object]]


class Dispatch(Protocol):
    """Takes outlets that are due and has them visited, each by one visit at a time."""

    async def offer(self, outlets: Sequence[Outlet]) -> int:
        """Have these visited unless that is under way or waiting already; how many were new."""

    async def work(self) -> None:
        """Visit what was offered, here, until cancelled; then let what is under way end."""


@dataclass
class Embedded:
    """Visits in this process, `seats` at a time. What waits for a seat is in memory only: it stays due."""

    visit: Visit
    seats: int
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict, init=False)
    _free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.seats)

    async def offer(self, outlets: Sequence[Outlet]) -> int:
        new = [outlet.id for outlet in outlets if outlet.id not in self._tasks]
        for outlet_id in new:
            self._tasks[outlet_id] = asyncio.create_task(self._make(outlet_id))
        return len(new)

    async def _make(self, outlet_id: str) -> None:
        try:
            async with self._free:
                await self.visit(outlet_id)
        finally:
            del self._tasks[outlet_id]

    async def work(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def idle(self) -> None:
        """Returns when nothing that was offered is left undone."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
