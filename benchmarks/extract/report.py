"""Writes what a run found: Markdown for people, JSON for comparing runs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.extract.contestants import Contestant
from benchmarks.extract.speed import Pace
from benchmarks.report import machine, table
from tests.crawler.nasty_run import DEADLINE, LONGEST, MEMORY, NEXT_PAGE, Outcome

WORTH_A_LINE = 0.93  # F1 below which a page is named


def suite_section(name: str, judged: Sequence[tuple[Contestant, dict[str, Any] | None]]) -> str:
    """One suite's table, the extractors that were missing, and what this project got wrong page by page."""
    rows = []
    for who, figures in judged:
        if figures is not None:
            shown = {key: value for key, value in figures.items() if key != "by page"}
            seconds = sum(found.seconds for found in who.found.values())
            failed = sum(found.error is not None for found in who.found.values())
            rows.append(
                {"extractor": f"{who.name} {who.version}".strip(), **shown, "errors": failed, "s": round(seconds, 1)}
            )
    parts = [f"## {name}", table(rows)]
    parts += [f"{who.name} took no part: {who.missing}" for who, _ in judged if who.missing]
    parts += [_shortfalls(who.name, figures) for who, figures in judged if figures and who.name.startswith("zgcwatch")]
    return "\n\n".join(part for part in parts if part)


def _shortfalls(name: str, figures: Mapping[str, Any]) -> str:
    """The pages that this project did not get quite right, in a line each."""
    lines = []
    for page in figures["by page"]:
        faults = [
            f"{key} {len(value) if isinstance(value, list) else value}"
            for key in ("lost", "repeated", "leaked")
            if (value := page.get(key))
        ]
        faults += [key for key in ("title", "day", "minute", "date", "authors") if page.get(key) is False]
        if page.get("f1", 1) < WORTH_A_LINE:
            faults.insert(0, f"F1 {page['f1']:.3f}")
        if faults:
            lines.append(f"- {page['page']}: {', '.join(faults)}")
    return "\n".join([f"Not right yet ({name}):", "", *lines]) if lines else ""


def speed_section(paces: Sequence[Pace], repeats: Mapping[str, float]) -> str:
    """Pages per second and core, with the two ratios that matter."""
    rows = [
        {
            "pages": one.pages,
            "extractor": one.contestant,
            "ms": round(one.milliseconds, 2),
            "pages/s/core": round(one.pages_per_second, 1),
        }
        for one in paces
    ]
    parts = ["## Speed (processor time)", table(rows)]
    for label in dict.fromkeys(one.pages for one in paces):
        of = {one.contestant: one.milliseconds for one in paces if one.pages == label}
        peer = of["trafilatura with metadata"]
        parts.append(
            f"{label}: the profile path is {peer / of['zgcwatch, profile']:.1f} ×, the generic path "
            f"{peer / of['zgcwatch, no profile']:.2f} × as fast as trafilatura with metadata."
        )
    parts.append(table({"removing repeats": name, "ms": value} for name, value in repeats.items()))
    return "\n\n".join(parts)


def nasty_section(outcomes: Sequence[Outcome]) -> str:
    """Every hostile input; faults in bold."""
    rows = [
        {
            "input": one.name,
            "MB": round(one.bytes / 1e6, 2),
            "result": one.result,
            "s": round(one.seconds, 2),
            "next page s": round(one.next_page, 2),
            "parent MB": round(one.memory, 1),
            "faults": "**" + "; ".join(one.faults) + "**" if one.faults else "",
        }
        for one in outcomes
    ]
    missed = sum(bool(one.faults) for one in outcomes)
    bars = (
        f"{len(outcomes)} inputs, deadline {DEADLINE:g} s. The bars: an answer within {LONGEST:g} s, the next good "
        f"page within {NEXT_PAGE:g} s, the parent's memory + {MEMORY:g} MB at most. {missed} missed one."
    )
    return "\n\n".join(["## Nasty inputs", bars, table(rows)])


def write(sections: Sequence[str], data: Mapping[str, Any], folder: Path) -> Path:
    """The two files of one day."""
    day, here = report.today(), machine()
    head = (
        f"# Extraction, {day}\n\n{here['cores']} cores, {here['processor']}, Python {here['python']}, "
        f"{here['system']}; load when written {here['load'][0]}. One run: every extractor saw the same bytes.\n\n"
        "`minute` is the time right to the minute with its zone (Seoul where the page names none), `day` the date "
        "alone. F1 of real pages: character 4-grams after NFKC without white space. Made by `make bench-extract`."
    )
    text = "\n\n".join([head, *sections])
    return report.write("extract", text, {"date": day, "machine": here, **data}, folder)


def plain_outcomes(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [asdict(one) for one in outcomes]
