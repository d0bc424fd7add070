"""Reading a stretch of the past: what belongs to it, where it goes on, and when a list has gone back far enough."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from crawler.candidates import Candidate, Reading
from crawler.candidates.candidate import Child
from crawler.candidates.dates import KST
from crawler.catalogue import Outlet
from crawler.sources import Source
from crawler.urls import is_own
from storage.records import BackfillRow, StepKey, StepRow

MOST_PAGES = 300  # of one list; with twenty links a page that is half a year of a busy section
DEEPEST_INDEX = 3
# A day or a month in an address: /2026/08/11/, 20260811123456, sitemap-2026-08.xml
_DAY = re.compile(r"(?<!\d)(20\d{2})([-_/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d(?!\d{3,}))")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_/.]?(0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A half-open stretch of time, [start, end), as an outlet's archive is read for it."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, backfill: BackfillRow) -> "Stretch":
        return cls(backfill.from_at, backfill.to_at)

    def days(self) -> Iterator[date]:
        """The days of the stretch in Korean time, the newest first."""
        day, first = (self.end - timedelta(microseconds=1)).astimezone(KST).date(), self.start.astimezone(KST).date()
        while day >= first:
            yield day
            day -= timedelta(days=1)

    def may_hold(self, candidate: Candidate) -> bool:
        """Whether the article may have appeared in the stretch; one that nothing dates may have."""
        if candidate.published_at is not None:
            return self.start <= candidate.published_at < self.end
        day = day_in(candidate.url)
        if day is not None:
            return self._meets(day, day)
        return candidate.modified_at is None or candidate.modified_at >= self.start

    def may_reach(self, child: Child) -> bool:
        """Whether a sitemap of an index may list articles of the stretch, by its last change and by its name."""
        if child.modified_at is not None and child.modified_at < self.start:
            return False
        path = urlsplit(child.url)._replace(scheme="", netloc="").geturl()
        day, month = day_in(path), _MONTH.search(path)
        if day is not None:
            return self._meets(day, day)
        if month is None:
            return True
        first = date(int(month[1]), int(month[2]), 1)
        return self._meets(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    def is_behind(self, candidates: Sequence[Candidate]) -> bool:
        """Whether a page of a list, newest first, lies wholly before the stretch."""
        days = [_day_of(candidate) for candidate in candidates]
        first = self.start.astimezone(KST).date()
        return bool(days) and all(day is not None and day < first for day in days)

    def _meets(self, first: date, last: date) -> bool:
        start = datetime(first.year, first.month, first.day, tzinfo=KST)
        end = datetime(last.year, last.month, last.day, tzinfo=KST) + timedelta(days=1)
        return start < self.end and end > self.start


def day_in(url: str) -> date | None:
    """The day an address carries, as those of most Korean outlets do; None when there is none."""
    found = _DAY.search(urlsplit(url).path + "?" + urlsplit(url).query)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None


def _day_of(candidate: Candidate) -> date | None:
    return candidate.published_at.astimezone(KST).date() if candidate.published_at else day_in(candidate.url)


def first_steps(outlet: Outlet, stretch: Stretch) -> list[StepKey]:
    """Where an outlet's past can be read: its sitemaps, its lists page by page or day by day, else its robots.txt."""
    steps = [step for source in outlet.sources for step in _steps_of(source, stretch)]
    return steps or [StepKey("robots", urljoin(outlet.home, "/robots.txt"), "")]


def _steps_of(source: Source, stretch: Stretch) -> Iterator[StepKey]:
    if source.kind == "sitemap":
        yield StepKey("sitemap", source.url, source.url)
    elif source.kind == "list" and source.is_daily:
        for day in stretch.days():
            yield StepKey("list", source.page_url(1, day) or source.url, source.url, day=day)
    elif source.kind == "list" and (source.next or source.page):
        yield StepKey("list", source.url, source.url)


def source_of(step: StepRow, outlet: Outlet) -> Source:
    """How a step's answer is read: as its source says, else as a sitemap found by robots.txt."""
    known = next((source for source in outlet.sources if source.url == step.source_url), None)
    return known or Source(kind="sitemap", url=step.url)


def following_steps(step: StepRow, source: Source, reading: Reading, stretch: Stretch, outlet: Outlet) -> list[StepKey]:
    """The steps an answer leads to: sitemaps that may reach into the stretch, or the next page of a list."""
    if step.kind != "list":
        deeper = step.depth + 1
        near = [child for child in reading.children if deeper <= DEEPEST_INDEX and stretch.may_reach(child)]
        return [StepKey("sitemap", child.url, step.source_url, depth=deeper) for child in near]
    mark = _mark(reading)
    if stretch.is_behind(reading.candidates) or mark == step.before or step.number >= MOST_PAGES:
        return []
    day = step.day or stretch.end.astimezone(KST).date()
    url = reading.next_page or source.page_url(step.number + 1, day)
    if url is None or not is_own(url, outlet):
        return []
    return [StepKey("list", url, step.source_url, number=step.number + 1, day=step.day, before=mark)]


def _mark(reading: Reading) -> str:
    """The same for two pages that list the same articles: many lists give their last page for any number beyond it."""
    return hashlib.blake2b(
        b"".join(sorted({key.url.encode() for key in reading.candidates})), digest_size=8
    ).hexdigest()
