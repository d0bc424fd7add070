"""The page of a run of collecting."""

import argparse
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.report import Row

ABOUT = """\
Every figure is of one run: the farm is a process of its own on loopback addresses, the crawler another. Pages are made
up and 140 KB long; trafilatura takes as long over one as over the median of 27 real pages (17 and 20 ms). Outlets
misbehave by plan (`tests/servers/farm_plan.py`); what happened is judged from the farm's own log and from the archive.
Scaled down so that a run takes minutes: pauses of 0.02 s between requests, Crawl-delay 0.5 s, Retry-After 2 s.
Other work on the machine (see its load) slows both sides of a ratio, and flatters the pipeline beside bare Scrapy: its
three processes get a larger share of busy cores than one. Believe that ratio only of a quiet machine.
"""


def write(rows: list[Row], data: dict[str, Any], chosen: argparse.Namespace) -> Path:
    """The two files of one day."""
    day, here = report.today(), report.machine()
    size = f"Farm of {chosen.outlets} outlets with {chosen.articles} articles each; {data['minutes']} minutes."
    facts = "\n".join(f"- {name}: {value}" for name, value in here.items())
    parts = [f"# Collecting, {day}", ABOUT.rstrip("\n"), size]
    parts += [f"Left out: {', '.join(chosen.skip)}."] if chosen.skip else []
    text = "\n\n".join([*parts, report.verdicts(rows), "## Machine", facts])
    figures = {"day": day, "machine": here, **data, "rows": [vars(row) for row in rows]}
    return report.write("collect", text, figures, chosen.out)
