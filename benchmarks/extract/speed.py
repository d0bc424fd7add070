"""How fast: the profile path and the generic path beside trafilatura with metadata and the bare lxml parse.

Processor time of this process, not wall time: other work on the machine disturbs it less. The contestants take turns
page by page, so that a slow minute hits all of them alike; the median of the rounds counts.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import lxml.html

from benchmarks.extract.contestants import Sample
from benchmarks.extract.suites import real_pages
from tests.crawler.layouts.pages import PROFILES, Slots, fill, p_tags
from tests.crawler.layouts.stories import BATTERY, FUNDING, POLICY, ROBOTS, Story

ROUNDS = 15
SIZE = 175_000  # bytes of the hand-made page
BETWEEN = (100_000, 250_000)  # bytes of the real pages that are timed


@dataclass(frozen=True)
class Pace:
    """One row of the speed table; `milliseconds` is the mean over pages of each page's median."""

    pages: str
    contestant: str
    milliseconds: float

    @property
    def pages_per_second(self) -> float:
        return 1000 / self.milliseconds


def heavy_page() -> bytes:
    """An article of about 9 kB in a page of 175 kB: menus, link lists, cards and inline scripts as on real pages."""
    text = (*FUNDING.paragraphs, *ROBOTS.paragraphs, *POLICY.paragraphs, *BATTERY.paragraphs)
    story = Story(FUNDING.title, text, FUNDING.reporter, FUNDING.mail)

    def furniture(count: int) -> tuple[str, str, str]:
        menu = "".join(
            f"<li class='item'><a href='/section/{n}' data-log='gnb.{n}'>메뉴 {n}번</a></li>" for n in range(count)
        )
        cards = "".join(
            f"<div class='card'><a href='/news/article/{n}'><img src='/thumb/{n}.jpg' alt=''>"
            f"<strong class='tit'>견본 기사 제목 {n}호</strong>"
            f"<span class='date'>2026.03.{n % 28 + 1:02}</span></a></div>"
            for n in range(count)
        )
        scripts = "".join(
            f"<script>window.sample{n}=function(a,b){{return a<b?{n}:a*b+{n};}};</script>" for n in range(count)
        )
        return scripts, f"<ul class='menu'>{menu}</ul>", f"<div class='cards'>{cards}</div>"

    def made(count: int) -> bytes:
        head, above, below = furniture(count)
        return fill("daily", story, p_tags(text), Slots(head=head, above=above, below=below)).encode()

    empty, one = len(made(0)), len(made(200))
    return made(round(200 * (SIZE - empty) / (one - empty)))


def paces() -> list[Pace]:
    """The whole table: the hand-made page and, where they are, the real ones of a like size."""
    rows = _paces("hand-made, 175 kB", [Sample("heavy", heavy_page(), profiles=(PROFILES["daily"],), outlet="sample")])
    suite = real_pages()
    if suite is not None:
        articles = [one for one in suite.samples if one.profiles and one.is_article]
        chosen = [one for one in articles if BETWEEN[0] <= len(one.html) <= BETWEEN[1]]
        mean = round(statistics.mean(len(one.html) for one in chosen) / 1000)
        rows += _paces(f"{len(chosen)} real pages, mean {mean} kB", chosen)
    return rows


def _paces(label: str, samples: Sequence[Sample]) -> list[Pace]:
    runners = _runners()
    times: dict[str, list[float]] = {name: [] for name in runners}
    for sample in samples:
        rounds: dict[str, list[float]] = {name: [] for name in runners}
        for _ in range(ROUNDS if len(samples) < 5 else 5):
            for name, run in runners.items():
                started = time.process_time()
                run(sample)
                rounds[name].append(time.process_time() - started)
        for name, taken in rounds.items():
            times[name].append(statistics.median(taken))
    return [Pace(label, name, 1000 * statistics.mean(taken)) for name, taken in times.items()]


def _runners() -> dict[str, Callable[[Sample], Any]]:
    from trafilatura import bare_extraction

    from crawler.extract import extract

    def parse(sample: Sample) -> Any:
        return lxml.html.document_fromstring(sample.html, parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))

    return {
        "lxml parse alone": parse,
        "zgcwatch, profile": lambda one: extract(one.html, url=one.url, profiles=one.profiles, outlet=one.outlet),
        "zgcwatch, no profile": lambda one: extract(one.html, url=one.url),
        "trafilatura, body only": lambda one: bare_extraction(one.html, include_comments=False),
        "trafilatura with metadata": lambda one: bare_extraction(one.html, include_comments=False, with_metadata=True),
    }


def repeats() -> dict[str, float]:
    """Milliseconds that removing repeats takes on an article of 4 kB, printed once and printed twice."""
    from crawler.extract.repeats import remove_repeats

    text: list[str] = []
    for line in (*FUNDING.paragraphs, *ROBOTS.paragraphs, *POLICY.paragraphs):
        if sum(len(one.encode()) for one in text) < 4000:
            text.append(line)
    cases = {
        "4 kB article": text,
        "4 kB, half of it printed twice": [*text[: len(text) // 2], *text[: len(text) // 2]],
        "4 kB article printed twice (8 kB)": [*text, *text[1:]],
    }
    return {name: _milliseconds(lambda lines=lines: remove_repeats(lines)) for name, lines in cases.items()}


def _milliseconds(run: Callable[[], Any]) -> float:
    taken = []
    for _ in range(200):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return 1000 * statistics.median(taken)
