"""How surely two articles tell one event, and what says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from digest.stories.signature import Number, Signature
from storage.stories import StoryDealFact

# What names, numbers, rare words, letters and what happens speak for; found on tests/gold/stories.txt.
NAMES, NUMBERS, WORDS, LETTERS = 0.30, 0.30, 0.30, 0.60
HAPPENINGS, OTHER_HAPPENING = 0.1, 0.1
SUBJECT = 0.45  # an entity of at least this weight is what an article is about
MANY_NUMBERS = 3  # from here on two articles of one event share some
FEW_SHARED = 0.2
FIGURE, SUM = 0.4, 0.7  # weights of numbers from which on they count as a figure, as a sum
SAME_MONEY = 0.06
A_DEAL = 1e6  # less is the price of a share
# Rarity that a shared word has to have to be told as evidence.
TELLING = 0.75


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two articles are, 0 to about 1.5; `apart` when something says that they cannot be one event."""

    score: float
    entities: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    apart: bool = False


APART = Likeness(0.0, apart=True)


def compare(one: Signature, other: Signature, *, sequel: bool = False) -> Likeness:
    """The likeness of two articles, the same in either order.

    Of a `sequel` other deals and figures are expected: they do not set it apart.
    """
    names = _cosine(one.entities, other.entities)
    shared_names = one.entities.keys() & other.entities.keys()
    if _other_subject(one.entities, other.entities):
        return APART
    shared_numbers = one.numbers.keys() & other.numbers.keys()
    if not sequel and (_other_deal(one, other, shared_numbers) or _other_figures(one, other, shared_numbers)):
        return APART
    numbers = _overlap(one.numbers, other.numbers, shared_numbers)
    letters = _dot(one.terms, other.terms)
    shared_words = one.words.keys() & other.words.keys()
    words = min(1.0, sum(one.words[word] for word in shared_words if one.words[word] >= TELLING) / 2)
    score = NAMES * names + NUMBERS * numbers + WORDS * words + LETTERS * letters
    if one.happenings and other.happenings:
        both = one.happenings & other.happenings
        score += HAPPENINGS * len(both) / min(len(one.happenings), len(other.happenings)) if both else -OTHER_HAPPENING
    return Likeness(
        score,
        entities=tuple(sorted(shared_names, key=lambda name: (-one.entities[name], name))),
        numbers=tuple(sorted(shared_numbers)),
        words=tuple(sorted(word for word in shared_words if one.words[word] >= TELLING)),
    )


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if not one or not other:
        return 0.0
    top = sum(weight * other[name] for name, weight in one.items() if name in other)
    lengths = sum(w * w for w in one.values()) * sum(w * w for w in other.values())
    return top / sqrt(lengths) if lengths else 0.0


def _dot(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    smaller, larger = sorted((one, other), key=len)
    return sum(weight * larger[gram] for gram, weight in smaller.items() if gram in larger)


def _overlap(one: Mapping[str, Number], other: Mapping[str, Number], shared: Iterable[str]) -> float:
    """The shared share of the numbers of whichever article has fewer, at most the weight of what is shared."""
    total = min(sum(n.weight for n in one.values()), sum(n.weight for n in other.values()))
    common = sum(min(one[key].weight, other[key].weight) for key in shared)
    return min(1.0, common / max(total, 1.0)) if total else 0.0


def _other_subject(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Both are about somebody, and about nobody in common."""
    ours = {name for name, weight in one.items() if weight >= SUBJECT}
    theirs = {name for name, weight in other.items() if weight >= SUBJECT}
    return bool(ours and theirs) and not (ours & other.keys() or theirs & one.keys())


def _other_figures(one: Signature, other: Signature, shared: Iterable[str]) -> bool:
    """Both are full of figures, and of other ones: the daily report of another day."""
    mine, yours = (sum(number.weight >= FIGURE for number in some.numbers.values()) for some in (one, other))
    common = sum(one.numbers[key].weight >= FIGURE for key in shared)
    return min(mine, yours) >= MANY_NUMBERS and common < FEW_SHARED * min(mine, yours)


def _other_deal(one: Signature, other: Signature, shared_numbers: Iterable[str]) -> bool:
    """A deal of one company and kind with another round or other money, and no figure in common."""
    if any(one.numbers[key].weight >= SUM for key in shared_numbers):
        return False
    return any(
        _contradict(mine, yours)
        for mine in one.deals
        for yours in other.deals
        if mine.company == yours.company and mine.kind == yours.kind
    )


def _contradict(mine: StoryDealFact, yours: StoryDealFact) -> bool:
    if mine.round and yours.round and mine.round != yours.round:
        return True
    if mine.value is None or yours.value is None:
        return False
    if mine.currency == yours.currency and min(mine.value, yours.value) >= A_DEAL:
        return abs(mine.value - yours.value) > SAME_MONEY * max(mine.value, yours.value)
    return False
