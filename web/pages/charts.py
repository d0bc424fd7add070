"""Charts as figures: what a template needs to draw them as SVG, without a script and without a style in the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storage.views import VisitBar

SPARK_HEIGHT, SPARK_STEP, SPARK_BAR, SPARK_LEAST = 28, 5, 4, 3
CHART_WIDTH, CHART_HEIGHT, FOOT, LEFT = 720, 180, 22, 34
GAP = 0.28  # of a bar's step


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place and size, what it stands for, and a kind that colours it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """The last visits of an outlet in a small row of bars."""

    bars: tuple[Bar, ...]
    width: int
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of counts over time, with lines at round counts and a name under some of the bars."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    names: tuple[tuple[float, str], ...]
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT


def spark(visits: Sequence[VisitBar], most: int = 30) -> Spark:
    """Visits as bars: how many pages each fetched, red where it failed, grey where there was nothing to fetch."""
    top = max((visit.pages for visit in visits), default=0) or 1
    bars = []
    for place, visit in enumerate(visits):
        kind = "bad" if visit.error or (visit.failed and not visit.pages) else "good" if visit.pages else "idle"
        tall = SPARK_HEIGHT if kind == "bad" else SPARK_LEAST + (SPARK_HEIGHT - SPARK_LEAST) * visit.pages / top
        height = round(tall if kind != "idle" else SPARK_LEAST, 1)
        x = (most - len(visits) + place) * SPARK_STEP
        bars.append(Bar(x, round(SPARK_HEIGHT - height, 1), SPARK_BAR, height, "", kind))
    bad = sum(1 for bar in bars if bar.kind == "bad")
    return Spark(tuple(bars), most * SPARK_STEP, len(bars) - bad, bad)


def columns(days: Sequence[date], counts: Sequence[int]) -> Columns:
    """A bar for each of the days (or the weeks that begin on them)."""
    if not days:
        return Columns((), (), ())
    top = _round_up(max(counts, default=0))
    step = (CHART_WIDTH - LEFT) / len(days)
    room = CHART_HEIGHT - FOOT - 8

    def height_of(count: float) -> float:
        return room * count / top

    bars = tuple(
        Bar(
            round(LEFT + place * step + step * GAP / 2, 1),
            round(8 + room - height_of(count), 1),
            round(step * (1 - GAP), 1),
            round(height_of(count), 1),
            f"{day:%Y-%m-%d}: {count}",
        )
        for place, (day, count) in enumerate(zip(days, counts, strict=True))
    )
    lines = tuple((round(8 + room - height_of(value), 1), f"{value:g}") for value in (0, top / 2, top))
    every = max(1, -(-len(days) // 9))
    names = tuple(
        (round(LEFT + (place + 0.5) * step, 1), f"{day:%m/%d}") for place, day in enumerate(days) if place % every == 0
    )
    return Columns(bars, lines, names)


def _round_up(count: int) -> int:
    """The next round even figure: 2, 4, 10, 20, 40, 100 …"""
    unit = 1
    while True:
        for step in (2, 4, 10):
            if count <= step * unit:
                return step * unit
        unit *= 10
