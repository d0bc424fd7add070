"""What the runs found, part by part: each run replaces its own parts of the day's record and writes the page anew."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.extract.report import machine

RESULTS = Path(__file__).resolve().parents[1] / "results"


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


def keep(name: str, title: str, about: str, part: str, rows: list[Row], data: dict[str, Any]) -> Path:
    """Put one part into `NAME-DAY.json` and write `NAME-DAY.md` from all of it."""
    day = date.today().isoformat()  # noqa: DTZ011 - the day on this machine
    record_file = RESULTS / f"{name}-{day}.json"
    record = json.loads(record_file.read_text(encoding="utf-8")) if record_file.exists() else {"day": day, "parts": {}}
    record["parts"][part] = {"machine": machine(), "rows": [vars(row) for row in rows], "data": data}
    record_file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sections = []
    for key, found in record["parts"].items():
        load = ", ".join(f"{fact} {value}" for fact, value in found["machine"].items())
        sections.append(f"## {key}\n\n{table(Row(**row) for row in found['rows'])}\n\n{load}\n")
    page = record_file.with_suffix(".md")
    page.write_text(f"# {title}, {day}\n\n{about}\n\n" + "\n".join(sections), encoding="utf-8")
    return page
