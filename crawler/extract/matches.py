"""Stretches of letters that a text has twice: found by seeds, extended to full length, chained across small gaps."""

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

SEED = 20  # letters that must agree before anything is looked at
STRIDE = 10  # every tenth position of the text seen so far is indexed: a match of 30 letters cannot be missed
GAP = 12  # letters that may differ between two matching stretches of one copy
PICK_UP = 12  # letters that must agree again behind such a gap
CANDIDATES = 8  # earlier places looked at for one seed

# Letters to skip on both sides, the smallest differences first.
_SKIPS = sorted(itertools.product(range(GAP + 1), repeat=2), key=sum)[1:]


@dataclass(slots=True)
class Unit:
    """One sentence: where it stands (block, offsets in the block) and where its letters stand in the whole text."""

    block: int
    start: int
    end: int
    first: int
    last: int  # exclusive
    dropped: bool = False
    twin: int | None = None  # where the letters stand that it is a copy of


@dataclass(slots=True)
class Run:
    """Stretches of one copy: (earlier, later, length), ascending on both sides."""

    parts: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def letters(self) -> int:
        return sum(length for _, _, length in self.parts)

    def span(self, side: int) -> tuple[int, int]:
        return self.parts[0][side], self.parts[-1][side] + self.parts[-1][2]


@dataclass(frozen=True, slots=True)
class Edges:
    """Positions at which sentences and paragraphs begin and end."""

    sentences: frozenset[int]
    starts: frozenset[int]
    ends: frozenset[int]
    in_order: tuple[int, ...]  # beginnings of sentences

    @classmethod
    def of(cls, units: Sequence[Unit]) -> "Edges":
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        for unit in units:
            starts.setdefault(unit.block, unit.first)
            ends[unit.block] = unit.last
        firsts = tuple(unit.first for unit in units)
        return cls(frozenset(firsts), frozenset(starts.values()), frozenset(ends.values()), firsts)

    def whole_paragraphs(self, run: Run) -> bool:
        """True when both copies begin and end where paragraphs do: then a short repeat is a copy, not a quotation."""
        spans = run.span(0), run.span(1)
        return all(first in self.starts and last in self.ends for first, last in spans)


def find_runs(text: str, edges: Edges) -> list[Run]:
    """Every stretch that repeats an earlier one, found in one pass over the text."""
    if not _has_repeats(text):
        return []
    seen: dict[str, list[int]] = {}
    runs: list[Run] = []
    indexed = floor = position = 0
    while position <= len(text) - SEED:
        # Only text that ends before the seed begins is indexed, so that a stretch never repeats itself.
        while indexed + SEED <= position:
            seen.setdefault(text[indexed : indexed + SEED], []).append(indexed)
            indexed += STRIDE
        candidates = seen.get(text[position : position + SEED])
        if candidates is None:
            position += 1
            continue
        found = [_extend(text, earlier, position, floor, edges) for earlier in candidates[:CANDIDATES]]
        runs.append(max(found, key=lambda run: run.letters))
        floor = runs[-1].span(1)[1]
        position = max(floor, position + 1)
    return runs


def _has_repeats(text: str) -> bool:
    """Whether any seed stands twice; most articles have none, and this is told faster than where they are."""
    end = len(text) - SEED + 1
    seeds = [text[position : position + SEED] for position in range(0, end, STRIDE)]
    known = set(seeds)
    return len(known) < len(seeds) or any(
        not known.isdisjoint([text[position : position + SEED] for position in range(first, end, STRIDE)])
        for first in range(1, STRIDE)
    )


def _extend(text: str, earlier: int, later: int, floor: int, edges: Edges) -> Run:
    """The longest copy around one seed, in both directions and across small gaps, from the first common sentence on."""
    begin = _first_common(text, earlier, later, floor, edges)
    run = Run()
    origin = later = begin[1]
    earlier = begin[0]
    while True:
        length = _common(text, earlier, later, limit=origin)
        run.parts.append((earlier, later, length))
        step = _next_agreement(text, earlier + length, later + length, limit=origin)
        if step is None:
            return run
        earlier, later = step


def _first_common(text: str, earlier: int, later: int, floor: int, edges: Edges) -> tuple[int, int]:
    """How far back two stretches agree. Neighbouring sentences often end alike (-습니다): what agrees before the first
    common beginning of a sentence means nothing, where there is such a beginning.
    """
    start = None
    while True:
        if earlier in edges.sentences and later in edges.sentences:
            start = earlier, later
        if earlier > 0 and later > floor and text[earlier - 1] == text[later - 1]:
            earlier, later = earlier - 1, later - 1
            continue
        step = _last_agreement(text, earlier, later, floor)
        if step is None:
            return start or _next_beginning(text, earlier, later, edges)
        earlier, later = step


def _next_beginning(text: str, earlier: int, later: int, edges: Edges) -> tuple[int, int]:
    """The first common beginning of a sentence behind two positions; the positions where there is none."""
    length = _common(text, earlier, later, limit=later)
    for index in range(bisect_left(edges.in_order, later), len(edges.in_order)):
        offset = edges.in_order[index] - later
        if offset >= length:
            break
        if earlier + offset in edges.sentences:
            return earlier + offset, later + offset
    return earlier, later


def _last_agreement(text: str, earlier: int, later: int, floor: int) -> tuple[int, int] | None:
    """Like `_next_agreement`, towards the beginning."""
    for there_skip, here_skip in _SKIPS:
        there, here = earlier - there_skip, later - here_skip
        if there < PICK_UP or here - PICK_UP < floor:
            continue
        if text[there - PICK_UP : there] == text[here - PICK_UP : here]:
            return there, here
    return None


def group_runs(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that follow each other on both sides belong to one copy with insertions."""
    groups: list[list[Run]] = []
    for run in runs:
        if groups and groups[-1][-1].span(0)[1] <= run.span(0)[0] and run.span(0)[1] <= groups[-1][0].span(1)[0]:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _common(text: str, earlier: int, later: int, *, limit: int) -> int:
    """How many letters agree from two positions on; the earlier stretch ends where the copy begins."""
    most = min(limit - earlier, len(text) - later)
    low, high = 0, max(0, most)
    # Slices compare in C: doubling and halving beats a loop over letters.
    step = 64
    while low < high:
        size = min(step, high - low)
        if text[earlier + low : earlier + low + size] == text[later + low : later + low + size]:
            low += size
            step *= 2
        elif size == 1:
            break
        else:
            high = min(high, low + size)
            step = max(1, size // 2)
    return low


def _next_agreement(text: str, earlier: int, later: int, *, limit: int) -> tuple[int, int] | None:
    """Where two stretches agree again behind a small difference, the nearest such place."""
    for there_skip, here_skip in _SKIPS:
        there, here = earlier + there_skip, later + here_skip
        if there + PICK_UP > limit or here + PICK_UP > len(text):
            continue
        if text[there : there + PICK_UP] == text[here : here + PICK_UP]:
            return there, here
    return None
