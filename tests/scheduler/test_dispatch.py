"""Visits in one process: each outlet once, so many at a time, and an end that waits."""

import asyncio

from scheduler.dispatch import Embedded
from tests.scheduler.test_queue import outlet


class Visits:
    def __init__(self):
        self.running, self.most, self.made = set(), 0, []
        self.go = asyncio.Event()

    async def visit(self, name):
        assert name not in self.running
        self.running.add(name)
        self.most = max(self.most, len(self.running))
        await self.go.wait()
        self.running.discard(name)
        self.made.append(name)


def test_each_outlet_once_and_so_many_at_a_time():
    async def main():
        visits = Visits()
        dispatch = Embedded(visits.visit, 2)
        outlets = [outlet(name) for name in ("a-one", "b-one", "c-one")]
        assert await dispatch.offer(outlets) == 3
        await asyncio.sleep(0.01)
        assert await dispatch.offer(outlets) == 0  # what waits for a seat is not offered twice
        visits.go.set()
        await dispatch.idle()
        assert (sorted(visits.made), visits.most) == (["a-one", "b-one", "c-one"], 2)
        assert await dispatch.offer(outlets[:1]) == 1
        await dispatch.idle()

    asyncio.run(main())


def test_whoever_stops_waits_for_what_is_under_way():
    async def main():
        visits = Visits()
        dispatch = Embedded(visits.visit, 1)
        working = asyncio.create_task(dispatch.work())
        await dispatch.offer([outlet("a-one")])
        await asyncio.sleep(0.01)
        working.cancel()
        await asyncio.sleep(0.01)
        assert not working.done()
        visits.go.set()
        await asyncio.gather(working, return_exceptions=True)
        assert visits.made == ["a-one"]

    asyncio.run(main())
