"""When an address is looked at again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# Corrections cluster in the first hours; after three days an article is left alone.
RECHECK_AFTER: tuple[timedelta, ...] = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)
# A page that failed is never given up, only asked for less and less often.
RETRY_AFTER: tuple[timedelta, ...] = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
# A gone article that its outlet announces again deserves another look, but not at every visit.
GONE_AGAIN_AFTER = timedelta(days=1)

# A site seldom opens what its robots.txt closes.
CLOSED_AGAIN_AFTER = timedelta(days=28)


def next_recheck(first_seen_at: datetime, now: datetime, recheck_after: Sequence[timedelta]) -> datetime | None:
    """The next time of the plan that lies after `now`, None when the plan is done."""
    times = sorted(first_seen_at + offset for offset in recheck_after)
    return next((time for time in times if time > now), None)


def next_retry(failures: int, now: datetime) -> datetime:
    """When to try again after so many failures in a row (1 is the first)."""
    return now + RETRY_AFTER[min(failures, len(RETRY_AFTER)) - 1]
