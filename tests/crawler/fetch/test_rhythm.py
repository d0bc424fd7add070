from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.rhythm import SLOWEST_RETRY, after_failure, after_success, retry_after_seconds
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
