from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.rhythm import (
    SLOWEST_RETRY,
    after_failure,
    after_success,
    fresh_seconds,
    retry_after_seconds,
    usual_gap,
)
from crawler.settings import CrawlerSettings

NOW = datetime(2026, 8, 11, tzinfo=UTC)
SETTINGS = CrawlerSettings()


@given(st.integers(0, 10_000), st.floats(0, 1_000_000))
def test_the_wait_after_a_failure_is_bounded_and_never_shorter_than_asked(count, asked):
    wait = after_failure(now=NOW, error_count=count, retry_after=asked) - NOW
    assert timedelta(minutes=15) <= wait <= max(SLOWEST_RETRY, timedelta(seconds=asked))
    assert wait >= timedelta(seconds=asked) - timedelta(microseconds=1)


@given(st.integers(0, 5), st.none() | st.integers(0, 10_000_000))
def test_the_wait_after_a_success_stays_within_the_settings(new_items, silent_seconds):
    last = None if silent_seconds is None else NOW - timedelta(seconds=silent_seconds)
    wait = after_success(SETTINGS, now=NOW, new_items=new_items, last_new_at=last) - NOW
    assert timedelta(minutes=20) <= wait <= timedelta(hours=6)
    if new_items:
        assert wait == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"120", 120),
        ("0", 0),
        (b"Tue, 11 Aug 2026 00:10:00 GMT", 600),
        (b"Mon, 10 Aug 2026 00:00:00 GMT", 0),
        (b"99999999", 7 * 86400),
        (b"soon", 0),
        (b"-5", 0),
        (b"", 0),
        (None, 0),
    ],
)
def test_retry_after(header, seconds):
    assert retry_after_seconds(header, now=NOW) == seconds


def answers(*new, every=timedelta(minutes=20)):
    """A source's last answers, newest first, the last of them now."""
    return [(NOW - every * at, count) for at, count in enumerate(new)]


@pytest.mark.parametrize(
    ("told", "gap"),
    [
        ((1, 1, 1, 1), timedelta(minutes=20)),
        ((4, 4, 4), timedelta(minutes=5)),
        ((0, 0, 1, 0, 99), timedelta(minutes=80)),
        ((0, 0, 0, 0), None),
        ((5, 5), None),
        ((), None),
    ],
)
def test_the_usual_gap_comes_from_the_sources_own_answers(told, gap):
    assert usual_gap(answers(*told), (), now=NOW) == gap


def test_with_few_answers_the_dates_of_the_items_tell_and_future_ones_do_not():
    dates = [NOW - timedelta(hours=3) * at for at in range(6)] + [NOW + timedelta(days=9)]
    assert usual_gap((), dates, now=NOW) == timedelta(hours=3)
    assert usual_gap((), dates[:2], now=NOW) is None
    assert usual_gap(answers(0, 0, 0), dates, now=NOW) is None


@given(
    st.lists(st.integers(0, 500), max_size=20),
    st.floats(0, 1e9),
    st.none() | st.integers(0, 10_000_000),
    st.integers(0, 9),
)
def test_the_rhythm_never_leaves_its_bounds(told, holds, silent_seconds, new_items):
    last = None if silent_seconds is None else NOW - timedelta(seconds=silent_seconds)
    gap = usual_gap(answers(*told), (), now=NOW)
    due = after_success(SETTINGS, now=NOW, new_items=new_items, last_new_at=last, gap=gap, holds_seconds=holds)
    assert timedelta(minutes=20) <= due - NOW <= timedelta(hours=6)


@pytest.mark.parametrize(
    ("gap", "holds", "minutes"),
    [
        (timedelta(minutes=5), 0, 20),
        (timedelta(minutes=50), 0, 50),
        (timedelta(days=2), 0, 360),
        (None, 3600, 60),
        (timedelta(minutes=50), 5400, 90),
        (timedelta(minutes=90), 60, 90),
        (None, 86400 * 30, 360),
    ],
)
def test_a_source_is_asked_when_its_next_item_is_due_or_its_answer_stops_to_hold(gap, holds, minutes):
    due = after_success(SETTINGS, now=NOW, new_items=1, last_new_at=NOW, gap=gap, holds_seconds=holds)
    assert due - NOW == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": b"public, max-age=600"}, 600),
        ({"Cache-Control": b"max-age=600", "Age": b"100"}, 500),
        ({"Cache-Control": b"max-age=600", "Age": b"900"}, 0),
        ({"Cache-Control": b'MAX-AGE="60"'}, 60),
        ({"Cache-Control": b"no-cache, max-age=600"}, 0),
        ({"Cache-Control": b"s-maxage=600"}, 0),
        ({"Cache-Control": b"max-age=soon", "Age": b"x"}, 0),
        ({}, 0),
    ],
)
def test_how_long_an_answer_stays_fresh(headers, seconds):
    assert fresh_seconds(headers) == seconds
