"""The reactor runs once a process: in one thread for the whole session, and tests hand it their coroutines."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.servers.client import OutletServer


class Loop:
    """The reactor's loop, running in a thread of its own."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reactor", daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    def _run(self) -> None:
        from crawler.runtime import run_in_reactor

        run_in_reactor(self._wait)

    async def _wait(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._ready.set()
        await self._stop.wait()

    def run(self, main: Callable[[], Awaitable[Any]], timeout: float = 60) -> Any:
        async def wrapped() -> Any:
            return await main()

        return asyncio.run_coroutine_threadsafe(wrapped(), self._loop).result(timeout)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)


@pytest.fixture(scope="session")
def loop():
    running = Loop()
    yield running
    running.close()


@pytest.fixture
def server():
    with OutletServer() as running:
        yield running


@pytest.fixture(scope="session")
def pool():
    from crawler.workers import ParsePool

    with ParsePool(2, 10) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    from storage.database import Database

    with Database.open(url) as opened:
        yield opened


def make_world(*parts):
    from tests.crawler.world import World

    return World(*parts)


@pytest.fixture
def world(loop, server, database, pool):
    return make_world(loop, server, database, pool)


@pytest.fixture
def light_world(loop, server, sqlite_url, pool):
    from storage.database import Database

    with Database.open(sqlite_url) as opened:
        yield make_world(loop, server, opened, pool)
