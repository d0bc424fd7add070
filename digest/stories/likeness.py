"""How surely two articles tell one event, and what says so."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import fsum, sqrt

from digest.stories.signature import Signature
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


class Measured:
    """A signature with what every comparison asks of it, worked out once."""

    __slots__ = ("figures", "loud", "number_weight", "signature", "squares", "subjects")

    def __init__(self, signature: Signature) -> None:
        weights = [number.weight for number in signature.numbers.values()]
        self.signature = signature
        self.squares = sum(weight * weight for weight in signature.entities.values())
        self.subjects = frozenset(name for name, weight in signature.entities.items() if weight >= SUBJECT)
        self.number_weight = sum(weights)
        self.figures = sum(weight >= FIGURE for weight in weights)
        self.loud = frozenset(word for word, rarity in signature.words.items() if rarity >= TELLING)


def compare(one: Signature, other: Signature, *, sequel: bool = False) -> Likeness:
    """The likeness of two articles, the same in either order, with its evidence."""
    mine, yours = Measured(one), Measured(other)
    score = score_of(mine, yours, sequel=sequel)
    if score is None:
        return APART
    shared_names = one.entities.keys() & other.entities.keys()
    return Likeness(
        score,
        entities=tuple(sorted(shared_names, key=lambda name: (-one.entities[name], name))),
        numbers=tuple(sorted(one.numbers.keys() & other.numbers.keys())),
        words=tuple(sorted(mine.loud & yours.loud)),
    )


def score_of(mine: Measured, yours: Measured, *, sequel: bool = False) -> float | None:
    """How alike two articles are, the same in either order; None when they cannot be one event.

    Of a `sequel` other deals and figures are expected: they do not set it apart.
    """
    if _other_subject(mine, yours):
        return None
    one, other = mine.signature, yours.signature
    shared_numbers = one.numbers.keys() & other.numbers.keys()
    if not sequel and (_other_deal(one, other, shared_numbers) or _other_figures(mine, yours, shared_numbers)):
        return None
    words = min(1.0, sum(one.words[word] for word in mine.loud & yours.loud) / 2)
    score = NAMES * _cosine(mine, yours) + NUMBERS * _overlap(mine, yours, shared_numbers)
    score += WORDS * words + LETTERS * _dot(one.terms, other.terms)
    if one.happenings and other.happenings:
        both = one.happenings & other.happenings
        score += HAPPENINGS * len(both) / min(len(one.happenings), len(other.happenings)) if both else -OTHER_HAPPENING
    return score


def _cosine(mine: Measured, yours: Measured) -> float:
    lengths = mine.squares * yours.squares
    if not lengths:
        return 0.0
    one, other = mine.signature.entities, yours.signature.entities
    return sum(weight * other[name] for name, weight in one.items() if name in other) / sqrt(lengths)


def _dot(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    # Summed exactly, so that the figure is the same in any order.
    return fsum([one[gram] * other[gram] for gram in one.keys() & other.keys()])


def _overlap(mine: Measured, yours: Measured, shared: Collection[str]) -> float:
    """The shared share of the numbers of whichever article has fewer, at most the weight of what is shared."""
    total = min(mine.number_weight, yours.number_weight)
    if not total or not shared:
        return 0.0
    one, other = mine.signature.numbers, yours.signature.numbers
    return min(1.0, sum(min(one[key].weight, other[key].weight) for key in shared) / max(total, 1.0))


def _other_subject(mine: Measured, yours: Measured) -> bool:
    """Both are about somebody, and about nobody in common."""
    if not mine.subjects or not yours.subjects:
        return False
    return mine.subjects.isdisjoint(yours.signature.entities) and yours.subjects.isdisjoint(mine.signature.entities)


def _other_figures(mine: Measured, yours: Measured, shared: Iterable[str]) -> bool:
    """Both are full of figures, and of other ones: the daily report of another day."""
    fewer = min(mine.figures, yours.figures)
    if fewer < MANY_NUMBERS:
        return False
    return sum(mine.signature.numbers[key].weight >= FIGURE for key in shared) < FEW_SHARED * fewer


def _other_deal(one: Signature, other: Signature, shared_numbers: Iterable[str]) -> bool:
    """A deal of one company and kind with another round or other money, and no figure in common."""
    if not one.deals or not other.deals or any(one.numbers[key].weight >= SUM for key in shared_numbers):
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
