"""One request at a time to a host, and a pause after each: over all visits of the process, not one crawl alone."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from storage.errors import ZgcwatchError

# A host that asks for a longer rest is left alone until the next visit instead of holding this one up.
PATIENCE_SECONDS = 20.0
# A host that hangs costs a timeout a request: after a few in a row it is left alone, or one visit would take hours.
MOST_SILENCES = 3
SILENCE_REST_SECONDS = 300.0
_FORGET_ABOVE = 10_000  # hosts; those of no interest any more are dropped then


class HostResting(ZgcwatchError):  # noqa: N818 - named for what it is
    """The host is left alone for a while, because it asked for it or does not answer; `seconds` are left of it."""

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
    silences: int = 0


def host_of(url: str) -> str:
    """The host of a URL as the pace knows it: one spelling, whatever the port."""
    return (urlsplit(url).hostname or "").lower().rstrip(".")


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
        state = self._host(host)
        async with state.turn:
            rest = state.resting_until - self._monotonic()
            if rest > PATIENCE_SECONDS:
                raise HostResting(_reason(host, state, rest), rest)
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
        state = self._host(host)
        state.resting_until = max(state.resting_until, self._monotonic() + seconds)

    def rest_left(self, host: str) -> float:
        """Seconds the host is still to be left alone, 0 when it may be asked."""
        state = self._hosts.get(host)
        return max(state.resting_until - self._monotonic(), 0.0) if state else 0.0

    def answered(self, host: str) -> None:
        """The host answered something: what it was silent on before is forgiven."""
        self._host(host).silences = 0

    def silent(self, host: str) -> None:
        """The host let a request run into its timeout; the third in a row earns it a rest."""
        state = self._host(host)
        state.silences += 1
        if state.silences >= MOST_SILENCES:
            self.rest(host, SILENCE_REST_SECONDS)

    def _host(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= _FORGET_ABOVE:
            now = self._monotonic()
            idle = now - PATIENCE_SECONDS - SILENCE_REST_SECONDS
            self._hosts = {
                name: state
                for name, state in self._hosts.items()
                if state.turn.locked() or state.resting_until > now or state.last_end > idle
            }
        return self._hosts.setdefault(host, _Host())


def _reason(host: str, state: _Host, rest: float) -> str:
    if state.silences >= MOST_SILENCES:
        return f"{host} left {state.silences} requests in a row without an answer; it is asked again in {rest:.0f} s."
    return f"{host} asked to be left alone for another {rest:.0f} s."
