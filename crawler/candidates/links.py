"""Section pages: the links to articles in a list, found by the outlet's selector."""

from urllib.parse import urljoin

from lxml import etree, html

from crawler.candidates.candidate import Candidate, Reading, UnreadableSource, decode, plain
from crawler.catalogue import Source


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
    titles: dict[str, str] = {}
    for node in document.cssselect(source.links or "a"):
        for anchor in [node] if node.tag == "a" else node.iter("a"):
            href = (anchor.get("href") or "").strip()
            if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
                continue
            title = plain(anchor.text_content()) or plain(anchor.get("title")) or ""
            url = urljoin(base, href)
            titles[url] = max(titles.get(url, ""), title, key=len)
    if not titles:
        raise UnreadableSource(f"No link matches `{source.links}`; the section page may have been redesigned.")
    return Reading(
        candidates=tuple(Candidate(url, title or None, section=source.section) for url, title in titles.items())
    )
