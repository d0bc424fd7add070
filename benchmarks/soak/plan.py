"""What the soak's outlets do over the week: how often they publish, and when and how each misbehaves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.servers.farm_pages import FarmArticle

SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2027, 5, 10, 6, 0, tzinfo=SEOUL).astimezone(UTC)  # a Monday
DAYS = 7
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """`kind` from `starts` to `ends`, both counted from the start of the week; `state` is what it must be called."""

    kind: str
    starts: timedelta
    ends: timedelta
    state: str | None


FAULTS = {
    1: Fault("500", 2 * DAY, 3 * DAY, "failing"),
    2: Fault("403", 1 * DAY, 2 * DAY, "blocked"),
    3: Fault("hang", 3 * DAY, 3 * DAY + 12 * HOUR, "failing"),
    4: Fault("garbage", 4 * DAY, 5 * DAY, "failing"),
    5: Fault("500", 2 * DAY, 2 * DAY + HOUR, None),  # over before anybody is told
}


@dataclass(frozen=True)
class SoakOutlet:
    """One outlet on a loopback address of its own, publishing evenly, day and night."""

    number: int

    @property
    def id(self) -> str:
        return f"soak-{self.number:02d}"

    @property
    def host(self) -> str:
        return f"127.2.0.{1 + self.number}"

    @property
    def every(self) -> timedelta:
        """Between two articles."""
        return timedelta(minutes=90 + 20 * self.number)

    @property
    def fault(self) -> Fault | None:
        return FAULTS.get(self.number)

    def fault_at(self, now: datetime) -> str | None:
        fault = self.fault
        return fault.kind if fault and START + fault.starts <= now < START + fault.ends else None

    def published(self, now: datetime) -> int:
        """The number of the newest article; they count from 1."""
        return max(int((now - START) / self.every), 1)

    def story(self, number: int) -> FarmArticle:
        return FarmArticle(seed=self.number * 100_000 + number, number=number, on_topic=number % 4 != 0)


def soak_plan(outlets: int) -> list[SoakOutlet]:
    return [SoakOutlet(number) for number in range(outlets)]
