"""Time as an editorial office counts it: Saturdays, Sundays and Korean holidays do not pass."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from digest.workdays import is_korean_workday

SEOUL = ZoneInfo("Asia/Seoul")
DAY = timedelta(days=1)
NOTHING = timedelta(0)


class WorkTime:
    """How much working time lies between two moments; a working day counts its full 24 hours, midnight in `zone`."""

    def __init__(self, is_workday: Callable[[date], bool] = is_korean_workday, zone: ZoneInfo = SEOUL) -> None:
        self._is_workday = is_workday
        self._zone = zone
        self._passed: dict[date, int] = {}  # working days of the year before the day

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; nothing when they are the wrong way round."""
        start, end = start.astimezone(self._zone), end.astimezone(self._zone)
        years = range(start.year, end.year)
        whole = DAY * sum(
            self._days_before(date(year, 12, 31)) + self._is_workday(date(year, 12, 31)) for year in years
        )
        return max(whole + self._in_year(end) - self._in_year(start), NOTHING)

    def gaps(self, moments: Sequence[datetime]) -> list[timedelta]:
        """The working time between each two neighbours."""
        return [self.between(before, after) for before, after in pairwise(moments)]

    def _in_year(self, moment: datetime) -> timedelta:
        day = moment.date()
        today = moment - datetime.combine(day, time(), self._zone) if self._is_workday(day) else NOTHING
        return DAY * self._days_before(day) + today

    def _days_before(self, day: date) -> int:
        if day not in self._passed:
            first = date(day.year, 1, 1)
            passed = 0
            for number in range(366):
                other = first + DAY * number
                if other.year != day.year:
                    break
                self._passed[other] = passed
                passed += self._is_workday(other)
        return self._passed[day]
