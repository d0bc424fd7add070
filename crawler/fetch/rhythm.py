"""When a source is asked again: sooner where news comes, later where it fails, never never."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median

from crawler.settings import CrawlerSettings

FIRST_RETRY = timedelta(minutes=15)
SLOWEST_RETRY = timedelta(hours=12)
LONGEST_REST = timedelta(days=7)  # a Retry-After beyond this is taken for a mistake
_QUIET_SHARE = 4  # a source silent for four hours is asked every hour
_LEAST_ANSWERS = 3  # from which on a source's own answers say more than the dates of its items
_MOST_DATES = 20


def after_success(
    settings: CrawlerSettings,
    *,
    now: datetime,
    new_items: int,
    last_new_at: datetime | None,
    gap: timedelta | None = None,
    holds_seconds: float = 0.0,
) -> datetime:
    """A source is asked again when its next item is to be expected, a silent one after a share of its silence.

    `gap` is the usual time between two of its items; `holds_seconds` is how long the answer says it holds. The bounds
    of the settings hold in any case.
    """
    shortest = timedelta(minutes=settings.visit_every_minutes)
    longest = max(timedelta(minutes=settings.visit_at_least_every_minutes), shortest)
    silence = timedelta(0) if new_items or last_new_at is None else now - last_new_at
    wanted = max(gap or timedelta(0), silence / _QUIET_SHARE, timedelta(seconds=holds_seconds))
    return now + max(shortest, min(wanted, longest))


def usual_gap(answers: Sequence[tuple[datetime, int]], dates: Sequence[datetime], *, now: datetime) -> timedelta | None:
    """The usual time between two items of a source, None when nothing tells.

    `answers` are the source's last ones with the number of items that were new in each; where there are few of them,
    `dates`, the times of the items it shows, have to do.
    """
    if len(answers) >= _LEAST_ANSWERS:
        first = min(at for at, _ in answers)
        new = sum(count for at, count in answers if at > first)
        return (now - first) / new if new else None
    newest = sorted({date for date in dates if date <= now}, reverse=True)[:_MOST_DATES]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(newest)]
    return timedelta(seconds=median(gaps)) if len(gaps) >= _LEAST_ANSWERS else None


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


def fresh_seconds(headers: Mapping[str, bytes | None]) -> float:
    """How long an answer says it stays fresh: Cache-Control's max-age less its Age; 0 when it does not, or forbids."""
    control = _text(headers, "Cache-Control").lower()
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", control)
    if not found or re.search(r"\bno-(?:cache|store)\b", control):
        return 0.0
    age = _text(headers, "Age").strip()
    return max(float(found[1]) - (float(age) if re.fullmatch(r"\d{1,9}", age) else 0.0), 0.0)


def _text(headers: Mapping[str, bytes | None], name: str) -> str:
    return (headers.get(name) or b"").decode("latin-1")
