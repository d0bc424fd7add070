"""What one issue says, as plain values in reading order: everything a rendering needs and nothing it must look up.

All words here are already cleaned (digest/safe.py), all addresses fit for a link, all times aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.safe import shorten

WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True, slots=True)
class Report:
    """One outlet's article on a story, as far as a list of names shows it."""

    article_id: int
    outlet: str
    at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One story in one issue. `title` is None where the outlet's licence shows no headline."""

    story_id: int
    lead: Report
    title: str | None
    excerpt: str | None = None
    others: tuple[Report, ...] = ()
    reasons: tuple[str, ...] = ()
    told_before: str | None = None  # follow-ups: when and under which headline it was mailed first

    @property
    def other_outlets(self) -> int:
        """How many other outlets reported it too."""
        return len({report.outlet for report in self.others} - {self.lead.outlet})

    @property
    def headline(self) -> str:
        """The headline, or what may be said without one."""
        return self.title or f"{self.lead.outlet} 보도 (제목을 싣지 않는 언론사)"


@dataclass(frozen=True, slots=True)
class Section:
    """Cards under one heading. `top` sections are set larger and are the last to be shortened."""

    name: str
    cards: tuple[Card, ...]
    top: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of an article that was mailed before. `details` are labelled lines of before and after."""

    lead: Report
    title: str | None
    what: str
    mailed: str  # the day of the mail that had the first version
    details: tuple[tuple[str, str], ...] = ()

    @property
    def headline(self) -> str:
        """The headline in force, or what may be said without one."""
        return self.title or f"{self.lead.outlet} 기사"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which outlets could be read in the window; `problems` are sentences about those that could not."""

    outlets: int
    confirmed: int
    problems: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """`32곳 중 30곳 확인; 보안뉴스는 11/23 04:10부터 응답 없음`."""
        return "; ".join((f"{self.outlets}곳 중 {self.confirmed}곳 확인", *self.problems))


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart of counts; `percent` is the bar's length against the longest."""

    name: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts of the issue under a name."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class IssueContent:
    """One issue. The window is half-open and counts first-seen time."""

    title: str
    zone: ZoneInfo
    window_start: datetime
    window_end: datetime
    sections: tuple[Section, ...]
    corrections: tuple[Correction, ...]
    coverage: Coverage
    charts: tuple[Chart, ...]
    reports: int
    outlets: int
    sample: bool = False
    web_url: str | None = None
    unsubscribe: str | None = None

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card in reading order."""
        return tuple(card for section in self.sections for card in section.cards)

    def day(self, moment: datetime) -> str:
        """`11/24(화)` in the issue's zone."""
        return day(moment, self.zone)

    def clock(self, moment: datetime) -> str:
        """`07:20` on the issue's own day, `11/23 18:04` on any other."""
        local = moment.astimezone(self.zone)
        hour = local.strftime("%H:%M")
        same_day = local.date() == self.window_end.astimezone(self.zone).date()
        return hour if same_day else f"{local.month}/{local.day} {hour}"

    @property
    def window(self) -> str:
        """`11/23(월) 07:20 – 11/24(화) 07:20`."""
        start, end = (f"{self.day(m)} {m.astimezone(self.zone):%H:%M}" for m in (self.window_start, self.window_end))
        return f"{start} – {end}"

    @property
    def subject(self) -> str:
        """`[중관춘 데일리] 11/24(화) <top story> 외 29건`."""
        cards = self.cards
        if not cards:
            return f"[{self.title}] {self.day(self.window_end)} 수정 {len(self.corrections)}건"
        more = f" 외 {len(cards) - 1}건" if len(cards) > 1 else ""
        return f"[{self.title}] {self.day(self.window_end)} {shorten(cards[0].headline, 70)}{more}"


def day(moment: datetime, zone: ZoneInfo, *, weekday: bool = True) -> str:
    """`11/24(화)`, or `11/24` without the day of the week."""
    local = moment.astimezone(zone)
    return f"{local.month}/{local.day}" + (f"({WEEKDAYS[local.weekday()]})" if weekday else "")


def bars(counts: Mapping[str, int], longest: int = 8) -> tuple[Bar, ...]:
    """Counts as a chart, greatest first, names breaking ties; rows past `longest` are added up under 기타."""
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    if len(rows) > longest:
        rows = [*rows[: longest - 1], ("기타", sum(count for _, count in rows[longest - 1 :]))]
    top = max((count for _, count in rows), default=1)
    return tuple(Bar(name, count, max(2, round(count * 100 / top))) for name, count in rows)
