"""Korean text as lexemes, the same for both databases: character bigrams find any name, whatever follows it.

Bigrams inside a run find a name whatever follows it; a marked bigram across white space finds two words that were
typed as one, and cannot be taken for one word: 바이오 포럼 gives 오x포, never 오포.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Raise it when the lexemes of a text change: an index made by another version has to be made again.
TOKENIZER_VERSION = 2

# Hangul syllables and both kinds of jamo, Hanja (extension A, basic, the planes beyond), kana; after NFKC there are
# no compatibility ideographs.
CJK = "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff\u3041-\u30ff"
_RUN = re.compile(rf"([{CJK}]+)|(\d+(?:[.,]\d+)*)|((?:[a-z]|(?![{CJK}])[^\W\d_])+)")
_ACROSS = re.compile(r"\s+")
_BESIDE = re.compile(r"[\s-]{0,3}")
_CJK = 1  # the group of _RUN
_NO_GAP = frozenset(("", " "))

# Particles by what they follow: the allomorph has to fit the syllable before it, so 국가 and 상하이 stay whole.
_AFTER_CONSONANT = ("으로부터", "으로서", "으로써", "이라고", "이라는", "으로", "이나", "은", "이", "을", "과")
_AFTER_VOWEL = ("로부터", "로서", "로써", "라고", "라는", "는", "가", "를", "와", "로", "나")
_AFTER_ANY = (
    *("에서는", "에서도", "에게서", "까지는", "까지도", "만으로", "이라며"),
    *("에서", "에게", "까지", "부터", "보다", "처럼", "마저", "조차", "한테", "에는", "에도", "의", "에", "도", "만"),
)
_SHORTEST_STEM = 2
LONGEST_WORD = 64  # characters; PostgreSQL refuses a lexeme above 2046 bytes
_RIEUL = 8  # 로 follows ㄹ as it follows a vowel: 서울로


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of one script, folded. `stem` is without its particle; `gap` is what stood before it."""

    text: str
    stem: str
    cjk: bool
    gap: str


def fold(text: str) -> str:
    """The form in which texts and queries are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs(text: str) -> Iterator[Run]:
    """The runs of Hangul or Hanja, of digits and of letters, in order; everything else only separates."""
    folded = fold(text)
    end = 0
    for match in _RUN.finditer(folded):
        cjk = match.group(_CJK)
        gap = folded[end : match.start()]
        end = match.end()
        if cjk:
            yield Run(cjk, strip_particle(cjk), True, gap)  # by place: names cost a third of the time here
        else:
            plain = _plain(match)
            yield Run(plain, plain, False, gap)


@lru_cache(maxsize=50_000)
def strip_particle(word: str) -> str:
    """The word without one trailing particle, when at least two syllables stay and the particle fits them."""
    for length in (4, 3, 2, 1):
        stem, ending = word[:-length], word[-length:]
        if len(stem) >= _SHORTEST_STEM and _fits(stem[-1], ending):
            return stem
    return word


def is_particle(word: str) -> bool:
    """True for a word that is a particle and nothing else, whatever it may follow."""
    return word in _AFTER_CONSONANT or word in _AFTER_VOWEL or word in _AFTER_ANY


def _fits(before: str, ending: str) -> bool:
    if ending in _AFTER_ANY:
        return True
    if not "가" <= before <= "힣":
        return ending in _AFTER_CONSONANT or ending in _AFTER_VOWEL
    final = (ord(before) - ord("가")) % 28
    if final == _RIEUL and ending.startswith("로"):
        return ending in _AFTER_VOWEL
    return ending in (_AFTER_CONSONANT if final else _AFTER_VOWEL)


def bigrams(word: str) -> list[str]:
    """The overlapping pairs of characters; a single character is its own."""
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


def seams(before: Run, after: Run) -> list[str]:
    """The lexemes that tie two neighbouring runs together, so that a phrase is more than its words."""
    return _seams(_part(before.text, cjk=before.cjk), _part(after.text, cjk=after.cjk), after.gap)


def lexemes(text: str) -> dict[str, None]:
    """All lexemes of a text, each once, in the order of their first place."""
    found: dict[str, None] = {}
    folded = fold(text)
    before: _Part | None = None
    end = 0
    for match in _RUN.finditer(folded):
        place = match.start()
        cjk = match.lastindex == _CJK
        part = _part(match.group() if cjk else _plain(match), cjk=cjk)
        if before is not None:
            found.update(dict.fromkeys(_seams(before, part, folded[end:place])))
        found.update(part.grams)
        before, end = part, match.end()
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """What a run gives wherever it stands: its own lexemes, and its ends for the seams beside it."""

    cjk: bool
    grams: dict[str, None]
    lasts: tuple[str, ...]
    left: str
    right: str


def _part(text: str, *, cjk: bool) -> _Part:
    return _known_part(text, cjk) if len(text) <= LONGEST_WORD else _make_part(text, cjk=cjk)


@lru_cache(maxsize=100_000)
def _known_part(text: str, cjk: bool) -> _Part:
    return _make_part(text, cjk=cjk)


def _make_part(text: str, *, cjk: bool) -> _Part:
    if not cjk:
        return _Part(cjk, {text: None}, (), text, text)
    lasts = tuple(dict.fromkeys((text[-1], strip_particle(text)[-1])))
    return _Part(cjk, dict.fromkeys(bigrams(text)), lasts, text[-1], text[0])


def _seams(before: _Part, after: _Part, gap: str) -> list[str]:
    if before.cjk and after.cjk:
        return [f"{last}x{after.right}" for last in before.lasts] if gap == " " or _ACROSS.fullmatch(gap) else []
    return [f"{before.left}·{after.right}"] if gap in _NO_GAP or _BESIDE.fullmatch(gap) else []


def _plain(match: re.Match[str]) -> str:
    # A point would be taken for the end of a word by SQLite.
    _, digits, word = match.groups()
    return (word or digits.replace(",", "").replace(".", "p"))[:LONGEST_WORD]
