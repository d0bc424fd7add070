"""The benchmark of the archive on SQLite and PostgreSQL, in parts that may run on different days.

python -m benchmarks.archive [--part PART ...] [--sizes 10000 100000 300000] [--databases sqlite postgresql]

Filled archives are kept in the work folder and used again; what is measured is merged into the results of the day.
"""

import argparse
import logging
import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from benchmarks.archive import likeness, measure, order, recall, report, writers
from benchmarks.archive.archives import KINDS, Archives
from benchmarks.archive.fill import size_of
from benchmarks.archive.generator import START

UNLIKE = 5_000_000  # articles from this number on are in no filled archive


def main() -> int:
    chosen = _parser().parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")  # of the library that brings PostgreSQL
    with ExitStack() as stack:
        archives = Archives(chosen.work, stack)
        for part in chosen.part:
            for path, figures in PARTS[part](archives, chosen):
                _keep(chosen, (part, *path), figures)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.archive", description="The archive: writing, search, copies.")
    parser.add_argument("--part", nargs="*", choices=PARTS, default=list(PARTS), help="parts to run")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 300_000], help="articles in it")
    parser.add_argument("--databases", nargs="*", choices=KINDS, default=KINDS)
    parser.add_argument("--rounds", type=int, default=20, help="rounds of writers that are killed")
    parser.add_argument("--examples", type=int, default=10_000, help="queries that hypothesis makes up for the parser")
    parser.add_argument("--distractors", type=int, default=10_000, help="articles beside the labelled texts")
    parser.add_argument("--kiwi", type=Path, help="a Python that has kiwipiepy, to measure its morphemes beside ours")
    parser.add_argument("--work", type=Path, default=Path("build/bench-archive"), help="folder of the filled archives")
    parser.add_argument("--day", type=date.fromisoformat, default=date.today(), help="the results to add to")  # noqa: DTZ011
    parser.add_argument("--out", type=Path, default=report.RESULTS, help="folder of the results")
    return parser


def _keep(chosen: argparse.Namespace, path: tuple[str, ...], figures: Any) -> None:
    """Put figures into the results of the day, with the load of the machine when they were taken."""
    machine = f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}"
    load = round(os.getloadavg()[0], 1)
    page = report.add(chosen.day, machine, path, {**figures, "load": load}, chosen.out)
    print(f"{' '.join(path)}: {figures}\n  written: {page}", file=sys.stderr, flush=True)


Figures = Iterator[tuple[tuple[str, ...], dict[str, Any]]]


def _each(archives: Archives, chosen: argparse.Namespace) -> Iterator[tuple[str, int]]:
    archives.fill(chosen.sizes, chosen.databases)
    for size in sorted(chosen.sizes):
        for kind in chosen.databases:
            yield kind, size


def _fill(archives: Archives, chosen: argparse.Namespace) -> Figures:
    for kind, size in _each(archives, chosen):
        with archives.filled(kind, size) as database:
            yield (kind, str(size)), size_of(database)


def _search(archives: Archives, chosen: argparse.Namespace) -> Figures:
    for kind, size in _each(archives, chosen):
        with archives.filled(kind, size) as database:
            yield (kind, str(size)), measure.searching(database, _end(size))


def _insert(archives: Archives, chosen: argparse.Namespace) -> Figures:
    yield ("prepare",), measure.preparing()
    for kind, size in _each(archives, chosen):
        with archives.copied(kind, size) as database:
            yield (kind, str(size)), measure.writing(database, size + 1)


def _lookup(archives: Archives, chosen: argparse.Namespace) -> Figures:
    for kind, size in _each(archives, chosen):
        with archives.filled(kind, size) as database:
            yield (kind, str(size)), measure.looking_for_copies(database, _end(size), UNLIKE)


def _duplicates(archives: Archives, chosen: argparse.Namespace) -> Figures:
    yield ("labelled",), likeness.measure()
    for kind in chosen.databases:
        yield ("order", kind), order.measure(partial(archives.empty, kind, "ordered"))


def _recall(archives: Archives, chosen: argparse.Namespace) -> Figures:
    for kind in chosen.databases:
        with archives.empty(kind, "recall") as database:
            peers = kind == chosen.databases[0]
            found = recall.measure(database, chosen.distractors, START, kiwi=chosen.kiwi, peers=peers)
        yield (kind,), found


def _parser_never_raises(_archives: Archives, chosen: argparse.Namespace) -> Figures:
    yield ("hypothesis",), {"examples": chosen.examples, "raised": recall.parser_raised(chosen.examples)}


def _writers(archives: Archives, chosen: argparse.Namespace) -> Figures:
    for kind in chosen.databases:
        with archives.empty(kind, "writers") as database:
            yield (kind,), writers.rounds(database, chosen.rounds)


def _end(size: int) -> Any:
    """When the last article of an archive was seen."""
    return START + timedelta(seconds=95 * size)


PARTS: dict[str, Callable[[Archives, argparse.Namespace], Figures]] = {
    "fill": _fill,
    "search": _search,
    "recall": _recall,
    "parser": _parser_never_raises,
    "insert": _insert,
    "duplicates": _duplicates,
    "lookup": _lookup,
    "writers": _writers,
}


if __name__ == "__main__":
    sys.exit(main())
