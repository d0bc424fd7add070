"""Labelled sentences, amounts and headlines, and how far a reading of them is from the labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

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


def labelled_sentences() -> list[Sentence]:
    return [_sentence(line, held_out) for line, held_out in lines("entities.txt")]


def _sentence(line: str, held_out: bool) -> Sentence:
    text, names, end = "", set(), 0
    for match in _NAME.finditer(line):
        text += line[end : match.start()]
        names.add((match[2], len(text), len(text) + len(match[1])))
        text += match[1]
        end = match.end()
    return Sentence(text + line[end:], frozenset(names), held_out)


def labelled_expressions() -> list[Expression]:
    rows = []
    for line, held_out in lines("amounts.txt"):
        text, _, label = line.rpartition(" => ")
        amounts = () if label == "-" else tuple(_amount(part.split()) for part in label.split(";"))
        rows.append(Expression(text, amounts, held_out))
    return rows


def _amount(words: list[str]) -> tuple[Decimal, str, Decimal | None, str | None, str]:
    krw = next((Decimal(word[4:]) for word in words if word.startswith("krw=")), None)
    role = "threshold" if "threshold" in words else "amount"
    qualifier = next((word for word in words[2:] if not word.startswith("krw=") and word != "threshold"), None)
    return Decimal(words[0]), words[1], krw, qualifier, role
