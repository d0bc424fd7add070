"""Text a page prints twice comes back once. Stateless: what one article taught is never used on the next.

A page may hold its article a second time: a clean-view layer, a print layer, a mobile copy. The copy is rarely equal
character by character (merged paragraphs, other spaces, other quotes): equality is judged on letters and digits only.
Exact matches are found, extended to their full length and chained across small gaps; then whole sentences are dropped,
never parts of one, and never one whose unmatched characters hold a digit: "3억원" is not a copy of "5억원".
Short repeats that stand alone (Q. and A., headings, table cells, refrains, a quoted sentence) are how people write.
They stay.
"""

import itertools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extract.matches import SEED, Edges, Run, Unit, find_runs, group_runs

ALONE = 60  # letters a repeat needs when it is one or a few whole paragraphs
WITHIN = 240  # letters a repeat needs when it begins or ends inside a paragraph
MOSTLY = 0.8  # share of a sentence that must agree, and
FORGIVEN = 4  # unmatched letters of a sentence that is dropped
TEASER = 30  # letters of a cut-off first paragraph
PASSES = 4  # a third copy may need a second look
DOUBLED = 0.25  # share of the text that is copies, above which short lines between copies are judged too

_SENTENCE = re.compile(r"""[.?!…。]+["'”’」』)\]》〉]*(?=\s|$)|(?<=[다요죠까])\.(?=[가-힣“"‘'])""")
_MORE_ALIKE = 0.15
_DATELINE = re.compile(r"\s*[\[(【][^\])】]{1,30}=[^\])】]{1,30}[\])】]")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """`kept`: the paragraphs left, in order; `removed`: the copies; `origins`: the index each kept one came from."""

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    origins: tuple[int, ...]


def remove_repeats(paragraphs: Sequence[str], *, title: str | None = None) -> Deduplicated:
    """The paragraphs without the copies among them, in order; of two copies the first stands, or the longer one.

    Where the first copy lacks its lead, the later one stands; the lead is known by its dateline or by the `title`.
    """
    kept = tuple(paragraphs)
    origins = tuple(range(len(kept)))
    removed: tuple[str, ...] = ()
    for _ in range(PASSES):
        once = _remove_once(kept, title)
        if not once.removed:
            break
        kept, removed = once.kept, removed + once.removed
        origins = tuple(origins[index] for index in once.origins)
    return Deduplicated(kept, removed, origins)


def _remove_once(paragraphs: Sequence[str], title: str | None) -> Deduplicated:
    text, units = _letters(paragraphs)
    if len(text) < 2 * SEED:
        return Deduplicated(tuple(paragraphs), (), tuple(range(len(paragraphs))))
    edges = Edges.of(units)
    _drop_immediate_copies(text, units, edges)
    for group in group_runs(find_runs(text, edges)):
        side = 0 if _lacks_lead(paragraphs, group, units, title) else _shorter_side(group)
        letters = sum(run.letters for run in group)
        for run in group:
            # In a copy with insertions, a paragraph between others may be shorter than one that stands alone.
            least = SEED if letters >= 2 * ALONE else ALONE
            if run.letters >= WITHIN or (run.letters >= least and edges.whole_paragraphs(run)):
                _mark(run, side, text, units)
    _drop_cut_teasers(text, units, edges)
    if sum(unit.last - unit.first for unit in units if unit.dropped) >= DOUBLED * len(text):
        _mark_short_lines(text, units)
    return _assemble(paragraphs, units)


def letters_of(text: str) -> str:
    """Letters and digits only, compatibility forms unified, case folded: what two copies have in common."""
    return _NOT_LETTERS.sub("", "".join(unicodedata.normalize("NFKC", text).split())).casefold()


def _letters(paragraphs: Sequence[str]) -> tuple[str, list[Unit]]:
    pieces: list[str] = []
    units: list[Unit] = []
    position = 0
    for number, paragraph in enumerate(paragraphs):
        start = 0
        ends = [match.end() for match in _SENTENCE.finditer(paragraph)]
        if not ends or ends[-1] < len(paragraph):
            ends.append(len(paragraph))
        for end in ends:
            piece = letters_of(paragraph[start:end])
            pieces.append(piece)
            units.append(Unit(number, start, end, position, position + len(piece)))
            position += len(piece)
            start = end
    return "".join(pieces), units


def _shorter_side(group: Sequence[Run]) -> int:
    """Which copy goes: 1 the later one, 0 the earlier one when the later one has more text between its ends."""
    lengths = [group[-1].span(side)[1] - group[0].span(side)[0] for side in (0, 1)]
    return 0 if lengths[1] - lengths[0] >= SEED else 1


def _lacks_lead(paragraphs: Sequence[str], group: Sequence[Run], units: Sequence[Unit], title: str | None) -> bool:
    """True when the text begins with a copy whose lead stands behind it, before the second copy (a layer made of all
    paragraphs but the first). What stands there may be the end of the first copy as well: a lead is told by its
    dateline, or by retelling the title better than the first copy's beginning does.
    """
    spoken = [unit for unit in units if unit.last > unit.first]
    begin, end = group[-1].span(0)[1], group[0].span(1)[0]
    between = [unit.block for unit in spoken if unit.first >= begin and unit.last <= end]
    if group[0].span(0)[0] != spoken[0].first or not between or end - begin < SEED:
        return False
    lead, first = paragraphs[between[0]], paragraphs[spoken[0].block]
    if _DATELINE.match(lead):
        return not _DATELINE.match(first)
    return title is not None and _likeness(lead, title) > _likeness(first, title) + _MORE_ALIKE


def _likeness(text: str, title: str) -> float:
    """Share of the title's letter pairs that a text has."""
    letters, name = letters_of(text), letters_of(title)
    pairs = {name[index : index + 2] for index in range(len(name) - 1)}
    return sum(pair in letters for pair in pairs) / max(1, len(pairs))


def _mark(run: Run, side: int, text: str, units: Sequence[Unit]) -> None:
    """Drops the sentences that a copy covers on one side (0 the earlier, 1 the later)."""
    matched = [(part[side], part[side] + part[2]) for part in run.parts]
    ends = [end for _, end in matched]
    letters = run.letters
    first = bisect_right(units, matched[0][0], key=lambda unit: unit.last)
    for unit in itertools.islice(units, first, None):
        if unit.first >= ends[-1]:
            break
        if not unit.dropped and unit.last > unit.first:
            around = matched[bisect_left(ends, unit.first) : bisect_left(ends, unit.last) + 1]
            if _covered(unit, around, text, letters):
                unit.dropped = True
                unit.twin = _counterpart(unit.first, run, side)


def _covered(unit: Unit, matched: Sequence[tuple[int, int]], text: str, letters: int) -> bool:
    """True when a copy of `letters` letters covers the sentence but for a few of its letters."""
    covered = 0
    rest: list[str] = []
    position = unit.first
    for begin, finish in matched:
        start, end = max(begin, unit.first), min(finish, unit.last)
        if start < end:
            rest.append(text[position:start])
            covered += end - start
            position = end
    rest.append(text[position : unit.last])
    unmatched = "".join(rest)
    if not unmatched:
        return True
    if covered < MOSTLY * (unit.last - unit.first) or len(unmatched) > FORGIVEN or any(map(str.isdigit, unmatched)):
        return False
    # A sentence with other letters in it is a copy only inside a longer one: parallel sentences differ by a name.
    return letters - covered >= 2 * ALONE


def _counterpart(position: int, run: Run, side: int) -> int:
    for part in run.parts:
        if position < part[side] + part[2]:
            return part[1 - side] + max(0, position - part[side])
    return run.span(1 - side)[1]


def _drop_immediate_copies(text: str, units: Sequence[Unit], edges: Edges) -> None:
    """A paragraph directly behind its equal is a copy, where the two are long enough to be no refrain."""
    starts = sorted(edges.starts)
    sizes = {first: after - first for first, after in itertools.pairwise([*starts, len(text)])}
    copies = {
        after: first
        for first, after in itertools.pairwise(starts)
        if sizes[first] == sizes[after] >= SEED and text[first:after] == text[after : after + sizes[after]]
    }
    shift = None
    for unit in units:
        if unit.first in edges.starts:
            shift = unit.first - copies[unit.first] if unit.first in copies else None
        if shift is not None and unit.last > unit.first:
            unit.dropped = True
            unit.twin = unit.first - shift


def _drop_cut_teasers(text: str, units: Sequence[Unit], edges: Edges) -> None:
    """A paragraph cut off inside a sentence gives way to a later one that begins with the same letters and goes on."""
    starts = sorted(edges.starts)
    for first, last in itertools.pairwise([*starts, len(text)]):
        if last - first < TEASER:
            continue
        whole = text.find(text[first:last], last)
        if whole not in edges.starts or whole + last - first in edges.sentences:
            continue
        if whole + last - first < len(text):
            for unit in units:
                if first <= unit.first < last and not unit.dropped:
                    unit.dropped = True
                    unit.twin = whole + unit.first - first


def _mark_short_lines(text: str, units: Sequence[Unit]) -> None:
    """In a text printed twice, lines too short to be judged alone go where they stand among copies."""
    spoken = [unit for unit in units if unit.last > unit.first]
    previous = {after.first: before for before, after in itertools.pairwise(spoken)}
    dropped = [unit for unit in spoken if unit.dropped]
    block_of = {unit.first: unit.block for unit in spoken}
    beside = sum(1 for unit in dropped if block_of.get(unit.twin or 0) == unit.block - 1)
    interleaved = 2 * beside >= len(dropped)
    places: dict[str, list[int]] = {}
    for unit in spoken:
        if not unit.dropped:
            places.setdefault(text[unit.first : unit.last], []).append(unit.first)
    next_twin: int | None = None
    upper: dict[int, int] = {}
    for unit in reversed(spoken):
        upper[unit.first] = next_twin if next_twin is not None else unit.first
        next_twin = unit.twin if unit.dropped else next_twin
    for unit in spoken:
        before = previous.get(unit.first)
        if unit.dropped or before is None:
            continue
        same = places[text[unit.first : unit.last]]
        if interleaved:
            twins = [before.first] if before.first in same and not before.dropped else []
        else:
            low = before.twin if before.dropped and before.twin is not None else unit.first
            twins = [first for first in same if low < first < min(upper[unit.first], unit.first)]
        if twins:
            unit.dropped = True
            unit.twin = twins[0]


def _assemble(paragraphs: Sequence[str], units: Sequence[Unit]) -> Deduplicated:
    kept: list[str] = []
    removed: list[str] = []
    origins: list[int] = []
    by_block: dict[int, list[Unit]] = {}
    for unit in units:
        by_block.setdefault(unit.block, []).append(unit)
    for number, paragraph in enumerate(paragraphs):
        parts = by_block.get(number, [])
        spoken = [unit for unit in parts if unit.last > unit.first]
        if not any(unit.dropped for unit in spoken):
            kept.append(paragraph)
            origins.append(number)
            continue
        rest = _join(paragraph, parts, dropped=False)
        gone = _join(paragraph, parts, dropped=True)
        removed.append(gone)
        if any(not unit.dropped for unit in spoken):
            kept.append(rest)
            origins.append(number)
    return Deduplicated(tuple(kept), tuple(removed), tuple(origins))


def _join(paragraph: str, units: Sequence[Unit], *, dropped: bool) -> str:
    """The dropped or the other sentences of a paragraph; marks without letters go with the sentence before them."""
    pieces: list[str] = []
    fate = units[0].dropped
    for unit in units:
        if unit.last > unit.first:
            fate = unit.dropped
        if fate == dropped:
            pieces.append(paragraph[unit.start : unit.end])
    return "".join(pieces).strip()
