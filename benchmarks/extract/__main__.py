"""One run of the benchmark of extraction.

python -m benchmarks.extract [--peers FOLDER] [--skip PART ...] [--only-ours]
"""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

from benchmarks.extract import contestants, report, speed, suites
from benchmarks.extract.suites import Suite
from benchmarks.report import add_out

PARTS = ("real", "layouts", "standard", "speed", "nasty")
SUITES = (
    ("real", suites.real_pages),
    ("layouts", suites.layout_suite),
    ("layouts", suites.crossed_suite),
    ("standard", suites.standard_pages),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.extract", description="Extraction beside its peers, in one run.")
    parser.add_argument("--peers", type=Path, default=Path(".venv-peers"), help="the peers' virtual environment")
    parser.add_argument("--only-ours", action="store_true", help="leave the peers out")
    parser.add_argument("--skip", nargs="*", choices=PARTS, default=[], help="parts to leave out")
    add_out(parser)
    chosen = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns about each page without a text
    sections: list[str] = []
    data: dict[str, Any] = {"skipped": chosen.skip}
    for part, make in SUITES:
        if part in chosen.skip:
            continue
        suite = make()
        if suite is None:
            sections.append(f"## {part} pages\n\nTheir folder was not given: not measured.")
            print(sections[-1], "\n")
            continue
        _run_suite(suite, chosen, sections, data)
    if "speed" not in chosen.skip:
        _run_speed(sections, data)
    if "nasty" not in chosen.skip:
        _run_nasty(sections, data)
    print(f"written: {report.write(sections, data, chosen.out)}")
    return 0


def _run_suite(suite: Suite, chosen: argparse.Namespace, sections: list[str], data: dict[str, Any]) -> None:
    print(f"{suite.name}: {len(suite.samples)} pages", file=sys.stderr)
    everybody = [contestants.ours(suite.samples, profiles=False)]
    if any(sample.profiles for sample in suite.samples):
        everybody.insert(0, contestants.ours(suite.samples, profiles=True))
    if not chosen.only_ours:
        everybody += contestants.peers(chosen.peers, suite.samples)
    judged = [(who, None if who.missing else suite.judge(who)) for who in everybody]
    sections.append(report.suite_section(suite.name, judged))
    data[suite.name] = {who.name: _kept(who.name, figures) or {"missing": who.missing} for who, figures in judged}
    print(sections[-1], "\n", flush=True)


def _kept(name: str, figures: dict[str, Any] | None) -> dict[str, Any] | None:
    """Page by page for this project, totals for the others."""
    if figures is None or name.startswith("zgcwatch"):
        return figures
    return {key: value for key, value in figures.items() if key != "by page"}


def _run_speed(sections: list[str], data: dict[str, Any]) -> None:
    paces, repeats = speed.paces(), speed.repeats()
    sections.append(report.speed_section(paces, repeats))
    data["speed"] = {"paces": [vars(one) for one in paces], "repeats": repeats}
    print(sections[-1], "\n", flush=True)


def _run_nasty(sections: list[str], data: dict[str, Any]) -> None:
    from crawler.workers import ParsePool
    from tests.crawler.nasty import NASTY
    from tests.crawler.nasty_run import DEADLINE, attempt, good_page, run

    with ParsePool(1, DEADLINE) as pool:
        attempt(pool, good_page())  # starting the worker is not measured
        outcomes = [run(pool, nasty) for nasty in NASTY]
    sections.append(report.nasty_section(outcomes))
    data["nasty"] = report.plain_outcomes(outcomes)
    print(sections[-1], "\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
