"""Which days are working days: those of Korea by its law, corrected by what the operator knows better."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_SATURDAY = 5


@lru_cache(maxsize=8)
def _holidays_of(year: int) -> frozenset[date]:
    """The public holidays of a year, substitute ones too; none where the library does not reach."""
    import holidays

    return frozenset(holidays.country_holidays("KR", years=year))


def is_korean_workday(day: date) -> bool:
    """Whether offices in Korea are open."""
    return day.weekday() < _SATURDAY and day not in _holidays_of(day.year)


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of Korea without `holidays` and with `workdays`; a day in both is a working day."""

    holidays: Collection[date] = ()
    workdays: Collection[date] = ()

    def __contains__(self, day: date) -> bool:
        return day in self.workdays or (day not in self.holidays and is_korean_workday(day))
