"""What of an article is compared: who it is about, which numbers it names, and its other words as weighted letters."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from heapq import nlargest
from importlib.resources import files
from math import log, sqrt
from zlib import crc32

from storage.duplicates.numbers import numbers as values
from storage.search.tokenizer import bigrams, runs
from storage.stories import StoryDealFact, StoryText

# Raise it when signatures or their comparison change: young articles are then compared again.
VERSION = "1"
TITLE_WEIGHT = 2.0
# How much a name counts by where it stands: headline, lead, the rest of the text.
IN_TITLE, IN_LEAD, IN_BODY = 1.0, 0.7, 0.15
_DEFAULT_RARITY = 0.6
_UNKNOWN_COMPANY = "~"  # in front of the name of a company that no lexicon has
_LARGE = 1e6
_SMALL = 20
# Weights of numbers by how many figures they have.
_LITTLE, _WHOLE, _FRACTIONS = 0.05, (0.2, 0.45, 0.8, 0.9), (0.4, 0.5, 0.8, 0.9)
_MODEL_WEIGHT = 0.6
_COMMON = 0.3  # rarity of a word that is in common.txt
_KEYS_OF_WORDS, _LONG_WORD = 8, 4
_MOST_TERMS = 120
_WORD_KEY_LEAST, _NAME_KEY_LEAST, _NUMBER_KEY_LEAST = 0.75, 0.3, 0.6

_DATES = re.compile(r"\d{1,4}\s?(?:일|월|년|시|분기|분(?!\w)|주년|세)")
_NUMBER = re.compile(
    r"(?<![\d.,A-Za-z])\d[\d,]*(?:\.\d+)?(?:\s?(?:[십백천]?[만억조]|[십백천])(?:\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:[십백천]?[만억조]|[십백천]))?){0,2})?"
)
_MODEL = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z]{0,6}-?\d{1,4}[A-Za-z]?(?![A-Za-z0-9])")  # V4, H20, SU7, GPT-5
_UNIT = re.compile(r"\s?(%|포인트|위안|달러|유로|엔|원|홍콩달러|헤알|명|곳|개국|개|건|대|배|장|기|기가|만장)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, and how surely two articles that have it speak of one thing (0 to 1)."""

    written: str
    weight: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Hashes by which articles to compare are found: of names, of sums and counts, of rare words of the head."""

    names: frozenset[int]
    numbers: frozenset[int]
    words: frozenset[int]


@dataclass(frozen=True, slots=True)
class Signature:
    """An article made ready for comparison; a pure function of its text and facts.

    `entities` weigh by rarity and place, `terms` (hashed letters) have length 1, `words` are those of the headline.
    """

    entities: dict[str, float]
    numbers: dict[str, Number]
    deals: tuple[StoryDealFact, ...]
    terms: dict[int, float]
    words: dict[str, float]
    happenings: frozenset[str]
    keys: Keys


def make_signature(text: StoryText) -> Signature:
    """What is compared of an article."""
    spans = _Spans(text)
    entities = _entities(text)
    numbers = _numbers(text, spans)
    terms, words = _terms(text, spans)
    return Signature(
        entities=entities,
        numbers=numbers,
        deals=text.deals,
        terms=terms,
        words=words,
        happenings=happenings(text.text),
        keys=_keys(entities, numbers, words),
    )


class _Spans:
    """The stretches of the head that names and sums take, so that they are not compared as words, too."""

    def __init__(self, text: StoryText) -> None:
        end = len(text.text)
        self.names = [(s, e) for _, _, mentions in text.entities for s, e in mentions if e <= end]
        self.sums = [(one.start, one.end) for one in text.amounts if one.end <= end]

    def without(self, text: str, spans: Iterable[tuple[int, int]]) -> str:
        """The text with spaces in place of these stretches: everything else stays where it is."""
        characters = list(text)
        for start, end in spans:
            characters[start:end] = " " * (end - start)
        return "".join(characters)


def _entities(text: StoryText) -> dict[str, float]:
    found: dict[str, float] = {}
    for entity_id, kind, mentions in text.entities:
        first = min((start for start, _ in mentions), default=len(text.text))
        found[entity_id] = _place_weight(text, first) * rarity(entity_id, kind)
    names = {deal.company for deal in text.deals if not deal.known} | set(text.candidates)
    for name in sorted(names):
        first = text.text.find(name)
        if first >= 0:
            found[_UNKNOWN_COMPANY + "".join(name.lower().split())] = _place_weight(text, first)
    return found


def _place_weight(text: StoryText, start: int) -> float:
    if start < text.title_end:
        return IN_TITLE
    return IN_LEAD if start < len(text.text) else IN_BODY


def rarity(entity_id: str, kind: str) -> float:
    """How much it says that two articles name this entity, from 0 to 1."""
    table = _rarities()
    named: float = table["entities"].get(entity_id) or table["kinds"].get(kind, _DEFAULT_RARITY)
    return named


@cache
def _rarities() -> dict[str, dict[str, float]]:
    return tomllib.loads((files("digest") / "stories" / "rarity.toml").read_text(encoding="utf-8"))


def _numbers(text: StoryText, spans: _Spans) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for amount in text.amounts:
        if amount.end <= len(text.text):
            written = text.text[amount.start : amount.end]
            for currency, value in ((amount.currency, amount.value), ("KRW", amount.krw)):
                if value:
                    found.setdefault(f"{currency} {value:.1e}", Number(written, _sum_weight(value)))
    rest = _DATES.sub(lambda match: " " * len(match[0]), spans.without(text.text, [*spans.names, *spans.sums]))
    for match in _NUMBER.finditer(rest):
        unit = _UNIT.match(rest, match.end())
        name = unit[1] if unit else ""
        for count in values(match[0]):
            found.setdefault(f"{count:.4g}{name}", Number(match[0] + (unit[0] if unit else ""), _count_weight(count)))
    for match in _MODEL.finditer(rest):
        found.setdefault(match[0].upper(), Number(match[0], _MODEL_WEIGHT))
    return found


def is_sum(key: str) -> bool:
    """Whether this is the key of a sum of money, and no other number's."""
    return key[:1].isupper() and " " in key


def _sum_weight(value: float) -> float:
    return 1.0 if value >= _LARGE else 0.7


def _count_weight(value: Decimal) -> float:
    """Round and small numbers are everywhere; one of three figures is hardly there by chance."""
    _, digits, exponent = value.normalize().as_tuple()
    if isinstance(exponent, int) and exponent < 0:
        return _FRACTIONS[min(len(digits), len(_FRACTIONS)) - 1]
    return _WHOLE[min(len(digits), len(_WHOLE)) - 1] if value >= _SMALL else _LITTLE


def _terms(text: StoryText, spans: _Spans) -> tuple[dict[int, float], dict[str, float]]:
    masked = spans.without(text.text, [*spans.names, *spans.sums])
    counts: defaultdict[tuple[int, float], float] = defaultdict(float)
    words: dict[str, float] = {}
    for part, weight in ((masked[: text.title_end], TITLE_WEIGHT), (masked[text.title_end :], 1.0)):
        behind_digits = False
        for run in runs(part):
            is_unit, behind_digits = behind_digits and not run.gap, run.text[:1].isdigit()
            if is_unit or behind_digits:
                continue
            grams, rarity_of_word = _parts(run.stem, run.cjk)
            for gram in grams:
                counts[gram] += weight
            if len(run.stem) > 1:
                words[run.stem] = rarity_of_word
    weighted = [((1 + log(count)) * rare, gram) for (gram, rare), count in counts.items()]
    heaviest = nlargest(_MOST_TERMS, weighted) if len(weighted) > _MOST_TERMS else weighted
    length = sqrt(sum(weight * weight for weight, _ in heaviest)) or 1.0
    return {gram: weight / length for weight, gram in heaviest}, words


@lru_cache(maxsize=50_000)
def _parts(stem: str, cjk: bool) -> tuple[tuple[tuple[int, float], ...], float]:
    """The letters of a word, hashed, each with its rarity; and the rarity of the word."""
    grams = bigrams(stem) if cjk else [stem]
    rarities = [gram_rarity(gram) for gram in grams]
    hashed = tuple((crc32(gram.encode()), rare) for gram, rare in zip(grams, rarities, strict=True))
    return hashed, _COMMON if stem in _common_words() else sum(rarities) / len(rarities)


@cache
def _common_words() -> frozenset[str]:
    lines = (files("digest") / "stories" / "common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def gram_rarity(gram: str) -> float:
    """How rare two letters are in business news, from near 0 (everywhere) to 1."""
    return _background().get(gram, 1.0)


@cache
def _background() -> dict[str, float]:
    """From `background.txt`: on each line a rarity and the letters that have it."""
    lines = (files("digest") / "stories" / "background.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {gram: float(row[0]) for row in rows for gram in row[1:]}


def happenings(text: str) -> frozenset[str]:
    """What happens, as far as the words of `happenings.toml` tell."""
    return frozenset(kind for kind, words in _happening_words().items() if words.search(text))


@cache
def _happening_words() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads((files("digest") / "stories" / "happenings.toml").read_text(encoding="utf-8"))
    return {kind: re.compile("|".join(map(re.escape, words))) for kind, words in table.items()}


@cache
def happening_names() -> tuple[str, ...]:
    """The kinds of what may happen, in a fixed order."""
    return tuple(_happening_words())


def _keys(entities: dict[str, float], numbers: dict[str, Number], words: dict[str, float]) -> Keys:
    """What is everywhere is no key: it would find too many."""
    rare = sorted(words.items(), key=lambda row: (-row[1] * min(len(row[0]), _LONG_WORD), row[0]))[:_KEYS_OF_WORDS]
    return Keys(
        names=_hashed(name for name, weight in entities.items() if weight >= _NAME_KEY_LEAST),
        numbers=_hashed(key for key, number in numbers.items() if number.weight >= _NUMBER_KEY_LEAST),
        words=_hashed(word for word, rarity in rare if rarity >= _WORD_KEY_LEAST),
    )


def _hashed(keys: Iterable[str]) -> frozenset[int]:
    return frozenset(crc32(key.encode()) for key in keys)
