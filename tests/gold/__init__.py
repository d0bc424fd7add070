"""Labelled sentences, amounts and headlines, and how far a reading of them is from the labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

NO_MONEY = "no"
FOLDER = Path(__file__).parent
_NAME = re.compile(r"\{([^|{}]+)\|([^}]+)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence with its names as (id, start, end)."""

    text: str
    names: frozenset[tuple[str, int, int]]
    held_out: bool


@dataclass(frozen=True)
class Expression:
    """An expression and what it says: (value, currency, krw, qualifier, role)."""

    text: str
    amounts: tuple[tuple[Decimal, str, Decimal | None, str | None, str], ...]
    held_out: bool


def lines(name: str) -> Iterator[tuple[str, bool]]:
    rows = [line for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    yield from ((line, number % 3 == 2) for number, line in enumerate(rows))


def labelled_sentences(name: str = "entities.txt") -> list[Sentence]:
    return [_sentence(line, held_out) for line, held_out in lines(name)]


def _sentence(line: str, held_out: bool) -> Sentence:
    text, names, end = "", set(), 0
    for match in _NAME.finditer(line):
        text += line[end : match.start()]
        names.add((match[2], len(text), len(text) + len(match[1])))
        text += match[1]
        end = match.end()
    return Sentence(text + line[end:], frozenset(names), held_out)


def labelled_expressions(name: str = "amounts.txt") -> list[Expression]:
    rows = []
    for line, held_out in lines(name):
        text, _, label = line.rpartition(" => ")
        amounts = () if label == "-" else tuple(_amount(part.split()) for part in label.split(";"))
        rows.append(Expression(text, amounts, held_out))
    return rows


def _amount(words: list[str]) -> tuple[Decimal, str, Decimal | None, str | None, str]:
    krw = next((Decimal(word[4:]) for word in words if word.startswith("krw=")), None)
    role = "threshold" if "threshold" in words else "amount"
    qualifier = next((word for word in words[2:] if not word.startswith("krw=") and word != "threshold"), None)
    return Decimal(words[0]), words[1], krw, qualifier, role


@dataclass(frozen=True)
class DealLabel:
    """A deal of a sentence: the company's id or name, kind, value, currency, and round and investors where labelled."""

    company: str
    kind: str
    value: Decimal | None
    currency: str | None
    round: str | None
    investors: frozenset[str]


def labelled_deals(name: str = "deals.txt") -> list[tuple[str, tuple[DealLabel, ...], bool]]:
    rows = []
    for line, held_out in lines(name):
        text, _, label = line.rpartition(" => ")
        deals = () if label == "-" else tuple(_deal(part.split("|")) for part in label.split(";;"))
        rows.append((text, deals, held_out))
    return rows


def _deal(parts: list[str]) -> DealLabel:
    company, kind, money, *rest = (part.strip() for part in parts)
    value, currency = (None, None) if money == NO_MONEY else money.split()
    investors = frozenset(rest[1].split(",")) if len(rest) > 1 and rest[1] else frozenset()
    return DealLabel(
        company,
        kind,
        None if value is None else Decimal(value),
        currency,
        rest[0] if rest and rest[0] else None,
        investors,
    )


@dataclass(frozen=True)
class Headline:
    """A headline with its lead, and whether the topic wants it."""

    title: str
    lead: str
    relevant: bool
    held_out: bool


def labelled_headlines(name: str = "relevance.txt") -> list[Headline]:
    rows = (((*line.split(" | "),), held_out) for line, held_out in lines(name))
    return [Headline(title, lead, label == "1", held_out) for (label, title, lead), held_out in rows]


def labelled_feed_items() -> dict[str, bool]:
    """Real feed items by a digest of their headline (tests.gold.feeds), with their label."""
    return {key: label == "1" for key, label in (line.split() for line, _ in lines("relevance_feeds.txt"))}
