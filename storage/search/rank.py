"""How well a text answers a query, from the text itself: the same figure on both databases, and no statistics to keep.

The formula is that of BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, 3.5) without the rarity
of words: as every hit has every word, rarity would change little and cost a reading of whole lists.
"""

import re
from functools import lru_cache
from itertools import islice

from storage.search.query import Query
from storage.search.tokenizer import CJK, fold, strip_particle

_TITLE = 5.0  # a hit in the title counts as so many in the text
_WHOLE, _PART = 2.0, 0.4  # a hit that is a word of its own, and one inside a longer word, which may be another name
_ALL_PARTS = 1.0  # however often a longer name is told, a word of its own that is told once says more
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
        (whole_title, part_title), (whole_body, part_body) = _hits(pattern, title), _hits(pattern, body)
        whole = _WHOLE * (_TITLE * whole_title + whole_body / length)
        weight = whole + min(_ALL_PARTS, _PART * (_TITLE * part_title + part_body / length))
        total += weight / (weight + _SATURATION)
    return total


def _hits(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    """How many hits are words of their own, and how many stand inside longer words."""
    whole = part = 0
    for match in islice(pattern.finditer(text), _ENOUGH):
        if _is_whole_word(text, match):
            whole += 1
        else:
            part += 1
    return whole, part


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
