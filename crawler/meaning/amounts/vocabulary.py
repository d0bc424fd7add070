"""The words of money from data/amounts.toml, as expressions."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def vocabulary() -> dict[str, Any]:
    return tomllib.loads((files("crawler") / "meaning" / "data" / "amounts.toml").read_text(encoding="utf-8"))


@cache
def code_of() -> dict[str, str]:
    """Currency words and signs, folded, to their ISO code (or YEN_OR_YUAN)."""
    words = vocabulary()
    return {form: code for part in ("after", "before") for code, forms in words[part].items() for form in forms}


def forms(part: str) -> str:
    """All forms of a part as one alternation, longest first; Latin words end at their border."""
    return "|".join(_form(form, part) for form in _longest_first(f for row in vocabulary()[part].values() for f in row))


def _form(form: str, part: str) -> str:
    escaped = re.escape(form)
    if part == "before" and form[0].isalpha() and form[0].isascii():
        return rf"(?<![a-z]){escaped}"
    if part == "after" and form[-1].isascii() and form[-1].isalpha():
        return rf"{escaped}(?![a-z])"
    return escaped


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(set(words), key=lambda word: (-len(word), word))


@cache
def scale_words() -> str:
    return "|".join(re.escape(word) for word in _longest_first(vocabulary()["scales"]))


@cache
def qualifier_before() -> tuple[re.Pattern[str], dict[str, str]]:
    meaning = {form: name for name, row in vocabulary()["qualifiers"]["before"].items() for form in row}
    return re.compile(rf"(?:^|(?<=[^가-힣a-z]))({_alternation(meaning)})\s?$"), meaning


@cache
def qualifier_after() -> tuple[re.Pattern[str], dict[str, str]]:
    meaning = {form: name for name, row in vocabulary()["qualifiers"]["after"].items() for form in row} | {"대": "약"}
    return re.compile(rf"\s?({_alternation(meaning)}|대(?=(?:의|로|를|에|가|인|까지|에서)?(?![가-힣])))"), meaning


def _alternation(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in _longest_first(words))


@cache
def threshold_words(part: str) -> re.Pattern[str]:
    return re.compile(_alternation(vocabulary()["threshold"][part]))
