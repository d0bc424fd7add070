"""The figures as a page to read and a file for programs."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"
_SEARCHES = ("newest first", "filter + newest", "ranked")


def write(day: date, data: dict[str, Any], folder: Path) -> Path:
    """Write `archive-<day>.md` and `.json`; gives the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"archive-{day}.md"
    page.with_suffix(".json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text("\n".join(_lines(day, data)) + "\n", encoding="utf-8")
    return page


def _lines(day: date, data: dict[str, Any]) -> Iterable[str]:
    yield f"# The archive, {day}"
    yield ""
    yield f"Machine: {data['machine']}; load {data['load']} at the start, {data['load at the end']} at the end. Made-up"
    yield "articles of about 1,000 characters. A query's time is the least of three; processor is this process."
    yield f"What a text needs before it is written is computed for {data['prepare']['a_cpu_second']} articles a second."
    for part in (_sizes, _recall, _likeness, _writers):
        lines = list(part(data))
        if lines:
            yield ""
            yield from lines


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(str(value) for value in row) + " |"


def _sizes(data: dict[str, Any]) -> Iterable[str]:
    if "sizes" not in data:
        return
    yield "## Search: p50 / p95 in ms (p95 of the processor)"
    yield ""
    searches = (
        (row["database"], f"{row['articles']:,}", *(_milliseconds(row["search"][name]) for name in _SEARCHES))
        for row in data["sizes"]
    )
    yield from _table(("database", "articles", *_SEARCHES), searches)
    yield ""
    yield "## Writing with everything: articles a second on the clock (of the processor)"
    yield ""
    head = (
        "database",
        "articles",
        "batches of 20",
        "one at a time",
        "copies: p50 / p95 µs",
        "index B/article",
        "prints B/article",
    )
    yield from _table(head, (_writing(row) for row in data["sizes"]))


def _milliseconds(row: dict[str, float]) -> str:
    return f"{row['p50_ms']} / {row['p95_ms']} ({row['p95_cpu_ms']})"


def _writing(row: dict[str, Any]) -> tuple[Any, ...]:
    def rate(name: str) -> str:
        return f"{row[name]['a_second']} ({row[name]['a_cpu_second']})"

    sizes, count = row["bytes"], row["articles"]
    return (
        row["database"],
        f"{count:,}",
        rate("batches of 20"),
        rate("one at a time"),
        f"{row['copies']['p50_us']} / {row['copies']['p95_us']}",
        round(sizes["search index"] / count),
        round(sizes["fingerprints"] / count),
    )


def _recall(data: dict[str, Any]) -> Iterable[str]:
    if "recall" not in data:
        return
    yield "## Recall among the first ten"
    yield ""
    kinds = [kind for kind in next(iter(data["recall"].values())) if kind != "queries"]
    rows = ((name, *(found.get(kind, "–") for kind in kinds)) for name, found in data["recall"].items())
    yield from _table(("", *kinds), rows)
    yield ""
    yield f"{next(iter(data['recall'].values()))['queries']:.0f} queries. The parser raised"
    yield f"{data['parser raised in 10,000']} times in 10,000 odd queries."


def _likeness(data: dict[str, Any]) -> Iterable[str]:
    if "likeness" not in data:
        return
    yield "## Copies"
    yield ""
    yield from _table(("edit", "recall"), data["likeness"]["recall"].items())
    yield ""
    yield from _table(("not a copy", "merged"), data["likeness"]["merged"].items())


def _writers(data: dict[str, Any]) -> Iterable[str]:
    if "writers" not in data:
        return
    yield "## Eight writers, three of them killed in each round, and a polling reader"
    yield ""
    names = list(next(iter(data["writers"].values())))
    yield from _table(("database", *names), ((name, *found.values()) for name, found in data["writers"].items()))
