"""Bytes to a tree: parsed once, hostile characters out, what is never read out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlComment, HtmlElement, HtmlProcessingInstruction

from crawler.extract.article import NoArticle

# libxml2 stops at a NUL, and the other control characters are not allowed in XML text. In UTF-8 no letter holds them.
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
_XML_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
# Server pages saved as source begin with directives that would become text.
_SERVER_DIRECTIVE = re.compile(rb"<%@[^%]{0,400}%>")
_TAG = re.compile(rb"<[a-zA-Z!/]")
_NEVER_READ = ("style", "noscript", "template", "svg", "iframe", "object", "embed")


# lxml.html asks Python for the class of each element it shows; one class for all of them is given without asking.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction)


def parse(text: str) -> HtmlElement:
    """The page as a tree, whatever its depth. Raises NoArticle for text that is not HTML at all."""
    return parse_bytes(text.encode("utf-8", errors="ignore"))


def parse_bytes(page: bytes) -> HtmlElement:
    """Like `parse`, for a page that is in UTF-8 already."""
    page = page.translate(None, _CONTROLS)
    if b"\xef\xbf" in page:
        for character in _NO_CHARACTERS:
            page = page.replace(character, b"")
    page = _XML_DECLARATION.sub(b"", page, count=1)
    if b"<%@" in page:
        page = _SERVER_DIRECTIVE.sub(b"", page)
    if not _TAG.search(page):
        raise NoArticle("The page is not HTML: there is no article to take from it.")
    # Without huge_tree libxml2 silently drops text below 256 levels.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        root = etree.fromstring(page, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NoArticle(f"The page cannot be read as HTML: {error}.") from error
    if not isinstance(root, HtmlElement):
        raise NoArticle("The page has no elements: there is no article to take from it.")
    return root


@dataclass(frozen=True, slots=True)
class Script:
    """A script of the page: its type attribute and its text."""

    type: str
    text: str


def take_scripts(root: HtmlElement) -> list[Script]:
    """The page's scripts; they, styles and embedded documents leave the tree, the text behind them stays."""
    scripts = [Script((one.get("type") or "").lower(), one.text or "") for one in root.iter("script")]
    etree.strip_elements(root, "script", *_NEVER_READ, with_tail=False)
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
