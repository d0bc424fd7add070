import asyncio
import time

import pytest

from crawler.fetch.pace import HostResting, Pace


async def enter(pace, host, delay, log, hold=0.0):
    async with pace.turn(host, delay):
        log.append((host, "in", time.monotonic()))
        await asyncio.sleep(hold)
        log.append((host, "out", time.monotonic()))


def test_a_host_has_one_place_and_a_pause_after_it():
    async def main():
        pace, log = Pace(), []
        await asyncio.gather(*(enter(pace, "a.example", 0.1, log, hold=0.05) for _ in range(3)))
        return log

    log = asyncio.run(main())
    assert [step for _, step, _ in log] == ["in", "out"] * 3
    pauses = [log[i + 1][2] - log[i][2] for i in (1, 3)]
    assert min(pauses) >= 0.099


def test_hosts_do_not_wait_for_each_other():
    async def main():
        pace, log = Pace(), []
        await asyncio.gather(*(enter(pace, f"{n}.example", 5, log, hold=0.05) for n in range(5)))
        return log

    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 1


def test_a_place_is_given_back_after_an_error():
    async def main():
        pace, log = Pace(), []
        with pytest.raises(ZeroDivisionError):
            async with pace.turn("a.example", 0):
                raise ZeroDivisionError
        await asyncio.wait_for(enter(pace, "a.example", 0, log), 1)
        return log

    assert len(asyncio.run(main())) == 2


def test_a_short_rest_is_waited_for_and_a_long_one_refused():
    async def main():
        pace, log = Pace(), []
        pace.rest("a.example", 0.2)
        started = time.monotonic()
        await enter(pace, "a.example", 0, log)
        assert time.monotonic() - started >= 0.199
        pace.rest("a.example", 100)
        pace.rest("a.example", 1)  # a shorter wish does not end a longer one
        with pytest.raises(HostResting, match="left alone") as caught:
            await enter(pace, "a.example", 0, log)
        return caught.value.seconds

    assert 99 < asyncio.run(main()) <= 100
