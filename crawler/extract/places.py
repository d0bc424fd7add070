"""What the mark-up of a part of the page says about it: a table of names, because outlets name the same things alike.

The names are those of Korean content systems (ND-soft's articleView, the portals, the large dailies) and the usual
English ones. A name alone is not enough for a part that holds much of the article: then its text is read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.extract.article import Reason
from crawler.extract.tables import table
from crawler.extract.tree import longer_than, text_of

_WHOLE = 0.35  # a named part with more than this share of the container's text is the article itself, whatever its name


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Names (of id and class, one word each) that give a part away. `longest`: characters such a part has at most."""

    reason: Reason
    names: re.Pattern[str]
    longest: int = 4000
    picture: bool = False
    links: float = 0.0  # least share of the part's text inside links


def _names(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\s)(?:{'|'.join(alternatives)})(?=\s|$)", re.IGNORECASE)


_TABLE = table("places")
_PLACES = tuple(
    PlaceRule(**{**row, "reason": Reason(row["reason"]), "names": _names(row["names"])}) for row in _TABLE["place"]
)
_SUBTITLE = _names(_TABLE["subtitle"])

_TAGS = {
    "figcaption": Reason.CAPTION,
    "button": Reason.TOOLBAR,
    "nav": Reason.TOOLBAR,
    "select": Reason.TOOLBAR,
    "textarea": Reason.TOOLBAR,
    "input": Reason.TOOLBAR,
    "label": Reason.TOOLBAR,
    "footer": Reason.TOOLBAR,
    "dialog": Reason.TOOLBAR,
    "ins": Reason.ADVERT,
    "amp-ad": Reason.ADVERT,
    "iframe": Reason.ADVERT,
    "script": Reason.ADVERT,
    "style": Reason.ADVERT,
    "noscript": Reason.ADVERT,
    "template": Reason.ADVERT,
    "aside": Reason.RELATED,
}
SILENT_TAGS = frozenset({"ins", "amp-ad", "iframe", "script", "style", "noscript", "template", "input", "svg"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONGEST_NAMES = 400  # characters of id and classes that are looked at
_LONGEST_FIGURE = 600
_LONGEST_PHOTO_LINE = 400
_PHOTO_CELLS = 2  # cells with text in a table that lays out a photo
_PICTURES = ("img", "amp-img", "picture", "video", "amp-video", "iframe")


def is_subtitle(element: HtmlElement) -> bool:
    """True for an element whose class says that it holds the lines under the headline."""
    names = names_of(element)
    return bool(names) and _names_subtitle(names[:_LONGEST_NAMES])


def names_of(element: HtmlElement) -> str:
    """An element's id and classes; empty where it has neither."""
    name, classes = element.get("id"), element.get("class")
    return f"{name} {classes}" if name and classes else name or classes or ""


# The names of one design are met again on every page of it.
@lru_cache(maxsize=4096)
def _names_subtitle(names: str) -> bool:
    return _SUBTITLE.search(names) is not None


@lru_cache(maxsize=4096)
def _rules_of(names: str) -> tuple[PlaceRule, ...]:
    return tuple(rule for rule in _PLACES if rule.names.search(names))


def reason_of_tag(element: HtmlElement) -> Reason | None:
    """Why an element is no text, judged by its tag alone."""
    return _TAGS.get(str(element.tag))


def reason_of_place(element: HtmlElement, container_length: int) -> Reason | None:
    """Why this part is not article text, judged by tag, id and class; None when it may be."""
    tag = str(element.tag)
    if tag in ("html", "body"):
        return None
    reason = _TAGS.get(tag)
    if tag == "figure" and not longer_than(element, _LONGEST_FIGURE):
        reason = Reason.CAPTION
    if (
        tag in ("span", "em")
        and next(element.iter(*_PICTURES), None) is not None
        and not longer_than(element, _LONGEST_PHOTO_LINE)
    ):
        reason = Reason.CAPTION  # a picture and its line, set into running text
    if tag == "table" and _is_photo_table(element):
        reason = Reason.CAPTION
    if reason is None and _HIDDEN.search(element.get("style") or ""):
        reason = Reason.TOOLBAR
    if reason is None:
        reason = _by_name(element)
    if reason is None:
        return None
    return None if longer_than(element, int(_WHOLE * container_length)) else reason


def _by_name(element: HtmlElement) -> Reason | None:
    names = names_of(element)
    if not names:
        return None
    return next((rule.reason for rule in _rules_of(names[:_LONGEST_NAMES]) if _fits(rule, element)), None)


def _fits(rule: PlaceRule, element: HtmlElement) -> bool:
    if longer_than(element, rule.longest):
        return False
    if rule.links and sum(len(text_of(link)) for link in element.iter("a")) < rule.links * len(text_of(element)):
        return False
    return not rule.picture or next(element.iter(*_PICTURES), None) is not None


def _is_photo_table(table: HtmlElement) -> bool:
    """A table that holds a picture and a line about it, as desks lay out photos."""
    if next(table.iter(*_PICTURES), None) is None or longer_than(table, _LONGEST_PHOTO_LINE):
        return False
    filled = [cell for cell in table.iter("td", "th") if text_of(cell)]
    return len(filled) <= _PHOTO_CELLS
