"""What an outlet changed in an article, and whether a reader has to know: material or cosmetic.

Two versions are compared word by word. What is left of a change is looked at kind by kind: a figure, a name, a sentence
more or less is material; a typo, a space, a comma, a particle is cosmetic. Where it cannot be told (a short word that
became another one), it is called material: a correction told in vain costs a line, a hidden one costs trust.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from storage.duplicates.numbers import numbers
from storage.search.tokenizer import strip_particle
from storage.text import readable

MOST_EDITS = 50
LONGEST_EDIT = 400  # characters of each side that are kept
_WORD = re.compile(r"\S+")
_NOT_SAID = re.compile(r"[\W_]+")
_TITLES = (
    *(
        "대표",
        "회장",
        "사장",
        "부사장",
        "의장",
        "이사",
        "기자",
        "교수",
        "박사",
        "총리",
        "장관",
        "차관",
        "대통령",
        "주석",
    ),
    *(
        "의원",
        "위원",
        "연구원",
        "팀장",
        "본부장",
        "센터장",
        "원장",
        "총장",
        "창업자",
        "CEO",
        "CTO",
        "CFO",
        "씨",
        "애널리스트",
    ),
)
_PREDICATE = re.compile(r"(?:[다요까죠네지]|[며고서면는은던한된할될])$")
_FIGURE = re.compile(r"[\d십백천만억조]+")
_LATIN_OR_HANJA = re.compile("[A-Za-z\u4e00-\u9fff]")
_TYPO = 1  # jamo that may differ in a word that is only spelled otherwise


class Reason(StrEnum):
    HEADLINE = "headline"
    AMOUNT = "amount"  # a figure or an amount of money
    NAME = "name"
    TEXT = "text"  # something is said that was not, or no longer
    TYPO = "typo"
    SPACING = "spacing"
    PUNCTUATION = "punctuation"


COSMETIC = frozenset((Reason.TYPO, Reason.SPACING, Reason.PUNCTUATION))


@dataclass(frozen=True, slots=True)
class Edit:
    """One place that differs; `field` is title, subtitle or body. An empty side: something came or went."""

    field: str
    before: str
    after: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article's text."""

    title: str
    subtitle: str | None
    body: Sequence[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """All places where two versions differ, at most 50 of them."""

    edits: tuple[Edit, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        found = {edit.reason for edit in self.edits}
        return tuple(reason for reason in Reason if reason in found)

    @property
    def is_material(self) -> bool:
        return any(edit.reason not in COSMETIC for edit in self.edits)

    @property
    def verdict(self) -> str:
        return "material" if self.is_material else "cosmetic"


def difference(before: Version, after: Version) -> Difference:
    """How a version differs from the one before it."""
    fields = (
        ("title", before.title, after.title),
        ("subtitle", before.subtitle or "", after.subtitle or ""),
        ("body", "\n".join(before.body), "\n".join(after.body)),
    )
    context = _Context(" ".join(text for _, text, _ in fields), " ".join(text for _, _, text in fields))
    edits = [edit for name, old, new in fields for edit in _edits(name, readable(old), readable(new), context)]
    # A long list ends with its cosmetic rest, not with what matters.
    edits.sort(key=lambda edit: edit.reason in COSMETIC)
    return Difference(tuple(edits[:MOST_EDITS]))


class _Context:
    """The words of both versions, to see whether a word was exchanged everywhere."""

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after = before, after


def _edits(name: str, old: str, new: str, context: _Context) -> Iterable[Edit]:
    if old == new:
        return
    left, right = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            continue
        before, after = left[i:j], right[k:m]
        reason = _reason(before, after, right[m : m + 1] or left[j : j + 1], context)
        if name == "title" and reason not in COSMETIC:
            reason = Reason.HEADLINE
        yield Edit(name, " ".join(before)[:LONGEST_EDIT], " ".join(after)[:LONGEST_EDIT], reason)


def _reason(before: list[str], after: list[str], following: list[str], context: _Context) -> Reason:
    old, new = " ".join(before), " ".join(after)
    if numbers(old) != numbers(new) or _changed_places(old, new):
        return Reason.AMOUNT
    if _without_figures(old) == _without_figures(new) and _said(old) != _said(new):
        return Reason.TYPO  # 4억1000만 written as 4.1억
    if _said(old) == _said(new):
        return Reason.PUNCTUATION if old.split() != new.split() and _letters_alone(before, after) else Reason.SPACING
    if len(before) != len(after):
        return Reason.TEXT
    pairs = [(one, other) for one, other in zip(before, after, strict=True) if _said(one) != _said(other)]
    verdicts = {_word_reason(*pair, following, context) for pair in pairs}
    return next((reason for reason in Reason if reason in verdicts), Reason.TEXT)


def _changed_places(old: str, new: str) -> bool:
    """The same figures in another order: 3곳 5명 that became 5곳 3명."""
    before, after = (re.findall(r"\d+", text.replace(",", "")) for text in (old, new))
    return before != after and sorted(before) == sorted(after)


def _without_figures(text: str) -> str:
    return _FIGURE.sub("", _said(text))


def _letters_alone(before: list[str], after: list[str]) -> bool:
    return [_said(word) for word in before if _said(word)] == [_said(word) for word in after if _said(word)]


def _said(text: str) -> str:
    return _NOT_SAID.sub("", text.casefold())


def _word_reason(old: str, new: str, following: list[str], context: _Context) -> Reason:
    """Of two words in one place: another name, another word, or the same one spelled otherwise."""
    one, other = _bare(old), _bare(new)
    if one == other:
        return Reason.TYPO  # another particle
    if _LATIN_OR_HANJA.search(one + other) or _is_name(one, other, following, context):
        return Reason.NAME
    if _jamo_apart(_said(old), _said(new)) > _TYPO:
        return Reason.TEXT
    # A verb misspelled is a slip, and so is a noun that stood right elsewhere; any other noun may be a name.
    is_verb = bool(_PREDICATE.search(one) and _PREDICATE.search(other))
    return Reason.TYPO if is_verb or other in context.before else Reason.NAME


def _bare(word: str) -> str:
    return strip_particle(_said(word))


def _is_name(one: str, other: str, following: list[str], context: _Context) -> bool:
    """Followed by somebody's title, or a word that was exchanged everywhere and stood more than once."""
    if following and following[0].startswith(_TITLES):
        return True
    if _PREDICATE.search(one) and _PREDICATE.search(other):
        return False
    often = context.before.count(one) > 1 or context.after.count(other) > 1
    return often and one not in context.after and other not in context.before


def _jamo_apart(one: str, other: str) -> int:
    """How many jamo have to be put in, taken out or exchanged; more than a few are only counted as many."""
    left, right = unicodedata.normalize("NFD", one), unicodedata.normalize("NFD", other)
    if abs(len(left) - len(right)) > _TYPO:
        return _TYPO + 1
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    left, right = left[start:], right[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    if {len(left), len(right)} == {2} and left == right[::-1]:
        return 1  # two jamo that changed places
    return max(len(left), len(right))
