"""One request at a time to a host, and a pause after each: over all visits of the process, not one crawl alone."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from storage.errors import ZgcwatchError

# A host that asks for a longer rest is left alone until the next visit instead of holding this one up.
PATIENCE_SECONDS = 20.0


class HostResting(ZgcwatchError):  # noqa: N818 - named for what it is
    """The host asked to be left alone for a while (429 or 503 with Retry-After); `seconds` are left of it."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class Stopping(ZgcwatchError):  # noqa: N818 - named for what it is
    """The process is about to end: what was still waiting for its turn is left for the next visit."""


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_end: float = float("-inf")
    resting_until: float = float("-inf")


class Pace:
    """When a host may be asked again. `monotonic` gives seconds; only differences of it count."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Holds the host's only place, from `delay` seconds after its last answer ended, and after a rest it asked for.

        Raises HostResting when the rest is longer than a visit should wait, Stopping after `stop`.
        """
        state = self._hosts.setdefault(host, _Host())
        async with state.turn:
            rest = state.resting_until - self._monotonic()
            if rest > PATIENCE_SECONDS:
                raise HostResting(f"{host} asked to be left alone for another {rest:.0f} s.", rest)
            pause = max(state.last_end + delay, state.resting_until) - self._monotonic()
            await self._sleep(max(pause, 0.0))
            try:
                yield
            finally:
                state.last_end = self._monotonic()

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            if seconds > 0:
                await asyncio.wait_for(self._stopping.wait(), seconds)
        if self._stopping.is_set():
            raise Stopping("The visit was stopped; the next one goes on from here.")

    def stop(self) -> None:
        """Let nobody in any more, not even those who wait already."""
        self._stopping.set()

    def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone for so many seconds from now; a longer rest already asked for stays."""
        state = self._hosts.setdefault(host, _Host())
        state.resting_until = max(state.resting_until, self._monotonic() + seconds)
