"""Whether what is read from an outlet's pages has changed: its last pages against its own two weeks before.

Visits are gathered into blocks of about equal size, because the mean of two pages says less than that of twenty, at two
scales: a small block tells a great change soon, a large one a smaller change later. The newest block is compared with
the earlier ones by median and median deviation, shares by how unlikely they were by chance, so that one odd day moves
neither and a lucky week is no habit.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from storage.health import VisitFacts

NORMAL = 1.4826  # a normal distribution's standard deviation in terms of its median deviation


@dataclass(frozen=True, slots=True)
class DriftRules:
    """When a figure counts as off. Shares are between 0 and 1."""

    window: timedelta = timedelta(days=14)  # the habit is that of this time before,
    longest_window: timedelta = timedelta(days=60)  # or as much of this as gives enough blocks
    scales: tuple[int, ...] = (10, 32)  # pages that make a block: below the first, nothing is said
    blocks: int = 3  # earlier blocks that are needed for a comparison
    deviations: float = 4.5  # how many standard deviations a mean must be off
    chance: float = 1e-4  # how unlikely a share must be
    success_drop: float = 0.3
    length_factor: float = 1.6
    length_spread: float = 0.6  # least spread of single articles' lengths (logarithm) that is reckoned with
    repeat_rise: float = 0.15
    repeat_spread: float = 0.03  # least spread of the repeated share of a block that is reckoned with
    drift_rise: float = 0.4
    stay: float = 0.6  # part of each bound below which an outlet that was off counts as back


@dataclass(frozen=True, slots=True)
class Block:
    """Some visits in a row, added up. `at` is the end of the earliest of them."""

    at: datetime
    extracted: int = 0
    unreadable: int = 0
    drifted: int = 0
    text_chars: int = 0
    repeated_chars: int = 0
    log_chars: float = 0.0

    @property
    def pages(self) -> int:
        return self.extracted + self.unreadable

    @property
    def log_length(self) -> float:
        """The mean logarithm of a body's length: of a few articles, one very long one would move the mean itself."""
        return self.log_chars / self.extracted if self.extracted else 0.0

    @property
    def repeats(self) -> float:
        """The part of the text that the body had already."""
        return self.repeated_chars / ((self.text_chars + self.repeated_chars) or 1)

    def plus(self, visit: VisitFacts) -> "Block":
        return Block(
            visit.at,
            self.extracted + visit.extracted,
            self.unreadable + visit.unreadable,
            self.drifted + visit.drifted,
            self.text_chars + visit.text_chars,
            self.repeated_chars + visit.repeated_chars,
            self.log_chars + visit.log_chars,
        )


def iter_blocks(visits: Iterable[VisitFacts], size: int) -> Iterator[Block]:
    """Visits, newest first, gathered into blocks of at least `size` pages; a smaller rest is left out."""
    block = None
    for visit in visits:
        block = (block or Block(visit.at)).plus(visit)
        if block.pages >= size:
            yield block
            block = None


def habit(visits: Iterable[VisitFacts], size: int, rules: DriftRules, *, until: datetime) -> list[Block]:
    """The blocks before `until` that say what is normal: those of the window, or more where it holds too few."""
    blocks: list[Block] = []
    for block in iter_blocks((visit for visit in visits if visit.at < until), size):
        age = until - block.at
        if age > rules.longest_window or (age > rules.window and len(blocks) >= rules.blocks):
            break
        blocks.append(block)
    return blocks


def what_is_off(recent: Block, earlier: Sequence[Block], rules: DriftRules, *, is_off: bool = False) -> list[str]:
    """What differs from the outlet's habit, one phrase each. With `is_off` less is enough: it was off before."""
    if len(earlier) < rules.blocks:
        return []
    part = rules.stay if is_off else 1.0
    return [phrase for phrase in (check(recent, earlier, rules, part) for check in CHECKS) if phrase]


def _success(recent: Block, earlier: Sequence[Block], rules: DriftRules, part: float) -> str | None:
    usual = _share([(block.extracted, block.pages) for block in earlier], worst=min)
    now = recent.extracted / recent.pages
    if usual - now < part * min(rules.success_drop, usual * 0.8):
        return None
    if _at_most(recent.extracted, recent.pages, usual) > rules.chance**part:
        return None
    return f"{now:.0%} of its pages gave an article, {usual:.0%} is its habit"


def _length(recent: Block, earlier: Sequence[Block], rules: DriftRules, part: float) -> str | None:
    known = [block.log_length for block in earlier if block.extracted]
    if not known or not recent.extracted:
        return None
    usual, spread = _middle(known)
    floor = rules.length_spread / math.sqrt(recent.extracted)
    bound = max(math.log(rules.length_factor), rules.deviations * min(max(spread, floor), rules.length_spread / 2))
    if abs(recent.log_length - usual) < part * bound:
        return None
    return f"a body has {math.exp(recent.log_length):,.0f} characters, {math.exp(usual):,.0f} is its habit"


def _repeats(recent: Block, earlier: Sequence[Block], rules: DriftRules, part: float) -> str | None:
    usual, spread = _middle([block.repeats for block in earlier])
    bound = max(rules.repeat_rise, rules.deviations * max(spread, rules.repeat_spread))
    if recent.repeats - usual < part * min(bound, 2 * rules.repeat_rise):
        return None
    return f"{recent.repeats:.0%} of its text is there twice, {usual:.0%} is its habit"


def _drifted(recent: Block, earlier: Sequence[Block], rules: DriftRules, part: float) -> str | None:
    if not recent.extracted:
        return None
    usual = _share([(block.drifted, block.extracted) for block in earlier], worst=max)
    now = recent.drifted / recent.extracted
    if now - usual < part * rules.drift_rise:
        return None
    if _at_most(recent.extracted - recent.drifted, recent.extracted, 1 - usual) > rules.chance**part:
        return None
    return f"its profile finds too little on {now:.0%} of its pages, {usual:.0%} is its habit"


CHECKS: tuple[Callable[[Block, Sequence[Block], DriftRules, float], str | None], ...] = (
    _success,
    _length,
    _repeats,
    _drifted,
)


def _share(rows: Sequence[tuple[int, int]], *, worst: Callable[[float, float], float]) -> float:
    """The habitual share of (part, whole) rows: the median or that of all together, and never quite 0 or 1."""
    shares = [part / whole for part, whole in rows if whole]
    all_parts, all_wholes = sum(part for part, _ in rows), sum(whole for _, whole in rows)
    together = (all_parts + 1) / (all_wholes + 2)
    return worst(median(shares), together) if shares else together


def _at_most(count: int, number: int, chance: float) -> float:
    """How likely `count` or fewer of `number` are, each with `chance`."""
    return sum(math.comb(number, k) * chance**k * (1 - chance) ** (number - k) for k in range(count + 1))


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """Median and robust standard deviation."""
    middle = median(values)
    return middle, NORMAL * median(abs(value - middle) for value in values)
