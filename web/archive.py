"""The archive as the web room uses it: read in a few threads, so that the loop never waits for the database."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from storage.database import Database, Session

Answer = TypeVar("Answer")


class Archive:
    """Reads the database in at most `threads` threads. More of them only take the interpreter from each other."""

    def __init__(self, database: Database, *, threads: int) -> None:
        self.database = database
        self._threads = threads
        self._limiter: CapacityLimiter | None = None

    async def read(self, question: Callable[[Session], Answer]) -> Answer:
        """What `question` gives for one consistent state of the archive, asked in a thread."""

        def ask() -> Answer:
            with self.database.reader() as session:
                return question(session)

        return await self.work(ask)

    async def work(self, task: Callable[[], Answer]) -> Answer:
        """What `task` gives, done in a thread."""
        if self._limiter is None:  # it belongs to the loop that runs now
            self._limiter = CapacityLimiter(self._threads)
        return await to_thread.run_sync(task, limiter=self._limiter)
