"""Whether two texts from one template tell of different subjects: the same sentences about another company.

Announcements of listings, dividends or funding rounds come from one template, now and then with the same figures. What
gives them away is a name that stands in one text and nowhere in the other, in the places where the other one has
another name.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import takewhile

from storage.duplicates.fingerprint import SENTENCE_END, Text
from storage.search.tokenizer import strip_particle

_SHORTEST_NAME = 2
_LONGEST_NAME = 3  # words
_ALIKE = 0.5  # sentences that share so much of their words may stand for one another
_SAME_NAME = 0.75  # two spellings of one foreign name are that alike, in jamo
_TWICE = 2
_RIEUL = 8
_SUBJECT = re.compile(r"[은는이가]$")
_PREDICATE = re.compile(r"(?:[다요까죠]|[며고서면는은던한된할될려])$")
_NOT_TEXT = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
# Words that editors exchange for one another all over a text, and that name nobody.
GENERIC = frozenset((files("storage.duplicates") / "generic.txt").read_text(encoding="utf-8").split())


def other_subject(one: Text, other: Text) -> bool:
    """True when a name of the one was exchanged for another name in the other. The same in either order."""
    return bool(names_exchanged(*sorted((one, other), key=lambda text: (len(text.shingles), text.running))))


def names_exchanged(first: Text, second: Text) -> tuple[tuple[str, str], ...]:
    """Names of the first text, and what stands in their place in the second."""
    ours, theirs = _sentences(first.running), _sentences(second.running)
    own, their_own = _without(ours, theirs), _without(theirs, ours)
    if not own or not their_own:
        return ()
    exchanged: Counter[tuple[str, str]] = Counter()
    as_subject: set[tuple[str, str]] = set()
    for sentence, counterpart in _pairs(own, their_own):
        for pair, is_subject in _exchanges(sentence, counterpart):
            exchanged[pair] += 1
            if is_subject and sentence is own[0] and sentence == ours[0]:
                as_subject.add(pair)
    often = [pair for pair, count in exchanged.items() if count >= _TWICE or pair in as_subject]
    words = (_words(ours), _words(theirs)) if often else (set(), set())
    return tuple(pair for pair in often if _are_two_names(*pair, *words))


_Words = list[str]


def _sentences(running: str) -> list[_Words]:
    folded = unicodedata.normalize("NFKC", running).casefold()
    found = (sentence.split() for sentence in SENTENCE_END.split(folded))
    return [words for words in found if words]


def _words(sentences: list[_Words]) -> set[str]:
    """All words, and all neighbours as one word, without their particles."""
    single = {_bare(word) for words in sentences for word in words}
    return single | {_name(words[i : i + 2]) for words in sentences for i in range(len(words) - 1)}


def _without(sentences: list[_Words], others: list[_Words]) -> list[_Words]:
    known = {_letters(" ".join(words)) for words in others}
    return [words for words in sentences if _letters(" ".join(words)) not in known]


def _pairs(own: list[_Words], their_own: list[_Words]) -> Iterator[tuple[_Words, _Words]]:
    """Each sentence with the one of the other text it stands for, if any."""
    left = list(their_own)
    for sentence in own:
        words = set(sentence)
        best = max(left, key=lambda other: len(words & set(other)) / max(len(words), len(other)), default=None)
        if best is not None and len(words & set(best)) >= _ALIKE * max(len(words), len(set(best))):
            left.remove(best)
            yield sentence, best


def _exchanges(sentence: _Words, counterpart: _Words) -> Iterator[tuple[tuple[str, str], bool]]:
    """Words that stand in each other's place, and whether they are what the sentence is about."""
    for tag, i, j, k, m in SequenceMatcher(None, sentence, counterpart, autojunk=False).get_opcodes():
        if tag != "replace" or max(j - i, m - k) > _LONGEST_NAME:
            continue
        before, after = sentence[i:j], counterpart[k:m]
        has_particle = any(_bare(words[-1]) != _letters(words[-1]) for words in (before, after))
        if not has_particle and all(_is_verb(_letters(words[-1])) for words in (before, after)):
            continue
        names = _name(before), _name(after)
        is_subject = i == 0 and k == 0 and bool(_SUBJECT.search(before[-1]) and _SUBJECT.search(after[-1]))
        yield names, is_subject and has_particle


def _is_verb(word: str) -> bool:
    """Ends as a verb does; of one that will be (커질) only the last consonant says so."""
    return bool(_PREDICATE.search(word)) or ("가" <= word[-1:] <= "힣" and (ord(word[-1]) - ord("가")) % 28 == _RIEUL)


def _name(words: _Words) -> str:
    return "".join((*map(_letters, words[:-1]), _bare(words[-1])))


def _bare(word: str) -> str:
    return strip_particle(_letters(word))


def _letters(text: str) -> str:
    return _NOT_TEXT.sub("", text)


def _cores(one: str, other: str) -> tuple[str, str]:
    """What differs between them: 기업 and 업체 of 기업가치 and 업체가치."""
    start = _shared_start(one, other)
    one, other = one[start:], other[start:]
    end = _shared_start(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _shared_start(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _are_two_names(one: str, other: str, ours: set[str], theirs: set[str]) -> bool:
    if one in other or other in one or min(len(one), len(other)) < _SHORTEST_NAME:
        return False
    if GENERIC.intersection((one, other, *_cores(one, other))):
        return False
    if _DIGIT.search(one + other):
        return False
    if one in theirs or other in ours:
        return False
    jamo = (unicodedata.normalize("NFD", one), unicodedata.normalize("NFD", other))
    return SequenceMatcher(None, *jamo, autojunk=False).ratio() < _SAME_NAME
