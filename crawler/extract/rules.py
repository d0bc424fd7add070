"""Line rules: which wording, at which place, makes a line something other than article text. The rules are a table.

A rule has three conditions, all of which must hold: the wording, the length, and the place. `anywhere` is kept for
wordings that no sentence of an article has by accident; everything else counts only around the article's prose
(`edge`: before the first or after the last sentence, `tail`: after the last one). A line that is a sentence is never
taken unless `sentence` says that the rule's own wording is one ("무단전재를 금합니다.").
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from crawler.extract.article import Reason
from crawler.extract.tables import table

Place = Literal["anywhere", "edge", "tail", "head"]

_OPEN = r"^[\s\[<(【〈《「\"'※*#■□▲△▶▷◆◇●○☞→\-–—·|:/]*"
_DATE = r"(?:19|20)\d\d\s*[.\-/년]\s*\d{1,2}\s*[.\-/월]\s*\d{1,2}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of line. `links`: the least share of its characters that must be inside links."""

    reason: Reason
    wording: re.Pattern[str]
    place: Place = "edge"
    longest: int = 120
    sentence: bool = False
    links: float = 0.0
    anchored: bool = False  # the wording speaks of the line's beginning: no need to look for it further on

    def says(self, line: str) -> bool:
        """True when the line has the rule's wording."""
        return (self.wording.match(line) if self.anchored else self.wording.search(line)) is not None


def _rule(row: dict[str, Any]) -> Rule:
    wording = row["wording"].replace("{open}", _OPEN).replace("{date}", _DATE)
    known = {
        "reason": Reason(row["reason"]),
        "wording": re.compile(wording, re.IGNORECASE),
        "anchored": _anchored(wording),
    }
    return Rule(**{**row, **known})


def _anchored(wording: str) -> bool:
    """True for an expression that begins with ^ and has no alternative outside parentheses."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "", wording)
    while (shorter := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = shorter
    return wording.startswith("^") and "|" not in bare


RULES = tuple(_rule(row) for row in table("lines")["rule"])

_LABELS = sorted(table("toolbar")["labels"], key=len, reverse=True)
_TOOLBAR = re.compile(rf"(?<![가-힣A-Za-z])(?:{'|'.join(_LABELS)})(?![가-힣A-Za-z])", re.IGNORECASE)
_TOOLBAR_DECORATION = re.compile(r"[\s()\[\]<>|·ㆍ/,.:;+\-–—•∙*&▲▼▶◀■□○●☆★\d가]+")
_LONGEST_TOOLBAR = 160
BULLET = re.compile(r"^[\s\-–—•∙·ㆍ*|/+>▶▷■□○●]{1,3}$")


def is_toolbar(line: str) -> bool:
    """True for a line made of toolbar labels and nothing else."""
    if len(line) > _LONGEST_TOOLBAR or line.endswith("다."):
        return False
    rest, labels = _TOOLBAR.subn(" ", line)
    return labels > 0 and not _TOOLBAR_DECORATION.sub("", rest)
