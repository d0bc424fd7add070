"""What every benchmark writes: a page for people and a file for programs, with the machine that the figures are of."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One figure, beside the bound it has to keep; `holds` is None where there is no bound."""

    what: str
    found: Any
    bound: str
    holds: bool | None

    @property
    def cells(self) -> dict[str, Any]:
        word = {True: "yes", False: "**no**", None: ""}[self.holds]
        return {"what": self.what, "found": str(self.found), "bound": self.bound, "holds": word}


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or "unknown",
    )
    return {
        "cores": os.cpu_count(),
        "processor": model,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "load": load(),
    }


def load() -> list[float]:
    """How many processes wanted a core in the last one, five and fifteen minutes."""
    return [round(one, 2) for one in os.getloadavg()]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """A Markdown table; its columns are the keys of the first row."""
    rows = list(rows)
    columns = list(rows[0])
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(column, "")) for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|").replace("\n", " ")


def verdicts(rows: Iterable[Row]) -> str:
    """A Markdown table of figures and their bounds."""
    return table(row.cells for row in rows)


def add_out(parser: argparse.ArgumentParser) -> None:
    """`--out FOLDER`, the same for every benchmark."""
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")


def today() -> str:
    """The day on the wall, which names the two files of a run."""
    return date.today().isoformat()  # noqa: DTZ011 - the reader's day, not the world's


def write(name: str, text: str, figures: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """The page `<name>-<day>.md` and its `.json`; a second run of a day replaces the first. Gives the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{name}-{today()}.md"
    page.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    record = json.dumps(figures, ensure_ascii=False, indent=1, default=str)
    page.with_suffix(".json").write_text(record + "\n", encoding="utf-8")
    return page
