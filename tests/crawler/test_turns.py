import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler.turns import GIVE_UP_AFTER, LASTS, HostTaken, HostTurns
from storage.leases import read_lease

START = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def turns(database, clock, holder, **options):
    return HostTurns(database, clock, holder=holder, patience=0.2, renew_every=0.05, **options)


def held(database, clock, host="a.example"):
    with database.reader() as session:
        lease = read_lease(session, f"host:{host}")
    return lease.holder if lease and lease.is_held(clock.now) else None


def nothing():
    raise AssertionError("the host was not lost")


def test_one_process_at_a_host_and_the_next_when_it_has_left(database, clock):
    one, two = turns(database, clock, "one/1/a"), turns(database, clock, "two/1/b")

    async def main():
        async with one.hold({"a.example", "b.example"}, lost=nothing):
            with pytest.raises(HostTaken, match="one/1/a"):
                async with two.hold({"b.example", "c.example"}, lost=nothing):
                    pass
            assert held(database, clock, "c.example") is None  # all or none
            waiting = asyncio.create_task(enter(two, "a.example"))
            await asyncio.sleep(0.05)
        await waiting
        assert held(database, clock) is None

    async def enter(who, host):
        who.patience = 5
        async with who.hold({host}, lost=nothing):
            assert held(database, clock) == "two/1/b"

    asyncio.run(main())


def test_whoever_waits_for_a_host_gives_up_when_the_process_stops(sqlite_database, clock):
    one, two = turns(sqlite_database, clock, "one/1/a"), turns(sqlite_database, clock, "two/1/b")

    async def main():
        two.patience = 60
        async with one.hold({"a.example"}, lost=nothing):
            waiting = asyncio.create_task(enter())
            await asyncio.sleep(0.1)
            two.stop()
            with pytest.raises(HostTaken, match="stays due"):
                await asyncio.wait_for(waiting, 5)

    async def enter():
        async with two.hold({"a.example"}, lost=nothing):
            pass

    asyncio.run(main())


def test_visits_of_one_process_share_a_host(database, clock):
    one = turns(database, clock, "one/1/a")

    async def main():
        async with one.hold({"a.example"}, lost=nothing):
            async with one.hold({"a.example"}, lost=nothing):
                pass
            await asyncio.sleep(0.15)
            assert held(database, clock) == "one/1/a"
        assert held(database, clock) is None

    asyncio.run(main())


def test_what_is_held_is_renewed(database, clock):
    async def main():
        async with turns(database, clock, "one/1/a").hold({"a.example"}, lost=nothing):
            for _ in range(4):
                clock.now += LASTS / 2
                await asyncio.sleep(0.2)
                assert held(database, clock) == "one/1/a"

    asyncio.run(main())


def test_whoever_slept_too_long_is_told_that_it_lost(database, clock):
    lost = []

    async def main():
        one = turns(database, clock, "one/1/a")
        async with one.hold({"a.example"}, lost=lambda: lost.append(1)):
            clock.now += LASTS + timedelta(seconds=1)
            two = turns(database, clock, "two/1/b")
            async with two.hold({"a.example"}, lost=nothing):
                await asyncio.sleep(0.3)
                assert lost == [1]
            await asyncio.sleep(0.2)
        assert lost == [1]

    asyncio.run(main())


def test_a_database_that_is_away_ends_visits_before_their_leases_do(sqlite_database, clock, monkeypatch):
    lost = []

    async def main():
        one = turns(sqlite_database, clock, "one/1/a")
        async with one.hold({"a.example"}, lost=lambda: lost.append(1)):
            monkeypatch.setattr(HostTurns, "_renew_names", lambda *_: (_ for _ in ()).throw(OSError("away")))
            clock.now += GIVE_UP_AFTER - timedelta(seconds=1)
            await asyncio.sleep(0.2)
            assert lost == []
            clock.now += timedelta(seconds=1)
            await asyncio.sleep(0.2)
            assert lost == [1]

    assert GIVE_UP_AFTER < LASTS
    asyncio.run(main())


def test_the_next_process_waits_as_long_as_we_did_between_two_requests(database, clock):
    one, two = turns(database, clock, "one/1/a"), turns(database, clock, "two/1/b")

    async def main():
        async with one.hold({"a.example"}, lost=nothing) as hold:
            hold.pause = timedelta(seconds=5)
        async with one.hold({"a.example"}, lost=nothing) as hold:  # our own next visit has its pace
            hold.pause = timedelta(seconds=5)
        with pytest.raises(HostTaken):
            async with two.hold({"a.example"}, lost=nothing):
                pass
        clock.now += timedelta(seconds=5)
        async with two.hold({"a.example"}, lost=nothing):
            pass

    asyncio.run(main())
