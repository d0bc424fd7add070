"""Readers who wait for the next change: one look at the feed for all of them, and none left waiting at the end."""

import asyncio
from collections.abc import Awaitable, Callable

LOOK_EVERY = 0.5  # seconds
MOST_WAITING = 200


class FeedWatch:
    """Tells waiting readers of news. `newest` gives the last change's number; `stop` lets all go at once."""

    def __init__(self, newest: Callable[[], Awaitable[int]]) -> None:
        self._newest = newest
        self._stopping = asyncio.Event()
        self._looking = asyncio.Lock()
        self._seen, self._seen_at = 0, -LOOK_EVERY
        self.waiting = 0

    def stop(self) -> None:
        """The service ends: whoever waits is answered now."""
        self._stopping.set()

    async def newer_than(self, seq: int, seconds: float, has_left: Callable[[], Awaitable[bool]]) -> None:
        """Returns when there is a change above `seq`, the time is over, the reader has left or the service stops.

        And at once where `seq` is none of this feed: there is nothing to wait for.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self.waiting += 1
        try:
            while not self._stopping.is_set() and await self._look(loop, seq) == seq:
                left = until - loop.time()
                if left <= 0 or await has_left():
                    return
                await self._pause(min(LOOK_EVERY, left))
        finally:
            self.waiting -= 1

    async def _look(self, loop: asyncio.AbstractEventLoop, known: int) -> int:
        async with self._looking:
            if self._seen < known or loop.time() - self._seen_at >= LOOK_EVERY * 0.9:
                self._seen, self._seen_at = await self._newest(), loop.time()
            return self._seen

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
