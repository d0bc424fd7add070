"""The date habits of Korean feeds and pages. A time without a zone is Korean time."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

KST = timezone(timedelta(hours=9), "KST")

_ZONES = {"KST": 9 * 60, "JST": 9 * 60, "GMT": 0, "UTC": 0, "UT": 0, "Z": 0}
# Tue, 11 08 2026 07:00:00 +0900: the month as a number where RFC 822 wants its name.
_NUMERIC_MONTH = re.compile(
    r"^(?:[A-Za-z]{3},?\s*)?(\d{1,2})\s+(\d{1,2})\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([A-Za-z]+|[+-]\d{2}:?\d{2})?$"
)
# 2026-08-11 07:00:00, 2026.08.11. 07:00, 2026/8/11, 2026년 8월 11일 오후 7시 5분, 입력 2026-08-11T07:00:00Z
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})(?:[일.]*)"
    r"(?:[T\s(월화수목금토일)]*(오전|오후|AM|PM|am|pm)?\s*(\d{1,2})\s*[:시]\s*(\d{1,2})(?:\s*[:분]\s*(\d{1,2}))?(?:\.\d+)?초?"
    r"\s*(Z|UTC|GMT|KST|[+-]\d{2}:?\d{2})?)?"
)
_ENDS_WITH_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?$")


def read_date(text: str | None) -> datetime | None:
    """The moment a date string names, aware; None when it names none or an impossible one."""
    text = " ".join((text or "").split())
    if not text:
        return None
    for read in (_numeric_month, _rfc822, _year_first, _compact):
        try:
            moment = read(text)
        except (ValueError, OverflowError):
            continue
        if moment is not None and 1990 <= moment.year <= 2100:  # noqa: PLR2004 - outside lies no article of the web
            return moment
    return None


def _numeric_month(text: str) -> datetime | None:
    found = _NUMERIC_MONTH.match(text)
    if not found:
        return None
    day, month, year, hour, minute, second, zone = found.groups()
    return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=_zone(zone))


def _rfc822(text: str) -> datetime | None:
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    parsed = parsedate_tz(re.sub(r"\bKST\b", "+0900", text))
    if parsed is None:
        return None
    # The library answers 0 for a missing zone as for GMT.
    zone = KST if _ENDS_WITH_TIME.search(text) else timezone(timedelta(seconds=parsed[9] or 0))
    return datetime(*parsed[:6], tzinfo=zone)


def _year_first(text: str) -> datetime | None:
    found = _YEAR_FIRST.search(text)
    if not found:
        return None
    year, month, day, half, hour, minute, second, zone = found.groups()
    hours = int(hour or 0)
    if half in {"오후", "PM", "pm"} and hours < 12:  # noqa: PLR2004 - noon
        hours += 12
    elif half in {"오전", "AM", "am"} and hours == 12:  # noqa: PLR2004 - midnight written as 12
        hours = 0
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=_zone(zone))


def _compact(text: str) -> datetime | None:
    found = _COMPACT.match(text)
    return datetime(*(int(part or 0) for part in found.groups()), tzinfo=KST) if found else None  # type: ignore[arg-type, misc]


def _zone(text: str | None) -> timezone:
    if not text:
        return KST
    if text.upper() in _ZONES:
        minutes = _ZONES[text.upper()]
        return UTC if minutes == 0 else timezone(timedelta(minutes=minutes))
    found = re.match(r"([+-])(\d{2}):?(\d{2})", text)
    if not found:
        return KST
    sign = -1 if found[1] == "-" else 1
    return timezone(sign * timedelta(hours=int(found[2]), minutes=int(found[3])))
