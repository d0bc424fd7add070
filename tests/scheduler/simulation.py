"""Sixty days of made-up outlets, visit by visit, through the judgement itself: no network, no database, a fake clock.

What an outlet does (its rhythm over the week, how its pages read, how often it stumbles) and what happens to it (it
falls silent, is redesigned, stops answering, shuts us out) is drawn from a seed. The bounds are worked out here a
second time, with the holidays written down by hand, so that the judgement is not held to itself.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from scheduler.health import HealthRules, judge
from scheduler.workdays import WorkTime
from storage.health import Attempt, HealthRow, MarkRow, OutletFacts, OutletState, SourceFacts, VisitFacts

SEOUL = ZoneInfo("Asia/Seoul")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
START = datetime(2027, 1, 4, 6, 0, tzinfo=SEOUL).astimezone(UTC)
DAYS = 60  # to 2027-03-05: Seollal with its substitute day, and the first of March
HOLIDAYS = {date(2027, 2, 6), date(2027, 2, 7), date(2027, 2, 8), date(2027, 2, 9), date(2027, 3, 1)}
HISTORY = 30  # days before, in which nothing happens: a month of habit
HISTORY_HOLIDAYS = {date(2026, 12, 25), date(2027, 1, 1)}
KEPT_NEWS, KEPT_ATTEMPTS = 250, 12
WORST_VISITS = 2


@dataclass(frozen=True)
class Kind:
    """A kind of outlet: news a working day, on free days as a share of that, hours, share of pages worth reading."""

    name: str
    a_day: float
    weekend: float = 0.0
    holiday: float = 0.0
    hours: tuple[int, int] = (9, 19)
    matching: float = 1.0
    weekly_on: int | None = None
    is_regular: bool = False


KINDS = (
    Kind("daily", 60, weekend=0.3, holiday=0.25, hours=(6, 23), matching=0.04),
    Kind("agency", 120, weekend=0.5, holiday=0.4, hours=(0, 24), matching=0.02),
    Kind("trade", 15, hours=(9, 18), matching=0.3),
    Kind("start-ups", 5, hours=(9, 18)),
    Kind("china", 8, weekend=0.2, holiday=0.1, hours=(8, 20)),
    Kind("section", 1.5, weekend=0.1),
    Kind("column", 1, is_regular=True, hours=(10, 15)),
    Kind("weekly", 3, weekly_on=1, hours=(9, 12), is_regular=True),
)


@dataclass
class Fault:
    """What happens to an outlet from a moment on; `ends` is when it is mended."""

    name: str
    state: OutletState
    starts: datetime
    ends: datetime
    success: float | None = None
    length: float = 1.0
    repeats: float | None = None
    drift: float | None = None

    def holds(self, now: datetime) -> bool:
        return self.starts <= now < self.ends


def faults_at(starts: datetime, ends: datetime) -> list[Fault]:
    state = OutletState
    return [
        Fault("silent", state.QUIET, starts, ends),
        Fault("redesign: no text", state.DEGRADED, starts, ends, success=0.1),
        Fault("redesign: first paragraph", state.DEGRADED, starts, ends, length=0.2),
        Fault("redesign: whole page", state.DEGRADED, starts, ends, length=4.0),
        Fault("redesign: twice", state.DEGRADED, starts, ends, repeats=0.4),
        Fault("redesign: profile", state.DEGRADED, starts, ends, drift=0.95),
        Fault("dead", state.FAILING, starts, ends),
        Fault("shut out", state.BLOCKED, starts, ends),
    ]


@dataclass
class Alarm:
    """A state that came into force."""

    at: datetime
    visit: int
    state: OutletState
    why: str


@dataclass
class Outlet:
    """One simulated outlet, its source, and what was judged of it."""

    name: str
    kind: Kind
    random: random.Random
    fault: Fault | None = None
    visit_number: int = 0
    added_at: datetime = START - DAY * HISTORY
    news_times: list[datetime] = field(default_factory=list)  # when items appear
    seen: int = 0
    news: list[datetime] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    visits: list[VisitFacts] = field(default_factory=list)
    error_count: int = 0
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    rows: dict[int, HealthRow] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)
    bound: tuple[datetime, int] | None = None  # when the fault had to be seen, and the number of that visit
    pages_since: int = 0
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.usual_length = math.exp(self.random.uniform(math.log(500), math.log(2200)))
        self.spread = self.random.uniform(0.4, 0.65)
        self.success = self.random.uniform(0.9, 1.0)
        self.repeats = self.random.choice((0.0, 0.0, 0.01, 0.03, 0.4))
        self.drift = self.random.choice((0.0, 0.0, 0.02, 0.1))
        self.stumbles = self.random.uniform(0.0, 0.02)


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS and day not in HISTORY_HOLIDAYS


def worked(start: datetime, end: datetime) -> timedelta:
    """Working time, counted the slow and plain way: hour by hour."""
    moment, passed = start.astimezone(SEOUL), timedelta(0)
    end = end.astimezone(SEOUL)
    while moment < end:
        midnight = datetime.combine(moment.date() + DAY, time(), SEOUL)
        step = min(midnight, end) - moment
        passed += step if is_workday(moment.date()) else timedelta(0)
        moment += step
    return passed


def announce(outlet: Outlet) -> None:
    """When the outlet publishes, over the history and the sixty days."""
    day = outlet.added_at.astimezone(SEOUL).date()
    last = (START + DAY * DAYS).astimezone(SEOUL).date()
    while day <= last:
        for _ in range(_number(outlet, day)):
            first, end = outlet.kind.hours
            second = outlet.random.uniform(first * 3600, end * 3600 - 1)
            outlet.news_times.append(datetime.combine(day, time(), SEOUL) + timedelta(seconds=second))
        day += DAY
    outlet.news_times = sorted(moment.astimezone(UTC) for moment in outlet.news_times)
    for _ in range(3):  # a server's bad hours: no alarm is due
        start = START + outlet.random.uniform(0, DAYS) * DAY
        outlet.outages.append((start, start + outlet.random.uniform(0.3, 2.5) * HOUR))


def _number(outlet: Outlet, day: date) -> int:
    kind = outlet.kind
    if kind.weekly_on is not None:
        return int(kind.a_day) if day.weekday() == kind.weekly_on and is_workday(day) else 0
    share = 1.0 if is_workday(day) else kind.holiday if day.weekday() < 5 else kind.weekend
    if kind.is_regular:
        return int(kind.a_day * share)
    return _poisson(outlet.random, kind.a_day * share * outlet.random.uniform(0.6, 1.4))


def _poisson(source: random.Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > 30:
        return max(round(source.gauss(mean, math.sqrt(mean))), 0)
    limit, number, product = math.exp(-mean), 0, source.random()
    while product > limit:
        number, product = number + 1, product * source.random()
    return number


def visit(outlet: Outlet, now: datetime) -> timedelta:
    """One visit: what the source answers, what the pages give. Gives the time until the next one."""
    outlet.visit_number += 1
    fault = outlet.fault if outlet.fault and outlet.fault.holds(now) else None
    error = _error(outlet, fault, now)
    outlet.attempts = [Attempt(now, error, error and "It answered 500."), *outlet.attempts][:KEPT_ATTEMPTS]
    if error:
        outlet.error_count += 1
        outlet.failing_since = outlet.failing_since or now
        return min(15 * MINUTE * 2 ** min(outlet.error_count - 1, 10), 12 * HOUR)
    outlet.error_count, outlet.failing_since, outlet.last_success_at = 0, None, now
    new = _new_items(outlet, fault, now)
    if new:
        outlet.news.append(now)
        _read(outlet, fault, now, _matching(outlet, new))
    silence = timedelta(0) if new or not outlet.news else now - outlet.news[-1]
    return max(20 * MINUTE, min(silence / 4, 6 * HOUR))


def _error(outlet: Outlet, fault: Fault | None, now: datetime) -> str | None:
    if fault and fault.state is OutletState.FAILING:
        return "server"
    if fault and fault.state is OutletState.BLOCKED:
        return "refused"
    is_down = any(start <= now < end for start, end in outlet.outages)
    return "timeout" if is_down or outlet.random.random() < outlet.stumbles else None


def _new_items(outlet: Outlet, fault: Fault | None, now: datetime) -> int:
    until = fault.starts if fault and fault.state is OutletState.QUIET else now
    count = 0
    while outlet.seen < len(outlet.news_times) and outlet.news_times[outlet.seen] <= now:
        count += outlet.news_times[outlet.seen] <= until
        outlet.seen += 1
    return count


def _matching(outlet: Outlet, new: int) -> int:
    return sum(outlet.random.random() < outlet.kind.matching for _ in range(new))


def _read(outlet: Outlet, fault: Fault | None, now: datetime, pages: int) -> None:
    if not pages:
        return
    success = outlet.success if fault is None or fault.success is None else fault.success
    drift = outlet.drift if fault is None or fault.drift is None else fault.drift
    repeats = outlet.repeats + (fault.repeats or 0.0 if fault else 0.0)
    factor = fault.length if fault else 1.0
    extracted = sum(outlet.random.random() < success for _ in range(pages))
    lengths = [outlet.usual_length * factor * outlet.random.lognormvariate(0, outlet.spread) for _ in range(extracted)]
    share = min(max(outlet.random.gauss(repeats, 0.05 if repeats else 0.005), 0.0), 0.8)
    chars = int(sum(lengths))
    outlet.visits.insert(
        0,
        VisitFacts(
            outlet.visit_number,
            now,
            extracted=extracted,
            unreadable=pages - extracted,
            drifted=sum(outlet.random.random() < drift for _ in range(extracted)),
            text_chars=chars,
            repeated_chars=int(chars * share / (1 - share)),
            log_chars=sum(math.log(length) for length in lengths),
        ),
    )
    outlet.visits = [row for row in outlet.visits if row.at > now - 90 * DAY]


def facts_of(outlet: Outlet) -> OutletFacts:
    last_news = outlet.news[-1] if outlet.news else None
    source = SourceFacts(
        id=1,
        url=f"https://{outlet.name}.example/rss",
        kind="feed",
        added_at=outlet.added_at,
        attempts=tuple(outlet.attempts),
        news=tuple(outlet.news[-KEPT_NEWS:]),
        error_count=outlet.error_count,
        failing_since=outlet.failing_since,
        last_success_at=outlet.last_success_at,
        last_new_at=last_news,
        last_error="It answered 500." if outlet.error_count else None,
    )
    return OutletFacts(outlet.name, True, MarkRow(outlet.name), (source,), tuple(outlet.visits), outlet.visit_number)


def watch(outlet: Outlet, now: datetime, rules: HealthRules, work: WorkTime) -> None:
    """The judgement after a visit, and the bound reckoned beside it."""
    before = outlet.rows.get(0)
    [row] = judge(facts_of(outlet), outlet.rows, now=now, rules=rules, work=work)
    outlet.rows = {0: row}
    if before is not None and row.state is not before.state:
        outlet.alarms.append(Alarm(now, outlet.visit_number, row.state, row.why))
    if outlet.fault and outlet.fault.holds(now) and outlet.bound is None and BOUNDS[outlet.fault.state](outlet, now):
        outlet.bound = (now, outlet.visit_number)


def _quiet_bound(outlet: Outlet, now: datetime) -> bool:
    recent = outlet.news[-KEPT_NEWS:]
    gaps = [worked(before, after) for before, after in pairwise(recent)]
    days = {moment.astimezone(SEOUL).date(): moment for moment in reversed(recent)}
    day_gaps = [worked(before, after) for before, after in pairwise(sorted(days.values()))]
    return worked(recent[-1], now) >= max(3 * DAY, 5 * median(gaps), 2 * median(day_gaps))


def _pages_bound(outlet: Outlet, now: datetime) -> bool:
    assert outlet.fault
    before = [row for row in outlet.visits if outlet.fault.starts - 60 * DAY <= row.at < outlet.fault.starts]
    since = [row for row in outlet.visits if row.at >= outlet.fault.starts]
    return sum(row.pages for row in since) >= 10 and sum(row.pages for row in before) >= 40


BOUNDS: dict[OutletState, Callable[[Outlet, datetime], bool]] = {
    OutletState.QUIET: _quiet_bound,
    OutletState.DEGRADED: _pages_bound,
    OutletState.FAILING: lambda outlet, _: outlet.error_count >= 5,
    OutletState.BLOCKED: lambda outlet, _: outlet.error_count >= 3,
}


def run(outlet: Outlet, rules: HealthRules, work: WorkTime) -> Outlet:
    announce(outlet)
    now = START - DAY * HISTORY
    while now < START + DAY * DAYS:
        step = visit(outlet, now)
        if now >= START - 10 * DAY:
            watch(outlet, now, rules, work)
        now += step * outlet.random.uniform(1.0, 1.05)
    return outlet


def world(seed: int, faulty: float, size: int) -> list[Outlet]:
    """Outlets of all kinds; a part of them meets a fault, some of them on the eve of Seollal."""
    outlets = []
    for number in range(size):
        source = random.Random(f"{seed} {number}")
        kind = KINDS[number % len(KINDS)]
        outlet = Outlet(f"{kind.name}-{number}", kind, source)
        if source.random() < faulty:
            eve = datetime(2027, 2, 5, 15, 0, tzinfo=SEOUL).astimezone(UTC)
            starts = eve if source.random() < 0.3 else START + source.uniform(12, 38) * DAY
            outlet.fault = source.choice(faults_at(starts, starts + 22 * DAY))
        outlets.append(outlet)
    return outlets


@dataclass
class Result:
    """What came of one simulated world."""

    outlets: list[Outlet]

    @property
    def source_months(self) -> float:
        return len(self.outlets) * DAYS / 30

    def false_alarms(self) -> list[tuple[Outlet, Alarm]]:
        return [(outlet, alarm) for outlet in self.outlets for alarm in outlet.alarms if _is_false(outlet, alarm)]

    def reached(self) -> list[Outlet]:
        """Outlets whose fault passed its bound while it lasted."""
        return [outlet for outlet in self.outlets if outlet.bound is not None]

    def delay(self, outlet: Outlet) -> int | None:
        """Visits from the bound to the alarm (0: at once); None when there was none."""
        assert outlet.fault
        assert outlet.bound
        found = [a.visit for a in outlet.alarms if a.state is outlet.fault.state and a.at >= outlet.fault.starts]
        return max(found[0] - outlet.bound[1], 0) if found else None


def _is_false(outlet: Outlet, alarm: Alarm) -> bool:
    if alarm.state is OutletState.OK or alarm.at < START:
        return False
    fault = outlet.fault
    return fault is None or not (fault.starts <= alarm.at < fault.ends + 3 * DAY)


def simulate(seed: int, rules: HealthRules | None = None, faulty: float = 0.5, size: int = 40) -> Result:
    rules, work = rules or HealthRules(), WorkTime()
    return Result([run(outlet, rules, work) for outlet in world(seed, faulty, size)])
