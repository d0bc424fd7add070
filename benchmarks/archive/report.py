"""The figures as a page to read and a file for programs; every part that is run again replaces its own figures."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"
_SEARCHES = ("newest first", "filter + newest", "ranked")
Lines = Iterator[str]


def add(day: date, machine: str, path: tuple[str, ...], figures: dict[str, Any], folder: Path) -> Path:
    """Put figures into `archive-<day>.json` under `path`, and write the page of that day anew; gives the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"archive-{day}.md"
    file = page.with_suffix(".json")
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    data["machine"] = machine
    place = data
    for name in path[:-1]:
        place = place.setdefault(name, {})
    place[path[-1]] = figures
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text("\n".join(_lines(day, data)) + "\n", encoding="utf-8")
    return page


def _lines(day: date, data: dict[str, Any]) -> Lines:
    yield f"# The archive, {day}"
    yield ""
    yield f"Machine: {data['machine']}. Made-up articles of about 1,000 characters (`benchmarks/archive/generator.py`)."
    yield "Load is that of the machine in the last minute, the run itself included."
    for title, part, write in _PARTS:
        if part in data:
            yield from ("", f"## {title}", "")
            yield from write(data[part])


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Lines:
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(str(value) for value in row) + " |"


def _by_size(data: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for kind in ("sqlite", "postgresql"):
        for size in sorted(map(int, data.get(kind, {}))):
            yield kind, size, data[kind][str(size)]


def _search(data: dict[str, Any]) -> Lines:
    yield "p50 / p95 in ms (p95 of this process' processor time). A query's time is the least of three."
    yield ""
    rows = (
        (kind, f"{size:,}", *(_milliseconds(row[name]) for name in _SEARCHES), row["load"])
        for kind, size, row in _by_size(data)
    )
    yield from _table(("database", "articles", *_SEARCHES, "load"), rows)


def _milliseconds(row: dict[str, float]) -> str:
    return f"{row['p50_ms']} / {row['p95_ms']} ({row['p95_cpu_ms']})"


def _insert(data: dict[str, Any]) -> Lines:
    yield "With everything: lexemes, fingerprint, candidates and relations, raw page, change. Articles a second on the"
    yield "clock (of the processor), the middle one of five rounds of 200. Growth is the clock's cost of an article"
    yield "against that at 10,000 articles. What a text needs before it is written is computed for"
    yield f"{data['prepare']['a_cpu_second']} articles a second; in a crawl the workers that parse pages do it."
    yield ""
    ways = ("batches of 20", "one at a time")
    rows = []
    for kind, size, row in _by_size(data):
        first = data[kind].get("10000")
        growth = (f"{first[way]['a_second'] / row[way]['a_second']:.2f}" if first else "–" for way in ways)
        rates = (f"{row[way]['a_second']} ({row[way]['a_cpu_second']})" for way in ways)
        rows.append((kind, f"{size:,}", *rates, *growth, row["load"]))
    yield from _table(("database", "articles", *ways, *(f"growth, {way}" for way in ways), "load"), rows)


def _fill(data: dict[str, Any]) -> Lines:
    yield "PostgreSQL's search index is its table of tsvectors with the GIN index. Each of its rows and index entries"
    yield "has a head of its own, so that a hash of four bytes takes about eighty."
    yield ""
    parts = ("whole", "search index", "fingerprints")
    rows = ((kind, f"{size:,}", *(f"{row[part] / size:,.0f}" for part in parts)) for kind, size, row in _by_size(data))
    yield from _table(("database", "articles", *(f"{part}, bytes an article" for part in parts)), rows)


def _recall(data: dict[str, Any]) -> Lines:
    found = {
        name if name != "zgcwatch" else f"zgcwatch on {kind}": kinds
        for kind, contestants in data.items()
        for name, kinds in contestants.items()
        if name != "load"
    }
    kinds = [kind for kind in next(iter(found.values())) if kind != "queries"]
    yield from _table(("", *kinds), ((name, *(row.get(kind, "–") for kind in kinds)) for name, row in found.items()))
    yield ""
    yield f"{next(iter(found.values()))['queries']:.0f} queries."


def _parser(data: dict[str, Any]) -> Lines:
    data = data["hypothesis"]
    yield f"{data['raised']} of {data['examples']:,} queries made up by hypothesis raised."


def _duplicates(data: dict[str, Any]) -> Lines:
    if "labelled" in data:
        yield from _table(("edit of one report", "recall"), data["labelled"]["recall"].items())
        yield ""
        yield from _table(("not a copy", "merged"), data["labelled"]["merged"].items())
    if "order" in data:
        yield ""
        names = [name for name in next(iter(data["order"].values())) if name != "load"]
        rows = ((kind, *(row[name] for name in names)) for kind, row in data["order"].items())
        yield from _table(("stored in several orders", *names), rows)


def _lookup(data: dict[str, Any]) -> Lines:
    yield "For articles that are not in the archive, without the judging of what is found."
    yield ""
    rows = (
        (kind, f"{size:,}", row["p50_us"], row["p95_us"], row["candidates"], row["load"])
        for kind, size, row in _by_size(data)
    )
    yield from _table(("database", "articles", "p50 µs", "p95 µs", "candidates", "load"), rows)


def _writers(data: dict[str, Any]) -> Lines:
    names = list(next(iter(data.values())))
    yield from _table(("database", *names), ((name, *found.values()) for name, found in data.items()))


_PARTS: tuple[tuple[str, str, Callable[[dict[str, Any]], Lines]], ...] = (
    ("Search", "search", _search),
    ("Recall among the first ten", "recall", _recall),
    ("The parser of queries", "parser", _parser),
    ("Writing", "insert", _insert),
    ("Copies and what only looks like them", "duplicates", _duplicates),
    ("Looking for copies", "lookup", _lookup),
    ("What an article takes", "fill", _fill),
    ("Eight writers, three of them killed in each round, and a polling reader", "writers", _writers),
)
