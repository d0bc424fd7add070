"""When a watch's windows are cut and its mails go out. A question of the calendar alone: nothing here is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.settings import Days
from digest.watches import Watch
from digest.workdays import Workdays

DAY = timedelta(days=1)
PERIODS = {"daily": DAY, "weekly": 7 * DAY, "alert": timedelta(hours=1)}
# A schedule of working days only: after so many days without one, every day is taken.
_LONGEST_REST = 31
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """What an issue covers: first-seen time in [start, end), and the changes after `after_seq`.

    `catch_up`: a cut-off of the schedule lies inside, so it speaks for several. `first`: nothing was told before.
    """

    watch: str
    start: datetime
    end: datetime
    after_seq: int
    first: bool = False
    catch_up: bool = False


def due_cutoff(watch: Watch, calendar: Workdays, now: datetime) -> datetime:
    """The last cut-off of the schedule at or before `now`, in UTC."""
    return next(_cutoffs_back(watch, calendar, now))


def first_start(watch: Watch, calendar: Workdays, end: datetime) -> datetime:
    """Where the first window of a watch begins that ends at `end`: a period back, or at the cut-off before."""
    if watch.kind == "alert":
        return end - PERIODS["alert"]
    before = next(moment for moment in _cutoffs_back(watch, calendar, end) if moment < end)
    return min(before, end - PERIODS[watch.kind])


def spans_cutoff(watch: Watch, calendar: Workdays, start: datetime, end: datetime) -> bool:
    """Whether a cut-off of the schedule lies between these two: its issue was not made, so this one speaks for it."""
    if watch.kind == "alert":
        return False
    missed = next(moment for moment in _cutoffs_back(watch, calendar, end) if moment < end)
    return start < missed


def delivery_due(watch: Watch, cutoff: datetime) -> datetime:
    """The delivery hour of the day whose window was cut at `cutoff`, not before that."""
    day = cutoff.astimezone(watch.zone).date()
    return max(cutoff, at(day, watch.delivery_time, watch.zone))


def is_quiet(watch: Watch, now: datetime) -> bool:
    """Whether `now` is in the hours in which a watch of alerts keeps still; they may span midnight."""
    if watch.quiet_from is None or watch.quiet_until is None:
        return False
    hour = now.astimezone(watch.zone).strftime("%H:%M")
    if watch.quiet_from < watch.quiet_until:
        return watch.quiet_from <= hour < watch.quiet_until
    return hour >= watch.quiet_from or hour < watch.quiet_until


def says_nothing_new(watch: Watch, calendar: Workdays, cutoff: datetime) -> bool:
    """Whether readers are told by a short note that there is nothing to tell at this cut-off."""
    if watch.kind == "alert" or watch.no_news == "skip":
        return False
    return watch.no_news == "always" or cutoff.astimezone(watch.zone).date() in calendar


def at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in `zone` show `hour` on `day`, in UTC: the first one where they show it twice, and
    where they never do, as long after the jump as the hour was to lie behind it.
    """
    return datetime.combine(day, hour, zone).astimezone(UTC)


def _cutoffs_back(watch: Watch, calendar: Workdays, moment: datetime) -> Iterator[datetime]:
    """The cut-offs at or before a moment, the last one first."""
    # A day's cut-off lies on that day in the zone of the watch, but zones have changed sides of the date line.
    day = moment.astimezone(watch.zone).date() + DAY
    rested = 0
    while True:
        if is_day(watch.days, calendar, day) or rested >= _LONGEST_REST:
            rested = 0
            cutoff = at(day, watch.cutoff_time, watch.zone)
            if cutoff <= moment:
                yield cutoff
        else:
            rested += 1
        day -= DAY


def is_day(days: Days, calendar: Workdays, day: date) -> bool:
    """Whether a schedule has a cut-off on this day."""
    if days == "every":
        return True
    return day in calendar if days == "business" else WEEKDAYS[day.weekday()] in days
