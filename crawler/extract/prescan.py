"""A look at the bytes of a page before anything parses them: what is refused, what is cut, what is read in haste.

Everything here takes milliseconds on a page of megabytes; what it keeps away would take a parser minutes.
"""

import re
from dataclasses import dataclass

from crawler.extract.article import NoArticle

LARGEST = 16 * 1024 * 1024  # bytes; the largest article page of the corpus has 0.6 MB
FLOOD_OF_TAGS = 30_000  # more tags than any article page of the corpus has by a factor of ten
MOST_TAGS = 150_000  # a page with more is no article, and reading it takes longer than anybody waits
_MOST_ATTRIBUTES = 2_000  # of one tag: libxml2 compares each with each

# Fifty line breaks or empty paragraphs in a row tell no more than two.
_SAME_AGAIN = re.compile(rb"(<br\s{0,3}/?>|<p>\s{0,3}</p>)(?:\s{0,9}\1){50,}", re.IGNORECASE)

_MARKS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a picture or a film",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"PK\x03\x04": "a ZIP archive",
}
_LONG_STRETCH = 10_000  # bytes without the end of a tag
_LONG_TAG = re.compile(rb"(<[a-zA-Z][\w-]*)\s[^<>]{20000,}")
_ATTRIBUTE = re.compile(rb"\s[\w:.-]+\s*=")


@dataclass(frozen=True, slots=True)
class Scanned:
    """The page that may be parsed. `flood`: so many tags that only the cheapest ways to read it are open."""

    page: bytes
    flood: bool


def prescan(page: bytes) -> Scanned:
    """Raises NoArticle for bytes that are no page, or one too large to hold an article."""
    for mark, what in _MARKS.items():
        if page.startswith(mark):
            raise NoArticle(f"The page is {what}, not HTML: there is no article to take from it.")
    if len(page) > LARGEST:
        raise NoArticle(f"The page has {len(page) / 1e6:.0f} MB: no article is so large, it is not read.")
    tags = page.count(b"<")
    if tags > FLOOD_OF_TAGS:
        page = _SAME_AGAIN.sub(rb"\1\1", page)
        tags = page.count(b"<")
    if tags > MOST_TAGS:
        raise NoArticle(f"The page has {tags} tags: no article has so many, it is not read.")
    if _has_long_stretch(page):
        page = _LONG_TAG.sub(_without_attributes, page)
    return Scanned(page, flood=tags > FLOOD_OF_TAGS)


def _has_long_stretch(page: bytes) -> bool:
    """True where a tag may be very long; jumps from ">" to ">" in large steps."""
    position = 0
    while position + _LONG_STRETCH < len(page):
        end = page.rfind(b">", position, position + _LONG_STRETCH)
        if end < 0:
            return True
        position = end + 1
    return False


def _without_attributes(tag: re.Match[bytes]) -> bytes:
    """A tag with thousands of attributes loses them all; one long attribute (a picture as data) stays."""
    return tag[0] if len(_ATTRIBUTE.findall(tag[0])) <= _MOST_ATTRIBUTES else tag[1]
