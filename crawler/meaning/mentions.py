"""Finds the lexicon's names in a text: one pass of one automaton, word borders, the longest name, guards by context."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.meaning.folding import Folded
from crawler.meaning.lexicon import Entity, Lexicon, Name
from crawler.meaning.terms import Terms

_HANGUL_PREFIX = re.compile(r"(?<![가-힣])(?:중국|베이징|상하이|선전|항저우|홍콩|구|옛|반|친|탈)$")
_LONG_ENOUGH = 3  # syllables: a longer name may follow 중국 or 옛 in one word
_AROUND = 300  # characters in which a guard looks when the sentence does not decide
_NEVER_REACH = 20
_BRACKET_REACH = 3
_IN_BRACKET = re.compile(r"['\"]?\s?[(\[]([^)\]]{1,20})[)\]]")
_NO_UNIVERSITY = re.compile(r"[회표]|로(?:[를에의변가]|\s?[0-9])")  # 인민대회당, 베이징대로를
_VERSION = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?(?![0-9a-z])")  # Qwen3, ERNIE4.5
_LATIN_RUN = re.compile(r"[a-z]+$")
_NAME_WITH_VERSION = 4
_SENTENCE_END = re.compile(r"[.!?。]['\"]?\s|\n")

# How much speaks for a reading of a guarded name.
_IN_BRACKETS, _IN_SENTENCE, _ELSEWHERE, _SAID_PLAINLY, _AMONG_OTHERS, _AGAINST = 8.0, 2.0, 1.0, 1.5, 0.5, -4.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in the text; offsets count characters of the original."""

    entity: Entity
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Hit:
    """A spelling as it stands in folded text. `plain` is its entity, where it needs no context."""

    start: int
    end: int
    names: tuple[Name, ...]
    plain: Entity | None


class MentionFinder:
    """A lexicon made ready for search. Immutable; the same text always gets the same mentions."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._spellings = Terms({spelling: _reading(names) for spelling, names in lexicon.spellings.items()})

    def find(self, folded: Folded) -> list[Mention]:
        """The mentions in reading order; none overlaps another."""
        hits = _longest(list(self._hits(folded)))
        plain = [hit for hit in hits if hit.plain]
        mentions: list[Mention] = []
        for hit in hits:
            entity = hit.plain or _choose(hit, folded.text, plain, hits)
            if entity is not None:
                start, end = folded.span(hit.end - (hit.names[0].code or hit.end - hit.start), hit.end)
                mentions.append(Mention(entity, folded.original[start:end], start, end))
        return mentions

    def touched(self, folded: Folded) -> list[Entity]:
        """Every entity the text may name; only what is surely another word is left out."""
        return [
            name.entity
            for hit in _longest(list(self._hits(folded)))
            for name in hit.names
            if not (name.never and _overlaps(name.never, folded.text, hit))
        ]

    def _hits(self, folded: Folded) -> Iterator[_Hit]:
        text = folded.text
        for start, end, (names, plain) in self._spellings.find(text):
            if not stands_alone(text, start, end):
                continue
            if plain is not None:
                yield _Hit(start, end, names, plain)
                continue
            fitting = tuple(name for name in names if _fits(name, folded, start, end))
            if fitting:
                only = fitting[0] if len(fitting) == 1 else None
                yield _Hit(start, end, fitting, only.entity if only and not only.guarded else None)


def _reading(names: list[Name]) -> tuple[tuple[Name, ...], Entity | None]:
    """The names of a spelling, and its entity where nothing else need be looked at."""
    is_plain = len(names) == 1 and not (names[0].guarded or names[0].exact_case or names[0].capitals)
    return tuple(names), names[0].entity if is_plain else None


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a stretch of folded text is a word of its own, particles and titles aside; Hanja needs no border."""
    return _begins(text, start, end) and _ends(text, end)


def _begins(text: str, start: int, end: int) -> bool:
    first, before = text[start], text[start - 1] if start else " "
    if first.isascii():
        if before.isascii() and (before.isalnum() or before in "@_"):
            return False
        return not (before in ".," and start > 1 and text[start - 2].isdigit())
    if "가" <= first <= "힣" and "가" <= before <= "힣":
        return end - start >= _LONG_ENOUGH and _HANGUL_PREFIX.search(text, max(0, start - 4), start) is not None
    return True


def _ends(text: str, end: int) -> bool:
    if end == len(text):
        return True
    last, after = text[end - 1], text[end]
    if last.isascii() and last.isalnum():
        if after.isdigit() and last.isalpha() and _VERSION.match(text, end):
            return len(_LATIN_RUN.search(text, 0, end)[0]) >= _NAME_WITH_VERSION  # type: ignore[index]
        return not (after.isascii() and (after.isalnum() or after in "@_"))
    if last == "대" and _NO_UNIVERSITY.match(text, end):
        return False
    if "가" <= last <= "힣" and "가" <= after <= "힣":
        return _tail().match(text, end) is not None
    return True


@cache
def _tail() -> re.Pattern[str]:
    words = tomllib.loads((files("crawler") / "meaning" / "data" / "endings.toml").read_text(encoding="utf-8"))
    particles, nouns = ("|".join(sorted(words[part].split(), key=len, reverse=True)) for part in ("particles", "nouns"))
    return re.compile(f"(?:(?:{nouns}){{1,2}})?(?:{particles}){{0,3}}(?![가-힣])")


def _fits(name: Name, folded: Folded, start: int, end: int) -> bool:
    if not (name.exact_case or name.capitals):
        return True
    first, last = folded.span(start, end)
    written = folded.original[first:last]
    if name.exact_case:
        return written == name.surface
    return all(word[:1].isupper() for word in re.split("[ -]", written))


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Of names that overlap, the one that begins first, and of those the longest."""
    chosen: list[_Hit] = []
    end = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.start >= end:
            chosen.append(hit)
            end = hit.end
    return chosen


def _choose(hit: _Hit, text: str, plain: list[_Hit], hits: list[_Hit]) -> Entity | None:
    """The reading that the context speaks for, if any does."""
    scored = [(_support(name, hit, text, plain), -order, name.entity) for order, name in enumerate(hit.names)]
    best = max(scored, key=lambda row: row[:2])
    if best[0] > 0:
        is_tied = any(row[0] == best[0] and row[2] is not best[2] for row in scored)
        return None if is_tied and best[0] < _IN_SENTENCE else best[2]
    return best[2] if best[0] == 0.0 and _named_twice(hit, best[2], text, hits) else None


def _named_twice(hit: _Hit, entity: Entity, text: str, hits: list[_Hit]) -> bool:
    """마누스(Manus): two names of one entity, one in brackets behind the other."""
    for other in hits:
        first, second = (hit, other) if hit.start < other.start else (other, hit)
        between = text[first.end : second.start] if 0 <= second.start - first.end <= _BRACKET_REACH else ""
        if between.strip(" '\"") in {"(", "["} and any(name.entity.id == entity.id for name in other.names):
            return True
    return False


def _support(name: Name, hit: _Hit, text: str, plain: list[_Hit]) -> float:
    if name.never and _overlaps(name.never, text, hit):
        return _AGAINST
    start, end = _sentence(text, hit)
    score = 0.0 if name.needs else _ELSEWHERE
    if name.unless and name.unless.search(text, start, end):
        score += _AGAINST
    if name.needs:
        score += _context(name.needs, text, hit, start, end)
    if any(other.plain is name.entity for other in plain):
        score += _SAID_PLAINLY
    elif not name.ordinary and any(
        start <= other.start < end and other.names[0].entity.home == "china" for other in plain
    ):
        score += _AMONG_OTHERS
    return score


def _context(needs: re.Pattern[str], text: str, hit: _Hit, start: int, end: int) -> float:
    brackets = _IN_BRACKET.match(text, hit.end)
    if brackets and needs.search(brackets[0]):
        return _IN_BRACKETS
    found = {match[0] for match in needs.finditer(text, start, hit.start)}
    found |= {match[0] for match in needs.finditer(text, hit.end, end)}
    if found:
        return _IN_SENTENCE * len(found)
    near = needs.search(text, max(0, hit.start - _AROUND), start) or needs.search(text, end, hit.end + _AROUND)
    return _ELSEWHERE if near else 0.0


def _overlaps(never: re.Pattern[str], text: str, hit: _Hit) -> bool:
    around = never.finditer(text, max(0, hit.start - _NEVER_REACH), hit.end + _NEVER_REACH)
    return any(found.start() < hit.end and found.end() > hit.start for found in around)


def _sentence(text: str, hit: _Hit) -> tuple[int, int]:
    start = 0
    for mark in _SENTENCE_END.finditer(text, max(0, hit.start - _AROUND), hit.start):
        start = mark.end()
    following = _SENTENCE_END.search(text, hit.end)
    return max(start, hit.start - _AROUND), following.start() if following else len(text)
