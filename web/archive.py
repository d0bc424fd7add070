"""The archive as the web room uses it: in threads, so that the loop never waits for the database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from storage.database import Database, Session

Answer = TypeVar("Answer")

# Threads that compute take the interpreter from each other, the more often the more rows they read: four of them make a
# third fewer answers a second than one. While a server works on a question, there is time for another.
AT_ONCE = {"sqlite": 1, "postgresql": 2}
PATIENCE = 0.05  # seconds after which others need not wait any more for a question that takes long


class Archive:
    """Works with the database in threads: a few questions at once, and one more beside each that takes long."""

    def __init__(self, database: Database, *, threads: int) -> None:
        self.database = database
        self._lanes = Lanes(AT_ONCE[database.dialect], most=threads)

    async def read(self, question: Callable[[Session], Answer]) -> Answer:
        """What `question` gives for one consistent state of the archive, asked in a thread."""

        def ask() -> Answer:
            with self.database.reader() as session:
                return question(session)

        return await self.work(ask)

    async def write(self, change: Callable[[Session], Answer]) -> Answer:
        """What `change` gives, done in one transaction in a thread."""

        def work() -> Answer:
            with self.database.writer() as session:
                return change(session)

        return await self.work(work)

    async def work(self, task: Callable[[], Answer]) -> Answer:
        """What `task` gives, done in a thread."""
        return await self._lanes.run(task)


class Lanes:
    """Lets tasks into threads one after the other, `usual` at once; one that takes long makes room for another.

    At most `most` are under way.
    """

    def __init__(self, usual: int, *, most: int) -> None:
        self._usual, self._most = min(usual, most), most
        self._slow = 0
        self._entrance: CapacityLimiter | None = None
        self._threads: CapacityLimiter | None = None

    async def run(self, task: Callable[[], Answer]) -> Answer:
        async with self._turn():
            return await to_thread.run_sync(task, limiter=self._threads)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._entrance is None:  # limiters belong to the loop that runs now
            self._entrance, self._threads = CapacityLimiter(self._usual), CapacityLimiter(self._most)
        is_slow = False

        def make_room() -> None:
            nonlocal is_slow
            is_slow = True
            self._count_slow(1)

        async with self._entrance:
            late = asyncio.get_running_loop().call_later(PATIENCE, make_room)
            try:
                yield
            finally:
                late.cancel()
                if is_slow:
                    self._count_slow(-1)

    def _count_slow(self, more: int) -> None:
        assert self._entrance is not None
        self._slow += more
        self._entrance.total_tokens = min(self._most, self._usual + self._slow)
