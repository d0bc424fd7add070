"""Moments as a page shows them: in the readers' zone and the visitor's language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS = ((86_400, "일", "d"), (3_600, "시간", "h"), (60, "분", "min"))


@dataclass(frozen=True)
class Times:
    """How one visitor sees times: `now` is when the page is made."""

    now: datetime
    in_zone: Callable[[datetime], datetime]
    language: Literal["ko", "en"]

    @property
    def today(self) -> date:
        return self.in_zone(self.now).date()

    def local(self, moment: datetime) -> datetime:
        return self.in_zone(moment)

    def iso(self, moment: datetime) -> str:
        """For programs: ISO 8601 with the offset."""
        return self.in_zone(moment).isoformat(timespec="seconds")

    def clock(self, moment: datetime) -> str:
        """`07:40`."""
        return f"{self.in_zone(moment):%H:%M}"

    def short(self, moment: datetime) -> str:
        """`07:40` today, `11-23 07:40` this year, `2025-11-23 07:40` before."""
        local = self.in_zone(moment)
        if local.date() == self.today:
            return f"{local:%H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == self.today.year else f"{local:%Y-%m-%d %H:%M}"

    def full(self, moment: datetime) -> str:
        """`2026-11-24 07:40`."""
        return f"{self.in_zone(moment):%Y-%m-%d %H:%M}"

    def day(self, day: date) -> str:
        """`11월 24일 (화)` or `Tue 24 Nov`, with the year where it is another one."""
        weekday = WEEKDAYS[self.language][day.weekday()]
        if self.language == "ko":
            year = "" if day.year == self.today.year else f"{day.year}년 "
            return f"{year}{day.month}월 {day.day}일 ({weekday})"
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{weekday} {day.day} {_MONTHS[day.month - 1]}{year}"

    def day_of(self, moment: datetime) -> str:
        return self.day(self.in_zone(moment).date())

    def since(self, moment: datetime) -> str:
        """How long it is from a moment to now: `3일`, `5시간`, `12분`."""
        seconds = max(0.0, (self.now - moment).total_seconds())
        for size, korean, english in _STEPS:
            if seconds >= size:
                count = int(seconds // size)
                return f"{count}{korean}" if self.language == "ko" else f"{count} {english}"
        return "1분" if self.language == "ko" else "1 min"

    def between(self, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
        """The half-open span of the days from `first` to `last`, both counted; open where one is not given."""
        return self.span(first)[0] if first else None, self.span(last)[1] if last else None

    def span(self, day: date) -> tuple[datetime, datetime]:
        """The half-open span of a day in the readers' zone, in UTC."""
        noon = datetime.combine(day, time(12), UTC)
        offset = self.in_zone(noon).utcoffset() or timedelta(0)
        start = datetime.combine(day, time(0), UTC) - offset
        return start, start + timedelta(days=1)
