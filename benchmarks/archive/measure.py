"""What is measured on an archive of a size: writing, searching, looking for copies."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.archive.generator import articles, names, with_particle
from storage import duplicates
from storage.archive import prepare, store_article
from storage.archive.store import DUPLICATE_WINDOW
from storage.database import Database
from storage.duplicates import Placed
from storage.duplicates.index import candidates
from storage.records import ArticleDraft, SearchFilters
from storage.search import search

QUERIES_A_KIND = 25
ROUNDS = 3
WRITING_ROUNDS = 5  # the middle one of them counts
WRITTEN = 200  # articles of one round
_COMMON = ("투자", "시장", "로봇", "상장", "매출", "정부", "인공지능 반도체", "물류 로봇", "배터리", "데이터센터")
_PAIRS = ("자율주행 보조금", "휴머노이드 원가", "수소 합작사", "드론 물류", "시리즈 B 상장", "양자컴퓨터 보안")


@dataclass
class Timings:
    """Milliseconds of each query: the least of three rounds, on the clock and of the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def row(self) -> dict[str, float]:
        return {
            "p50_ms": round(median(self.wall), 2),
            "p95_ms": round(_p95(self.wall), 2),
            "p95_cpu_ms": round(_p95(self.cpu), 2),
            "queries": len(self.wall),
        }


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def queries(seed: int = 3) -> dict[str, list[str]]:
    """Questions by kind: frequent and rare names, with particles, two words, words of every other article."""
    rng = random.Random(seed)
    world = names()
    frequent = list(world.companies[:QUERIES_A_KIND])
    rare = rng.sample(world.companies[500:], QUERIES_A_KIND)
    both = [f"{rng.choice(world.companies[:300])} {rng.choice(_COMMON)}" for _ in range(QUERIES_A_KIND)]
    return {
        "frequent name": frequent,
        "rare name": rare,
        "name + particle": [with_particle(name, rng.choice(("은", "이", "을", "와"))) for name in rare],
        "name + word": both,
        "common word": [*_COMMON, *_PAIRS],
        "phrase": [
            f'"{word}"' for word in ("물류 로봇", "안면 인식 기술", "전고체 배터리", "생산 라인", "신용등급 회계")
        ],
    }


def searching(database: Database, newest_seen: Any) -> dict[str, dict[str, float]]:
    """Newest first, by relevance, and newest first under filters, each over all kinds of questions."""
    asked = [query for kind in queries().values() for query in kind]
    month = SearchFilters(since=newest_seen.replace(day=1))
    filters = (
        SearchFilters(outlets=("sample-03",)),
        SearchFilters(outlets=("sample-30", "sample-31"), sections=("산업",)),
        SearchFilters(relation="original"),
        SearchFilters(relation="duplicate"),
        month,
        SearchFilters(until=month.since, sections=("증권",)),
    )
    ways: dict[str, list[dict[str, Any]]] = {
        "newest first": [{"query": query} for query in asked],
        "ranked": [{"query": query, "newest_first": False} for query in asked],
        "filter + newest": [
            {"query": query, "filters": filters[place % len(filters)]} for place, query in enumerate(asked)
        ],
    }
    return {way: _timed(database, calls).row() for way, calls in ways.items()}


def _timed(database: Database, calls: Sequence[dict[str, Any]]) -> Timings:
    found = Timings()
    for call in calls:
        rounds = [_once(database, call) for _ in range(ROUNDS)]
        found.wall.append(min(wall for wall, _ in rounds))
        found.cpu.append(min(cpu for _, cpu in rounds))
    return found


def _once(database: Database, call: dict[str, Any]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    with database.reader() as session:
        search(session, **call)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def writing(database: Database, first: int) -> dict[str, dict[str, float]]:
    """Articles a second with all that belongs to it, in batches of 20 and one in each transaction, round by round."""
    found: dict[str, list[dict[str, float]]] = {"batches of 20": [], "one at a time": []}
    for place in range(WRITING_ROUNDS):
        for number, (way, batch) in enumerate((("batches of 20", 20), ("one at a time", 1))):
            start = first + (2 * place + number) * WRITTEN
            found[way].append(_written(database, list(articles(start, WRITTEN)), batch))
    return {
        way: {name: round(median(one[name] for one in rounds), 1) for name in rounds[0]}
        for way, rounds in found.items()
    }


def _written(database: Database, drafts: Sequence[tuple[ArticleDraft, Any]], batch: int) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(drafts), batch):
        with database.writer() as session:
            for draft, seen in drafts[start : start + batch]:
                store_article(session, draft, now=seen)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"a_second": len(drafts) / wall, "a_cpu_second": len(drafts) / cpu}


def preparing(count: int = 300) -> dict[str, float]:
    """The floor: what is computed from a text alone, which worker processes do in a crawl."""
    drafts = [draft for draft, _ in articles(9_000_000, count)]
    cpu = time.process_time()
    for draft in drafts:
        prepare(draft.title, draft.subtitle, draft.body)
    return {"a_cpu_second": round(count / (time.process_time() - cpu), 1)}


def looking_for_copies(database: Database, seen: Any, first: int, count: int = 300) -> dict[str, float]:
    """The look-up of candidates for articles that are not in the archive, seen when it ended, without judging them."""
    wall: list[float] = []
    found = 0
    with database.reader() as session:
        for draft, _ in articles(first, count):
            prints = duplicates.fingerprint(draft.body)
            asked = Placed(0, seen)

            def look(prints: Any = prints, asked: Placed = asked) -> int:
                return len(candidates(session, asked, prints, DUPLICATE_WINDOW))

            least, number = _least(look)
            wall.append(least)
            found += number
    return {
        "p50_us": round(median(wall) * 1e6),
        "p95_us": round(_p95(wall) * 1e6),
        "candidates": round(found / count, 2),
    }


def _least(call: Callable[[], int]) -> tuple[float, int]:
    taken = []
    number = 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        number = call()
        taken.append(time.perf_counter() - start)
    return min(taken), number
