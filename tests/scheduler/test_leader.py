from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from scheduler.leader import LASTS, Leader

START = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def later(self, **step):
        self.now += timedelta(**step)


@pytest.fixture
def clock():
    return Clock()


def leader(database, clock, holder):
    return Leader(database, "scheduler", clock, holder=holder)


def test_the_second_stands_by_says_so_once_and_takes_over(database, clock):
    first, second = leader(database, clock, "one/1/a"), leader(database, clock, "two/1/b")
    assert not first.leads
    with capture_logs() as said:
        assert first.look()
        assert not second.look()
        assert not second.look()
    assert [(line["event"], line["holder"]) for line in said] == [
        ("leader.elected", "one/1/a"),
        ("leader.standing_by", "one/1/a"),
    ]
    assert (first.leads, second.leads, second.other) == (True, False, "one/1/a")
    for _ in range(10):
        clock.later(seconds=5)
        assert first.look()
        assert not second.look()
    clock.later(seconds=19)
    assert not second.look()
    clock.later(seconds=1)  # the first did not renew for the length of the lease
    assert not first.leads
    assert second.look()
    assert not first.look()
    assert (first.other, second.current().term) == ("two/1/b", 2)


def test_who_cannot_renew_stops_leading_before_another_can(database, clock):
    one = leader(database, clock, "one/1/a")
    one.look()
    clock.later(seconds=LASTS.total_seconds() - 0.001)
    assert one.leads
    clock.later(seconds=0.001)
    assert not one.leads


def test_who_resigns_is_followed_at_once(database, clock):
    one, two = leader(database, clock, "one/1/a"), leader(database, clock, "two/1/b")
    one.look()
    one.resign()
    assert not one.leads
    assert two.look()


def test_a_leader_that_was_suspended_learns_that_it_lost(database, clock):
    one, two = leader(database, clock, "one/1/a"), leader(database, clock, "two/1/b")
    one.look()
    clock.later(seconds=60)
    two.look()
    with capture_logs() as said:
        assert not one.look()
    assert [line["event"] for line in said] == ["leader.standing_by"]
    assert not one.leads


def test_never_two_at_once(database, clock):
    """Three processes look at odd times, one of them pauses now and then."""
    leaders = [leader(database, clock, f"{name}/1/x") for name in "abc"]
    terms = set()
    for second in range(400):
        clock.later(seconds=1)
        for number, one in enumerate(leaders):
            is_away = number == (second // 60) % 3
            if not is_away and second % (3 + number) == 0:
                one.look()
        leading = [one.name for one in leaders if one.leads]
        assert len(leading) <= 1
        terms.add(leaders[0].current().term if leaders[0].current() else 0)
    assert len(terms) > 2
