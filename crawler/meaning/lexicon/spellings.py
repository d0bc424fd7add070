"""The ways one name is written: with and without spaces, hyphens and dots, and what abbreviations grow into."""

import re
from collections.abc import Iterator
from itertools import product

from crawler.meaning.folding import fold_name

_MOST_PARTS = 4
_SEPARATORS = re.compile(r"([ \-·.]+)")
# Where a writer may put a space though the name has none: between scripts, before a number, inside SenseTime.
_SEAM = re.compile(r"(?<=[가-힣])(?=[A-Za-z0-9])|(?<=[A-Za-z])(?=[가-힣0-9])|(?<=[0-9])(?=[가-힣])|(?<=[a-z])(?=[A-Z])")
_HANJA = re.compile(r"[一-鿿]")
_MARKETS = (
    "nasdaq: {}",
    "nasdaq:{}",
    "nyse: {}",
    "nyse:{}",
    "나스닥: {}",
    "나스닥:{}",
    "hkex: {}",
    "hkex:{}",
    "티커 {}",
)


def spellings(name: str) -> Iterator[tuple[str, bool]]:
    """Each folded spelling of a name, and whether only capital letters tell it from plain words ("Sense Time")."""
    yield fold_name(name), False
    if _HANJA.search(name):
        return
    parts, joints = _parts(name)
    if not 1 < len(parts) <= _MOST_PARTS:
        if len(parts) > _MOST_PARTS:
            yield fold_name("".join(parts)), False
        return
    for joiners in product(*[_joiners(joint) for joint in joints]):
        written = parts[0] + "".join(joiner + part for joiner, part in zip(joiners, parts[1:], strict=True))
        splits_a_word = any(joint == "camel" and joiner for joint, joiner in zip(joints, joiners, strict=True))
        yield fold_name(written), splits_a_word


def _parts(name: str) -> tuple[list[str], list[str]]:
    parts: list[str] = []
    joints: list[str] = []
    for number, piece in enumerate(_SEPARATORS.split(name)):
        if number % 2:
            joints.append(piece)
            continue
        inner = [part for part in _SEAM.split(piece) if part]
        for place, part in enumerate(inner):
            if place:
                is_camel = inner[place - 1][-1].isascii() and part[0].isascii() and part[0].isalpha()
                joints.append("camel" if is_camel else "")
            parts.append(part)
    return parts, joints[: max(len(parts) - 1, 0)]


def _joiners(joint: str) -> tuple[str, ...]:
    if joint == "camel":
        return ("", " ", "-")
    return tuple(dict.fromkeys((joint, "", " ", "-"))) if joint != "." else (".", "", " ")


def grown(names: tuple[str, ...], kind: str) -> Iterator[str]:
    """Names, and the long forms of Korean university names."""
    for name in names:
        yield name
        if kind == "university" and re.search("[가-힣]대$", name):
            yield name + "학"
            yield name + "학교"


def ticker_spellings(ticker: str) -> Iterator[str]:
    """A ticker stands for a company only with its market: `9888.HK`, `NASDAQ: BIDU`."""
    code, _, market = ticker.lower().partition(".")
    if market:
        yield ticker.lower()
    for form in _MARKETS:
        yield form.format(code)
