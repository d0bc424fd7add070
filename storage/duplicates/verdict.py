"""Whether two texts are the same report: by what they share, and by the numbers they name."""

from dataclasses import dataclass
from enum import StrEnum

from storage.duplicates.fingerprint import Text
from storage.duplicates.subject import other_subject

COPY_CONTAINMENT = 0.5
EXCERPT_CONTAINMENT = 0.7
EXCERPT_SIZE = 0.6  # the shorter text has at most this share of the longer one's shingles
# Daily reports from one template share four fifths of their shingles and hardly a number.
SHARED_NUMBERS = 0.7
# With fewer numbers than this the text has to speak for itself.
FEW_NUMBERS = 2
CONTAINMENT_WITHOUT_NUMBERS = 0.7


class Kind(StrEnum):
    COPY = "copy_of"
    EXCERPT = "excerpt_of"
    SIBLING = "sibling"  # one template, other figures or another subject


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two texts relate; `containment` and `shared_numbers` are shares (0 to 1) of the smaller set."""

    kind: Kind
    containment: float
    shared_numbers: float


def compare(one: Text, other: Text) -> Verdict | None:
    """What two texts are to each other, the same in either order; None when they are different reports."""
    smaller, larger = sorted((one, other), key=lambda text: len(text.shingles))
    if not smaller.shingles:
        return None
    containment = len(smaller.shingles & larger.shingles) / len(smaller.shingles)
    if containment < COPY_CONTAINMENT:
        return None
    shared, named = _shared_numbers(smaller, larger)
    is_excerpt = len(smaller.shingles) <= EXCERPT_SIZE * len(larger.shingles)
    if is_excerpt and containment < EXCERPT_CONTAINMENT:
        return None
    if shared < SHARED_NUMBERS or (named < FEW_NUMBERS and containment < CONTAINMENT_WITHOUT_NUMBERS):
        return Verdict(Kind.SIBLING, containment, shared)
    if other_subject(smaller, larger):
        return Verdict(Kind.SIBLING, containment, shared)
    return Verdict(Kind.EXCERPT if is_excerpt else Kind.COPY, containment, shared)


def _shared_numbers(smaller: Text, larger: Text) -> tuple[float, int]:
    """The share of numbers both name, and how many the text with fewer of them names."""
    fewer = min(len(smaller.numbers), len(larger.numbers))
    if fewer == 0:
        return 1.0, 0
    return len(smaller.numbers & larger.numbers) / fewer, fewer
