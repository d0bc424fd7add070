from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.workdays import is_korean_workday
from scheduler.workdays import SEOUL, WorkTime

WORK = WorkTime()
DAY = timedelta(days=1)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2027-02-05", True),  # the Friday before Seollal
        ("2027-02-06", False),
        ("2027-02-08", False),
        ("2027-02-09", False),  # the substitute for the Sunday
        ("2027-02-10", True),
        ("2027-03-01", False),
        ("2027-01-02", False),  # a Saturday
        ("2027-01-04", True),
        ("2026-03-02", False),  # the substitute for the first of March
    ],
)
def test_offices_are_open(day, is_open):
    assert is_korean_workday(date.fromisoformat(day)) is is_open


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2027-01-20T09:00", "2027-01-20T21:00", 0.5),
        ("2027-01-22T12:00", "2027-01-25T12:00", 1.0),  # over a weekend
        ("2027-01-23T01:00", "2027-01-24T23:00", 0.0),
        ("2027-02-05T12:00", "2027-02-10T12:00", 1.0),  # over Seollal
        ("2026-12-31T00:00", "2027-01-04T12:00", 1.5),  # over New Year's Day and the year's end
        ("2027-01-20T09:00", "2027-01-20T09:00", 0.0),
        ("2027-01-21T09:00", "2027-01-20T09:00", 0.0),
    ],
)
def test_working_time(start, end, days):
    assert WORK.between(moment(start), moment(end)) == DAY * days


START = datetime(2025, 12, 1, tzinfo=UTC)
moments = st.integers(0, 800 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@given(moments, st.integers(0, 40 * 24 * 60))
def test_it_is_what_hour_by_hour_gives(start, minutes):
    end = start + timedelta(minutes=minutes)
    at, passed = start.astimezone(SEOUL), timedelta(0)
    while at < end:
        midnight = datetime.combine(at.date() + DAY, datetime.min.time(), SEOUL)
        step = min(midnight, end.astimezone(SEOUL)) - at
        passed += step if is_korean_workday(at.date()) else timedelta(0)
        at += step
    assert WORK.between(start, end) == passed


@given(moments, moments, moments)
def test_it_adds_up(first, second, third):
    a, b, c = sorted((first, second, third))
    assert WORK.between(a, b) + WORK.between(b, c) == WORK.between(a, c)
    assert sum(WORK.gaps([a, b, c]), timedelta(0)) == WORK.between(a, c)
