"""Times of Korean pages. A time without a zone is Korean time: the outlets write it so, readers in Seoul read it so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")

_DAY = r"(?P<year>(?:19|20)\d\d)\s*(?:[.\-/]|년)\s*(?P<month>\d{1,2})\s*(?:[.\-/]|월)\s*(?P<day>\d{1,2})\s*(?:일|\.)?"
_CLOCK = (
    r"(?:T|\s|\(.{1,3}\)|[,|:]|\s*(?:월|화|수|목|금|토|일)요일)*(?P<half>오전|오후|AM|PM|am|pm)?\s*"
    r"(?P<hour>\d{1,2})\s*(?::|시)\s*(?P<minute>\d{1,2})\s*분?(?:\s*:\s*(?P<second>\d{1,2}))?(?:[.,]\d+)?\s*(?P<late_half>AM|PM|am|pm)?"
    r"\s*(?P<zone>Z|UTC|GMT|KST|[+-]\d\d:?\d\d)?"
)
_FULL = re.compile(_DAY + _CLOCK)
_DATE_ONLY = re.compile(_DAY)
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?$"
)
_ENGLISH = re.compile(
    r"(?:\w{3},?\s*)?(?P<day>\d{1,2})\s+(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\s+(?P<year>(?:19|20)\d\d)"
    r"(?:\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<zone>Z|UTC|GMT|KST|[+-]\d{4})?)?"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_LONGEST = 400  # characters of a text that is read for times
_NOON = 12
_MINUTE = 60
_AGO = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>초|분|시간|일|주|개월|달)\s*전")
_AGO_UNITS = {
    "초": timedelta(seconds=1),
    "분": timedelta(minutes=1),
    "시간": timedelta(hours=1),
    "일": timedelta(days=1),
    "주": timedelta(weeks=1),
    "개월": timedelta(days=30),
    "달": timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a page writes it. `precision`: day, hour, minute or second; `zone`: "Z", an offset, or None."""

    at: datetime
    precision: str
    zone: str | None = None

    @property
    def claims_utc(self) -> bool:
        return self.zone in ("Z", "UTC", "GMT", "+00:00", "+0000")

    @property
    def doubtful(self) -> bool:
        """True where what the reader sees may correct what the mark-up states."""
        return self.precision == "day" or self.claims_utc or (self.at.minute in (0, 30) and self.at.second == 0)

    def as_kst_clock(self) -> datetime:
        """The same figures read as Korean time: what a "Z" means that was written without thought."""
        return self.at.astimezone(UTC).replace(tzinfo=KST)


def read_moment(text: str | None, *, fetched_at: datetime | None = None) -> Moment | None:
    """The first time a text names, in Korean time; None where it names none or an impossible one.

    "3시간 전" needs `fetched_at`, the moment the page was fetched.
    """
    moments = read_moments(text, fetched_at=fetched_at)
    return moments[0] if moments else None


def read_moments(text: str | None, *, fetched_at: datetime | None = None) -> list[Moment]:
    """All times a short text names, in order."""
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return []
    compact = _COMPACT.match(text)
    matches = (
        [compact]
        if compact
        else list(_FULL.finditer(text)) or list(_ENGLISH.finditer(text)) or list(_DATE_ONLY.finditer(text))
    )
    found = [moment for moment in map(_moment, matches) if moment is not None]
    if found or fetched_at is None:
        return found
    ago = _AGO.search(text)
    if ago is None:
        return []
    at = fetched_at.astimezone(KST) - int(ago["count"]) * _AGO_UNITS[ago["unit"]]
    return [Moment(at.replace(microsecond=0), "minute" if ago["unit"] in ("초", "분") else "hour")]


def _moment(match: re.Match[str]) -> Moment | None:
    parts = match.groupdict()
    hour = parts.get("hour")
    try:
        month = _MONTHS.get(parts["month"]) or int(parts["month"])
        at = datetime(int(parts["year"]), month, int(parts["day"]), tzinfo=KST)
        if hour is None:
            return Moment(at, "day")
        at = at.replace(
            hour=_hour(int(hour), parts.get("half") or parts.get("late_half")),
            minute=int(parts["minute"]),
            second=int(parts.get("second") or 0),
        )
        zone = parts.get("zone")
        at = at.replace(tzinfo=_zone(zone)).astimezone(KST)
    except ValueError:
        return None
    return Moment(at, "second" if parts.get("second") else "minute", zone)


def _hour(hour: int, half: str | None) -> int:
    if half in ("오후", "PM", "pm") and hour < _NOON:
        return hour + 12
    if half in ("오전", "AM", "am") and hour == _NOON:
        return 0
    return hour


def _zone(zone: str | None) -> timezone:
    if zone is None or zone == "KST":
        return KST
    if zone in ("Z", "UTC", "GMT"):
        return UTC
    digits = zone.replace(":", "")
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-offset if digits[0] == "-" else offset)


def settle(stated: Moment | None, labelled: Sequence[Moment], bare: Sequence[Moment] = ()) -> datetime | None:
    """One time from what the mark-up states and what the reader sees (with a label such as 입력, or bare).

    Korean systems write "Z" behind Korean time: when a visible time shows the same figures, the figures are Korean.
    A stated full or half hour is a planned one: a visible time of that day with seconds is the real one.
    """
    seen = [moment for moment in (*labelled, *bare) if moment.precision != "day"]
    if stated is None:
        best = next((moment for moment in labelled if moment.precision != "day"), labelled[0] if labelled else None)
        return best.at if best else None
    same_day = [moment for moment in seen if moment.at.date() == stated.at.date()]
    if stated.precision == "day":
        return same_day[0].at if same_day else stated.at
    if stated.claims_utc and any(_same_minute(moment.at, stated.as_kst_clock()) for moment in seen):
        return stated.as_kst_clock()
    if stated.at.minute in (0, 30) and stated.at.second == 0:
        exact = [moment for moment in same_day if moment.precision == "second"][:1]
        if exact and not any(_same_minute(moment.at, stated.at) for moment in same_day):
            return exact[0].at
    return stated.at


def _same_minute(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) < _MINUTE
