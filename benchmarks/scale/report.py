"""What the runs found, part by part: each run replaces its own parts of the day's record and writes the page anew."""

import json
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.report import Row


def keep(
    name: str, title: str, about: str, part: str, rows: list[Row], data: dict[str, Any], folder: Path = report.RESULTS
) -> Path:
    """Put one part into the day's record of `name` and write its page from all of it."""
    day = report.today()
    file = folder / f"{name}-{day}.json"
    record = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"day": day, "parts": {}}
    record["parts"][part] = {"machine": report.machine(), "rows": [vars(row) for row in rows], "data": data}
    sections = [_section(key, found) for key, found in record["parts"].items()]
    return report.write(name, f"# {title}, {day}\n\n{about}\n\n" + "\n".join(sections), record, folder)


def _section(name: str, found: dict[str, Any]) -> str:
    here = ", ".join(f"{fact} {value}" for fact, value in found["machine"].items())
    return f"## {name}\n\n{report.verdicts(Row(**row) for row in found['rows'])}\n\n{here}\n"
