"""Names that look like companies and are in no lexicon: "스타트업 샘플로보", "샘플로보(SampleRobo)"."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crawler.meaning.mentions import Mention

_PARTICLE = r"(?:은|는|이|가|을|를|의|도|와|과|에|에서|로|으로|측은|측이|에게|로부터)"
_AFTER = rf"(?={_PARTICLE}(?![가-힣])|\s?[(\[]|[,·:…'\"’”]|\s(?:창업자|창업주|대표|CEO|회장|최고경영자)|$)"
_LATIN = r"[A-Z][A-Za-z0-9&.+\-]*[A-Za-z0-9+](?: [A-Z][A-Za-z0-9&.+\-]*[A-Za-z0-9]){0,2}"
_HANGUL = (
    r"[가-힣][가-힣A-Za-z0-9]{1,13}?"
    r"(?: (?:AI|테크놀로지|테크|로보틱스|모터스|바이오|인텔리전스|에너지|로봇|캐피털|벤처스))?"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that may be an entity; `alias` is how the text writes it in other letters. Offsets as in Mention."""

    name: str
    alias: str | None
    start: int
    end: int


def find_candidates(text: str, mentions: Sequence[Mention]) -> list[Candidate]:
    """The candidates of a text in reading order, each stretch once, and nothing that the lexicon has found."""
    taken = [(mention.start, mention.end) for mention in mentions]
    found: list[Candidate] = []
    for candidate in sorted(_all(text), key=lambda one: (one.start, -one.end)):
        if any(candidate.start < end and start < candidate.end for start, end in taken):
            continue
        found.append(candidate)
        taken.append((candidate.start, candidate.end))
    return found


def _all(text: str) -> Iterator[Candidate]:
    words = _words()
    for match in _introduced().finditer(text):
        name = match["name"]
        if name in words["common"] or any(name.endswith(end) for end in words["common_ends"]):
            continue
        if (
            match["quote"]
            or name[0].isascii()
            or _ends_like_a_company(name)
            or text[match.end() : match.end() + 2].strip().startswith("(")
        ):
            yield Candidate(name, None, match.start("name"), match.end("name"))
    for match in _BRACKETED.finditer(text):
        name, alias = match["name"], match["alias"].strip()
        if _is_plain_gloss(name, alias, text, match) or words["people"].match(text, match.end()):
            continue
        yield Candidate(name, alias, match.start("name"), match.end())


_BRACKETED = re.compile(
    r"(?<![가-힣A-Za-z0-9])(?P<name>[가-힣][가-힣A-Za-z0-9]{1,14})['\"’”]?\s?"
    r"[(（]\s?(?P<alias>[A-Za-z][A-Za-z0-9 .&+\-]{2,30}|[一-鿿]{2,10})\s?[)）]"
)


@cache
def _introduced() -> re.Pattern[str]:
    classes = "|".join(_words()["classes"])
    return re.compile(
        rf"(?:{classes})\s?(?:인\s)?(?P<quote>['\"‘“])?(?P<name>{_LATIN}|{_HANGUL})(?(quote)['\"’”]){_AFTER}"
    )


def _is_plain_gloss(name: str, alias: str, text: str, match: re.Match[str]) -> bool:
    """인공지능(AI), 소프트웨어(software): an explanation, not a name."""
    words = _words()
    if name in words["common"] or any(name.endswith(end) for end in words["common_ends"]):
        return True
    is_introduced = re.search(
        rf"(?:{'|'.join(words['classes'])})\s?(?:인\s)?['\"‘“]?$", text[max(0, match.start() - 12) : match.start()]
    )
    if is_introduced or _ends_like_a_company(name):
        return False
    if not alias.isascii():
        return True
    return alias.isupper() or alias[0].islower() or bool({*alias.lower().split()} & words["gloss"])


def _ends_like_a_company(name: str) -> bool:
    return any(name.endswith(end) and len(name) > len(end) for end in _words()["company_ends"])


@cache
def _words() -> dict[str, Any]:
    raw = tomllib.loads((files("crawler") / "meaning" / "data" / "candidates.toml").read_text(encoding="utf-8"))
    return {
        "classes": sorted(raw["classes"], key=len, reverse=True),
        "common": frozenset(raw["common"]),
        "common_ends": tuple(raw["common_ends"]),
        "company_ends": tuple(raw["company_ends"]),
        "gloss": frozenset(raw["gloss"]),
        "people": re.compile(rf"(?:{_PARTICLE}?\s|\s?)(?:{'|'.join(raw['people'])})"),
    }
