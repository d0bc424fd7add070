"""How questions to the archive share the threads."""

import asyncio
import threading
import time

import pytest

from web.archive import PATIENCE, Lanes


def crowd(lanes, tasks):
    async def scene():
        return await asyncio.gather(*(lanes.run(task) for task in tasks))

    return asyncio.run(scene())


class Busy:
    """Tasks that know how many of them are under way."""

    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def task(self, seconds):
        def work():
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(seconds)
            with self.lock:
                self.now -= 1
            return seconds

        return work


@pytest.mark.parametrize("usual", [1, 2])
def test_quick_tasks_go_one_after_the_other(usual):
    busy = Busy()
    assert crowd(Lanes(usual, most=4), [busy.task(0.002) for _ in range(20)]) == [0.002] * 20
    assert busy.most == usual


def test_a_task_that_takes_long_makes_room_for_others():
    finished, ended = [], threading.Event()
    lanes = Lanes(1, most=2)

    def long():
        assert ended.wait(20)
        finished.append("long")

    def quick():
        finished.append("quick")
        if len(finished) == 5:
            ended.set()

    crowd(lanes, [long, *[quick] * 5])
    assert finished == ["quick"] * 5 + ["long"]


def test_no_more_than_the_threads_there_are_and_as_few_again_afterwards():
    busy, later = Busy(), Busy()
    lanes = Lanes(1, most=3)

    async def scene():
        await asyncio.gather(*(lanes.run(busy.task(PATIENCE * 4)) for _ in range(9)))
        await asyncio.gather(*(lanes.run(later.task(0.002)) for _ in range(9)))

    asyncio.run(scene())
    assert (busy.most, later.most) == (3, 1)


def test_a_task_that_fails_leaves_its_place():
    def fails():
        time.sleep(PATIENCE * 2)
        raise ValueError

    lanes = Lanes(1, most=1)

    async def scene():
        for _ in range(3):
            with pytest.raises(ValueError):
                await lanes.run(fails)
        return await lanes.run(lambda: "well")

    assert asyncio.run(scene()) == "well"
