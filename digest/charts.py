"""The counts of an issue as bars, beside what is usual."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from digest.content import Chart, bars
from digest.reasons import Reasons
from digest.safe import one_line
from storage.database import Session
from storage.trends import TOPIC, TrendRow, counts_against_mean

WEEKS = 4
LOOKED_AT = 40  # companies of the whole archive, of which the issue's own are shown
LONGEST = 7


def trends(session: Session, *, window_start: datetime, window_end: datetime) -> list[TrendRow]:
    """The window's counts for `charts`. The same for all watches with the same window."""
    return counts_against_mean(session, window_start=window_start, window_end=window_end, weeks=WEEKS, limit=LOOKED_AT)


def charts(
    rows: Iterable[TrendRow],
    *,
    companies: Collection[str],
    topics: Collection[str],
    outlets: Sequence[str],
    reasons: Reasons,
) -> tuple[Chart, ...]:
    """Bars of the topics and companies that an issue speaks of, and of its outlets; one bar alone says nothing.

    `companies` and `topics` are ids, `outlets` the outlet of each report.
    """
    topic_rows = [row for row in rows if row.kind == TOPIC and row.id in topics]
    company_rows = [row for row in rows if row.kind != TOPIC and row.id in companies]
    found = {
        "topics": _against_mean({reasons.topic([row.id]) or row.id: row for row in topic_rows}, fewest=1),
        "companies": _against_mean({one_line(row.name): row for row in company_rows}, fewest=2),
        "outlets": Chart("outlets", bars(Counter(outlets), LONGEST)),
    }
    shown = (Chart(key, chart.bars) for key, chart in found.items() if chart.bars)
    return tuple(chart for chart in shown if len(chart.bars) > 1 or chart.has_means)


def _against_mean(rows: Mapping[str, TrendRow], *, fewest: int) -> Chart:
    counts = {name: row.count for name, row in rows.items()}
    first = dict(sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:LONGEST])
    if len(first) < fewest:
        return Chart("", ())
    return Chart("", bars(first, LONGEST, means={name: row.mean for name, row in rows.items()}))
