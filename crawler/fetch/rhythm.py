"""When a source is asked again: sooner where news comes, later where it fails, never never."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.settings import CrawlerSettings

FIRST_RETRY = timedelta(minutes=15)
SLOWEST_RETRY = timedelta(hours=12)
LONGEST_REST = timedelta(days=7)  # a Retry-After beyond this is taken for a mistake
_QUIET_SHARE = 4  # a source silent for four hours is asked every hour


def after_success(
    settings: CrawlerSettings, *, now: datetime, new_items: int, last_new_at: datetime | None
) -> datetime:
    """A source that brought news is asked again after the base interval, a silent one after a share of its silence."""
    shortest = timedelta(minutes=settings.visit_every_minutes)
    longest = timedelta(minutes=settings.visit_at_least_every_minutes)
    silence = timedelta(0) if new_items or last_new_at is None else now - last_new_at
    return now + max(shortest, min(silence / _QUIET_SHARE, longest))


def after_failure(*, now: datetime, error_count: int, retry_after: float = 0.0) -> datetime:
    """The wait doubles with every failure in a row up to half a day; a longer Retry-After is obeyed to the second.

    `error_count` counts the failures before this one.
    """
    doubled = FIRST_RETRY * int(2 ** min(max(error_count, 0), 10))
    return now + max(min(doubled, SLOWEST_RETRY), timedelta(seconds=retry_after))


def retry_after_seconds(header: bytes | str | None, *, now: datetime) -> float:
    """Seconds a Retry-After header asks for, from its number or its date; 0 when it says nothing usable."""
    text = (header.decode("latin-1") if isinstance(header, bytes) else header or "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return min(float(text), LONGEST_REST.total_seconds())
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_REST.total_seconds())
