"""What a person typed, as conditions on lexemes. Never raises: odd characters separate words, nothing else."""

import re
from dataclasses import dataclass

from storage.search.tokenizer import LONGEST_WORD, Run, bigrams, fold, runs, seams

LONGEST_QUERY = 1_000
MOST_CONDITIONS = 64
_QUOTES = re.compile('["“”„‟«»]')
_SIDE = 2  # a word is split by a space only into parts of at least two characters


@dataclass(frozen=True, slots=True)
class Condition:
    """One of these lexemes must be in the article; with `prefix` any lexeme that begins so."""

    any_of: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions must hold; `stems` are the words as such, for ranking; `patterns` find them in the text."""

    conditions: tuple[Condition, ...] = ()
    stems: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


def parse(text: str) -> Query:
    """Words must all be there, spaced or not (안면인식 = 안면 인식); "quotes" keep words together and in order.

    Only the first 1,000 characters and 64 conditions count. A query without a letter or digit has no conditions.
    """
    conditions: dict[Condition, None] = {}
    stems: dict[str, None] = {}
    patterns: dict[str, None] = {}
    for place, part in enumerate(_QUOTES.split(text[:LONGEST_QUERY])):
        found = list(runs(part))
        # What stands after a quote that is never closed is a phrase too.
        quoted = place % 2 == 1
        conditions.update(dict.fromkeys(_phrase(found) if quoted else _words(found)))
        stems.update(dict.fromkeys(run.stem[:LONGEST_WORD] for run in found))
        patterns.update(dict.fromkeys([_phrase_pattern(found)] if quoted and found else map(_word_pattern, found)))
    return Query(tuple(conditions)[:MOST_CONDITIONS], tuple(stems)[:MOST_CONDITIONS], tuple(patterns)[:MOST_CONDITIONS])


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


def folded_with_offsets(text: str) -> tuple[str, list[int] | None]:
    """The text folded for matching, and for each of its characters the place in `text` (None: the same places)."""
    folded = fold(text)
    # Where no character grows, equal length means that none was composed into its neighbour either.
    if len(folded) == len(text) and all(len(fold(character)) == 1 for character in set(text)):
        return folded, None
    pieces = [fold(character) for character in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]
