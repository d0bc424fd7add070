"""Runs nasty inputs through the parse pool as the crawler does, and measures what they cost it."""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from crawler.extract import Article, NoArticle, extract
from crawler.workers import ParseCrashed, ParsePool, ParseRefused, ParseTimeout

from .nasty import Nasty, good_page

DEADLINE = 5.0  # seconds a job may take
LONGEST = 6.0  # seconds until the crawler has its answer, killing included
NEXT_PAGE = 2.0  # seconds until the next good page is read
MEMORY = 40.0  # megabytes that the crawler's own process may grow by
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
KNOWN = {NoArticle: "no article", ParseTimeout: "killed", ParseCrashed: "worker died", ParseRefused: "refused"}


@dataclass(frozen=True)
class Outcome:
    """What one input did. `result`: article, no article, killed, worker died, or the name of an unforeseen error."""

    name: str
    bytes: int
    result: str
    seconds: float
    next_page: float
    memory: float  # peak growth of the parent in megabytes, above what it held with the input at hand
    faults: tuple[str, ...] = field(default=())


def run(pool: ParsePool, nasty: Nasty) -> Outcome:
    """One input, then a good page."""
    page = nasty.make()
    with peak_memory() as memory:
        started = time.perf_counter()
        result = attempt(pool, page)
        seconds = time.perf_counter() - started
    started = time.perf_counter()
    after = attempt(pool, good_page())
    outcome = Outcome(nasty.name, len(page), result, seconds, time.perf_counter() - started, memory[0])
    return Outcome(**{**vars(outcome), "faults": tuple(_faults(outcome, after))})


def attempt(pool: ParsePool, page: bytes) -> str:
    """How a page ends. Errors that are no part of the pool's promise are named, not raised: they are findings."""
    try:
        found = pool.run_sync(extract, page, url="https://daily.example/news/1")
    except tuple(KNOWN) as error:
        return KNOWN[type(error)]
    except Exception as error:  # noqa: BLE001 - any error is what is looked for
        return f"{type(error).__name__}: {str(error)[:120]}"
    return "article" if isinstance(found, Article) else f"a {type(found).__name__}"


def _faults(outcome: Outcome, after: str) -> list[str]:
    broken = []
    if outcome.result not in {"article", "no article", "killed", "refused"}:
        broken.append(outcome.result)
    if outcome.seconds > LONGEST:
        broken.append(f"answered after {outcome.seconds:.1f} s")
    if after != "article":
        broken.append(f"the next page gave {after}")
    if outcome.next_page > NEXT_PAGE:
        broken.append(f"the next page took {outcome.next_page:.1f} s")
    if outcome.memory > MEMORY:
        broken.append(f"the parent grew by {outcome.memory:.0f} MB")
    return broken


def resident() -> float:
    """Megabytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_SIZE / 1e6


@contextmanager
def peak_memory():
    """Yields a list whose one number is the peak growth in megabytes while the block ran."""
    base, peak, ended = resident(), [0.0], Event()

    def watch():
        while not ended.wait(0.01):
            peak[0] = max(peak[0], resident() - base)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        peak[0] = max(peak[0], resident() - base)
        ended.set()
        watcher.join()
