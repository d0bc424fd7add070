"""What a person typed, as conditions on lexemes. Never raises: odd characters separate words, nothing else."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from storage.search.tokenizer import Run, bigrams, fold, is_particle, runs, seams

LONGEST_QUERY = 1_000
MOST_CONDITIONS = 64
MOST_ALIASES = 8  # other names of one word that are looked for, too
LONGEST_NAME = 4  # words
_QUOTES = re.compile('["“”„‟«»]')
_SIDE = 2  # a word is split by a space only into parts of at least two characters

# Gives the other names of what a word or a few words in a row name (바이두: 百度, Baidu); nothing for what it
# does not know. Words come folded, the last one without its particle.
Expand = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """One of these lexemes must be in the article; with `prefix` any lexeme that begins so."""

    any_of: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A word, a phrase, or a name with its aliases: all conditions of one alternative must hold.

    `patterns` find the alternatives in a folded text.
    """

    alternatives: tuple[tuple[Condition, ...], ...]
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """All groups must hold."""

    groups: tuple[Group, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of what was typed itself, without aliases."""
        return tuple(dict.fromkeys(condition for group in self.groups for condition in group.alternatives[0]))

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pattern for group in self.groups for pattern in group.patterns))


def parse(text: str, expand: Expand | None = None) -> Query:
    """Words must all be there, spaced or not (안면인식 = 안면 인식); "quotes" keep words together and in order.

    Only the first 1,000 characters and 64 conditions count. A query without a letter or digit has no groups.
    """
    groups: dict[Group, None] = {}
    for place, part in enumerate(_QUOTES.split(text[:LONGEST_QUERY])):
        found = list(runs(part))
        # What stands after a quote that is never closed is a phrase too.
        is_quoted = place % 2 == 1
        made = [_named(found, quoted=True, expand=expand)] if is_quoted else _names(_without_particles(found), expand)
        groups.update(dict.fromkeys(group for group in made if any(group.alternatives)))
    return Query(tuple(_at_most(groups)))


def _at_most(groups: Iterable[Group]) -> Iterator[Group]:
    """The groups until they have too many conditions together; the one that is too long is cut."""
    room = MOST_CONDITIONS
    for group in groups:
        kept: list[tuple[Condition, ...]] = []
        for alternative in group.alternatives:
            if room <= 0:
                break
            kept.append(alternative[:room])
            room -= len(alternative)
        if kept:
            yield Group(tuple(kept), group.patterns[: len(kept)])


def _names(found: list[Run], expand: Expand | None) -> Iterator[Group]:
    """One group for each word; words that name something together, as `expand` knows, are one group."""
    place = 0
    while place < len(found):
        length = _known_length(found[place:], expand) if expand else 1
        yield _named(found[place : place + length], quoted=False, expand=expand)
        place += length


def _without_particles(found: list[Run]) -> list[Run]:
    """A particle behind a Latin word is a run of its own (BYD는), and says as little as in a Korean word."""
    return [
        run
        for place, run in enumerate(found)
        if not (place and run.cjk and not run.gap and found[place - 1].text.isalpha() and is_particle(run.text))
        or found[place - 1].cjk
    ]


def _known_length(found: list[Run], expand: Expand) -> int:
    longest = min(LONGEST_NAME, len(found))
    return next((length for length in range(longest, 1, -1) if expand(_as_typed(found[:length]))), 1)


def _as_typed(found: list[Run]) -> str:
    """The words with what stood between them, the last one without its particle."""
    between = (run.gap for run in found[1:])
    texts = [*(run.text for run in found[:-1]), found[-1].stem]
    return "".join(text + gap for text, gap in zip(texts, (*between, ""), strict=True))


def _named(found: list[Run], *, quoted: bool, expand: Expand | None) -> Group:
    conditions = tuple(dict.fromkeys(_phrase(found) if quoted else _words(found)))
    pattern = _phrase_pattern(found) if quoted else r"\s*".join(map(_word_pattern, found))
    alternatives, patterns = {conditions: None}, {pattern: None}
    if expand and found:
        for alias in list(expand(_as_typed(found)))[:MOST_ALIASES]:
            other = list(runs(alias[:LONGEST_QUERY]))
            if other and (made := tuple(dict.fromkeys(_phrase(other)))):
                alternatives[made] = None
                patterns[_phrase_pattern(other)] = None
    return Group(tuple(alternatives), tuple(patterns))


def _words(found: list[Run]) -> list[Condition]:
    return [condition for run in found for condition in _word(run)]


def _word(run: Run) -> list[Condition]:
    if not run.cjk:
        return [Condition((run.text,))]
    word = run.stem
    if len(word) == 1:
        return [Condition((word,), prefix=True)]
    return [
        Condition((pair, f"{pair[0]}x{pair[1]}") if _SIDE <= place <= len(word) - _SIDE else (pair,))
        for place, pair in enumerate(bigrams(word), start=1)
    ]


def _phrase(found: list[Run]) -> list[Condition]:
    conditions: list[Condition] = []
    for place, run in enumerate(found):
        if place:
            conditions.extend(_seam(found[place - 1], run))
        if not run.cjk:
            conditions.append(Condition((run.text,)))
        elif len(run.text) > 1:
            conditions.extend(Condition((pair,)) for pair in bigrams(run.text))
        elif len(found) == 1:
            conditions.append(Condition((run.text,), prefix=True))
    return conditions


def _seam(before: Run, after: Run) -> list[Condition]:
    tied = seams(before, after)
    if not tied:
        return []
    if before.cjk and after.cjk:
        pair = (before.text[-1], after.text[0])
        return [Condition((f"{pair[0]}x{pair[1]}", "".join(pair)))]
    return [Condition((tied[0],))]


def _word_pattern(run: Run) -> str:
    if not run.cjk:
        return rf"(?<![a-z]){_literal(run)}(?![a-z])" if run.text.isalpha() else rf"(?<!\d){_literal(run)}(?!\d)"
    word = run.stem
    return "".join(
        character + (r"\s*" if _SIDE <= place <= len(word) - _SIDE else "")
        for place, character in enumerate(map(re.escape, word), start=1)
    )


def _phrase_pattern(found: list[Run]) -> str:
    return r"[\s\W]*".join(_literal(run) for run in found)


def _literal(run: Run) -> str:
    if run.cjk or run.text.isalpha():
        return re.escape(run.text)
    return ",?".join(re.escape(part) for part in run.text.replace("p", "."))


_single: set[str] = set()  # characters that folding makes into exactly one; a million at most exist


def _stay_single(characters: set[str]) -> bool:
    unknown = characters - _single
    _single.update(character for character in unknown if len(fold(character)) == 1)
    return characters <= _single


def folded_with_offsets(text: str) -> tuple[str, list[int] | None]:
    """The text folded for matching, and for each of its characters the place in `text` (None: the same places)."""
    folded = fold(text)
    # Where no character grows, equal length means that none was composed into its neighbour either.
    if len(folded) == len(text) and _stay_single(set(text)):
        return folded, None
    pieces = [fold(character) for character in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]
