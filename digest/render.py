"""From an issue's content to its subject, HTML and text. Pure: the same content gives the same characters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from digest.content import Card, IssueContent, Section
from digest.safe import shorten
from digest.text import render_text

LARGEST_HTML = 80_000  # bytes; Gmail clips near 102 KB
SHOWN_OTHERS = 8
SHOWN_CORRECTIONS = 15
LEAST_FULL_CARDS = 10  # shortened last of all
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue as it is read. `overflow` stories are in the text and, for want of room, not in the HTML."""

    subject: str
    html: str
    text: str
    overflow: int = 0


@dataclass(frozen=True, slots=True)
class _ShownSection:
    name: str
    top: bool
    count: int
    full: tuple[Card, ...]
    brief: tuple[Card, ...]


def render(content: IssueContent) -> Rendered:
    """The issue as a mail: HTML of at most 80 KB, cards shortened to lines and then left to the text where needed."""
    html, overflow = _fitting_html(content)
    return Rendered(content.subject, html, render_text(content), overflow)


def _fitting_html(content: IssueContent) -> tuple[str, int]:
    """The richest HTML that fits: all cards in full, else fewer in full, else fewer at all."""
    total = len(content.cards)
    least = min(LEAST_FULL_CARDS, total)
    full = _most(least, total, lambda number: _size(content, full=number, shown=total))
    if full is not None:
        return _html(content, full=full, shown=total), 0
    shown = _most(0, total, lambda number: _size(content, full=min(least, number), shown=number)) or 0
    return _html(content, full=min(least, shown), shown=shown), total - shown


def _most(least: int, most: int, size: Callable[[int], int]) -> int | None:
    """The greatest number from `least` to `most` whose page fits; None when even `least` does not."""
    if size(most) <= LARGEST_HTML:
        return most
    if size(least) > LARGEST_HTML:
        return None
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if size(middle) <= LARGEST_HTML else (least, middle)
    return least


def _size(content: IssueContent, *, full: int, shown: int) -> int:
    return len(_html(content, full=full, shown=shown).encode())


def _html(content: IssueContent, *, full: int, shown: int) -> str:
    return _template().render(
        issue=content,
        sections=_cut(content.sections, full=full, shown=shown),
        corrections=content.corrections[:SHOWN_CORRECTIONS],
        overflow=len(content.cards) - shown,
        preheader=_preheader(content),
        totals=_totals(content),
        archive_url=_archive_url(content),
        shown_others=SHOWN_OTHERS,
        zone_name="한국 표준시(KST)" if content.zone.key == "Asia/Seoul" else content.zone.key,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("digest"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = lambda text: text.replace(" ", NO_BREAK)
    return environment.get_template("issue.html.j2")


def _cut(sections: tuple[Section, ...], *, full: int, shown: int) -> list[_ShownSection]:
    """The first `full` cards whole, those after them as one line each, none after `shown`."""
    kept = []
    place = 0
    for section in sections:
        cards = section.cards[: max(0, shown - place)]
        whole = max(0, full - place)
        place += len(section.cards)
        if cards:
            kept.append(_ShownSection(section.name, section.top, len(section.cards), cards[:whole], cards[whole:]))
    return kept


def _totals(content: IssueContent) -> list[tuple[str, int]]:
    rows = [("이슈", len(content.cards)), ("보도", content.reports), ("언론사", content.outlets)]
    return [*rows, ("수정", len(content.corrections))] if content.corrections else rows


def _preheader(content: IssueContent) -> str:
    """What a list of mails shows beside the subject: the stories after the first."""
    rest = [card.headline for card in content.cards[1:4]] or [item.headline for item in content.corrections[:3]]
    return shorten(" / ".join(rest) or content.coverage.line, 120)


def _archive_url(content: IssueContent) -> str | None:
    if content.web_url is None:
        return None
    since = content.window_start.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"{content.web_url}/v1/articles?{urlencode({'since': since})}"
