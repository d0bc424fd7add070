"""The words of deals from data/deals.toml, as expressions."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Cue:
    """What tells a kind of deal, in lower case: `before` stands in front of the amount, `behind` behind it."""

    kind: str
    before: re.Pattern[str]
    behind: re.Pattern[str]


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads((files("crawler") / "meaning" / "data" / "deals.toml").read_text(encoding="utf-8"))


@cache
def cues() -> tuple[Cue, ...]:
    return tuple(
        Cue(
            row["kind"],
            re.compile("|".join(row["before"]).lower()),
            re.compile("|".join(row["behind"]).lower()),
        )
        for row in _raw()["cue"]
    )


@dataclass(frozen=True, slots=True)
class Event:
    """What tells that a deal was done, without a sum: in sentences, and in headlines, which leave verbs away."""

    kind: str
    done: re.Pattern[str]
    headline: re.Pattern[str]


@cache
def events() -> tuple[Event, ...]:
    rows = _raw()["event"]
    return tuple(
        Event(row["kind"], re.compile("|".join(row["done"])), re.compile("|".join(row["headline"]))) for row in rows
    )


@cache
def word(name: str) -> re.Pattern[str]:
    value = _raw()["words"][name]
    return re.compile("|".join(value) if isinstance(value, list) else value)


@cache
def rounds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile("|".join(forms).lower())) for name, forms in _raw()["round"].items())


@cache
def kinds(group: str) -> frozenset[str]:
    return frozenset(_raw()["kinds"][group])
