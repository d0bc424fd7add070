"""Section pages: the links to articles in a list, found by the outlet's selector."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin

from lxml import etree, html

from crawler.candidates.candidate import Candidate, Reading, UnreadableSource, decode, plain
from crawler.candidates.dates import read_date
from crawler.sources import Source

_ROW_DEPTH = 4
_LONGEST_DATE = 30


def read_list(body: bytes, source: Source) -> Reading:
    """The links the selector matches, in page order, each once with its longest text as the title.

    Raises UnreadableSource when the page is empty or nothing matches: a redesign must not look like a quiet day.
    """
    text = decode(body)
    if not text.strip():
        raise UnreadableSource("The answer is empty (zero bytes) where a section page should be.")
    raw = text.replace("\x00", "").encode("utf-8", errors="replace")
    try:
        document = html.document_fromstring(raw, parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError as error:
        raise UnreadableSource(f"The answer is not a section page: {error}.") from error
    base = urljoin(source.url, next(iter(document.xpath("//base/@href")), ""))
    found: dict[str, Candidate] = {}
    for anchor, href in _anchors(document, source.links or "a"):
        url = urljoin(base, href)
        title = plain(anchor.text_content()) or plain(anchor.get("title"))
        known = found.get(url)
        if known is None or len(title or "") > len(known.title or ""):
            dated = known.published_at if known else None
            found[url] = Candidate(url, title, published_at=dated or _date_beside(anchor), section=source.section)
    if not found:
        raise UnreadableSource(f"No link matches `{source.links}`; the section page may have been redesigned.")
    return Reading(candidates=tuple(found.values()), next_page=_next_page(document, base, source))


def _anchors(document: html.HtmlElement, selector: str) -> Iterator[tuple[html.HtmlElement, str]]:
    for node in document.cssselect(selector):
        for anchor in [node] if node.tag == "a" else node.iter("a"):
            href = (anchor.get("href") or "").strip()
            if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
                yield anchor, href


def _date_beside(anchor: html.HtmlElement) -> datetime | None:
    """The time in the list's own row of this link: the nearest element around it that holds no other article."""
    row = anchor
    for around in islice(anchor.iterancestors(), _ROW_DEPTH):
        if len({link.get("href") for link in around.iter("a")}) > 1:
            break
        row = around
    times = [read_date(time.get("datetime") or time.text_content()) for time in row.iter("time")]
    texts = [read_date(text) for node in row.iter("span", "em", "p", "div", "dd", "i") if (text := _short(node))]
    return next((moment for moment in (*times, *texts) if moment), None)


def _short(node: html.HtmlElement) -> str | None:
    """The text of an element that can be nothing but a date."""
    text = " ".join((node.text or "").split())
    return text if 8 <= len(text) <= _LONGEST_DATE and re.match(r"(?:입력\s*)?\d{4}\s*[-./년]", text) else None  # noqa: PLR2004


def _next_page(document: html.HtmlElement, base: str, source: Source) -> str | None:
    """Where the list's own link to its following page leads, if the outlet's file says how to find it."""
    links = _anchors(document, source.next) if source.next else iter(())
    return next((urljoin(base, href) for _, href in links), None)
