"""How well a text answers a query, from the text itself: the same figure on both databases, and no statistics to keep.

The formula is that of BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, 3.5) without the rarity
of words: as every hit has every word, rarity would change little and cost a reading of whole lists.
"""

import re
from functools import lru_cache

from storage.search.query import Query
from storage.search.tokenizer import CJK, fold, strip_particle

_TITLE = 5.0  # a hit in the title counts as so many in the text
_WHOLE, _PART = 2.0, 0.4  # a hit that is a word of its own, and one inside a longer word, which may be another name
_SATURATION = 2.0
_LENGTH_MATTERS = 0.5
_USUAL_LENGTH = 1_200  # characters
_ENOUGH = 40  # hits of one word; more say nothing new
_BEFORE = re.compile(f"[{CJK}a-z]")
_REST = re.compile(f"[{CJK}]*")


def score(query: Query, title: str, body: str) -> float:
    """How well an article answers: 0 where no word stands in it as such, else the more the better."""
    title, body = fold(title), fold(body)
    length = 1 - _LENGTH_MATTERS + _LENGTH_MATTERS * len(body) / _USUAL_LENGTH
    total = 0.0
    for group in query.groups:
        pattern = compiled(group.patterns)
        weight = _TITLE * _weight(pattern, title) + _weight(pattern, body) / length
        total += weight / (weight + _SATURATION)
    return total


def _weight(pattern: re.Pattern[str], text: str) -> float:
    weight = 0.0
    for count, match in enumerate(pattern.finditer(text)):
        if count == _ENOUGH:
            break
        weight += _WHOLE if _is_whole_word(text, match) else _PART
    return weight


def _is_whole_word(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if start and _BEFORE.match(text, start - 1):
        return False
    rest = _REST.match(text, end)
    ending = rest.group() if rest else ""
    return not ending or strip_particle(match.group() + ending) == match.group()


@lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all of these, the longest tried first."""
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)))
