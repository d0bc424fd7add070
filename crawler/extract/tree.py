"""Text to a tree: parsed once, hostile characters out, what is never read out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.extract.article import NoArticle

# libxml2 stops at a NUL, and the other control characters are not allowed in XML text.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
# Server pages saved as source begin with directives that would become text.
_SERVER_DIRECTIVE = re.compile(r"<%@[^%]{0,400}%>")
_TAG = re.compile(r"<[a-zA-Z!/]")
_NEVER_READ = ("style", "noscript", "template", "svg", "iframe", "object", "embed")

FLOOD_OF_TAGS = 30_000  # more opening tags than any article page of the corpus has by a factor of ten


def parse(text: str) -> HtmlElement:
    """The page as a tree, whatever its depth. Raises NoArticle for text that is not HTML at all."""
    text = _SERVER_DIRECTIVE.sub("", _XML_DECLARATION.sub("", _CONTROLS.sub("", text), count=1))
    if not _TAG.search(text):
        raise NoArticle("The page is not HTML: there is no article to take from it.")
    # Without huge_tree libxml2 silently drops text below 256 levels.
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NoArticle(f"The page cannot be read as HTML: {error}.") from error
    if not isinstance(root, HtmlElement):
        raise NoArticle("The page has no elements: there is no article to take from it.")
    return root


def is_flood(text: str) -> bool:
    """True for a page with so many tags that a careful extractor would work on it for many seconds."""
    return text.count("<") > FLOOD_OF_TAGS


@dataclass(frozen=True, slots=True)
class Script:
    """A script of the page: its type attribute and its text."""

    type: str
    text: str


def take_scripts(root: HtmlElement) -> list[Script]:
    """The page's scripts; they, styles and embedded documents leave the tree, the text behind them stays."""
    scripts = [Script((one.get("type") or "").lower(), one.text or "") for one in root.iter("script")]
    drop(root.iter("script", *_NEVER_READ))
    return scripts


def drop(elements: Iterable[HtmlElement]) -> None:
    """Removes elements with their content and keeps the text behind each of them."""
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


@lru_cache(maxsize=2048)
def compiled(selector: str) -> CSSSelector:
    """A CSS selector ready to run; raises ValueError naming the selector when it is not valid CSS."""
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise ValueError(f"{selector!r} is not a CSS selector: {error}") from error


def select(root: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """Elements of the first selector that matches anything; an empty list when none does."""
    for selector in selectors:
        found = compiled(selector)(root)
        if found:
            return list(found)
    return []


def longer_than(element: HtmlElement, limit: int) -> bool:
    """True when an element's text has more than `limit` characters; looks no further than it must."""
    length = 0
    for piece in element.itertext():
        length += len(piece) if not piece.isspace() else 1
        if length > limit:
            return True
    return False


def text_of(element: HtmlElement) -> str:
    """All text of an element on one line."""
    return " ".join("".join(element.itertext()).split())
