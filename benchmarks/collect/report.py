"""What a run found: Markdown for people, JSON for comparing runs."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.extract.report import machine

RESULTS = Path(__file__).resolve().parents[1] / "results"
ABOUT = """\
Every figure is of one run: the farm is a process of its own on loopback addresses, the crawler another. Pages are made
up and 140 KB long; trafilatura takes as long over one as over the median of 27 real pages (17 and 20 ms). Outlets
misbehave by plan (`tests/servers/farm_plan.py`); what happened is judged from the farm's own log and from the archive.
Scaled down so that a run takes minutes: pauses of 0.02 s between requests, Crawl-delay 0.5 s, Retry-After 2 s.
Other work on the machine (see its load) slows both sides of a ratio, and flatters the pipeline beside bare Scrapy: its
three processes get a larger share of busy cores than one. Believe that ratio only of a quiet machine.
"""


@dataclass(frozen=True)
class Row:
    what: str
    found: Any
    bound: str
    holds: bool | None

    @property
    def word(self) -> str:
        return {True: "yes", False: "**no**", None: ""}[self.holds]


def table(rows: Iterable[Row]) -> str:
    lines = ["| what | found | bound | holds |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {row.what} | {row.found} | {row.bound} | {row.word} |" for row in rows)])


def write(day: date, rows: list[Row], data: dict[str, Any], chosen: argparse.Namespace) -> Path:
    chosen.out.mkdir(parents=True, exist_ok=True)
    here = machine()
    facts = "\n".join(f"- {name}: {value}" for name, value in here.items())
    title = f"# Collecting, {day.isoformat()}"
    size = f"Farm of {chosen.outlets} outlets with {chosen.articles} articles each; {data['minutes']} minutes."
    skipped = f"\nLeft out: {', '.join(chosen.skip)}.\n" if chosen.skip else ""
    file: Path = chosen.out / f"collect-{day.isoformat()}.md"
    file.write_text(
        f"{title}\n\n{ABOUT}\n{size}\n{skipped}\n{table(rows)}\n\n## Machine\n\n{facts}\n", encoding="utf-8"
    )
    record = {"day": day.isoformat(), "machine": here, **data, "rows": [vars(row) for row in rows]}
    file.with_suffix(".json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file
