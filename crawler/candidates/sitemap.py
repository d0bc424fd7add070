"""Sitemaps, news sitemaps, and indexes of them; plain or gzip."""

import contextlib
import zlib
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin

from lxml import etree

from crawler.candidates.candidate import (
    Candidate,
    Child,
    Reading,
    UnreadableSource,
    decode,
    plain,
    refuse_empty_or_html,
)
from crawler.candidates.dates import read_date
from crawler.sources import Source

MAX_UNPACKED_BYTES = 50 * 1024 * 1024  # the protocol's own limit for one sitemap


def read_sitemap(body: bytes, source: Source) -> Reading:
    """The articles a sitemap lists, newest first where it dates them; an index gives `children` instead.

    Raises UnreadableSource when the bytes are no sitemap.
    """
    body = _unpacked(body)
    refuse_empty_or_html(decode(body[:4000]), "a sitemap")
    root = _tree(body)
    kind = _local(root)
    if kind == "sitemapindex":
        children = [
            Child(urljoin(source.url, url), read_date(_text(node, "lastmod")))
            for node in _children(root, "sitemap")
            if (url := _text(node, "loc"))
        ]
        newest_first = sorted(children, key=lambda child: _order(child.modified_at), reverse=True)
        return Reading(children=tuple(newest_first))
    if kind != "urlset":
        raise UnreadableSource(f"The answer is not a sitemap: its root element is <{kind}>.")
    found = [candidate for node in _children(root, "url") if (candidate := _candidate(node, source))]
    newest_first_found = sorted(found, key=lambda row: _order(row.published_at or row.modified_at), reverse=True)
    return Reading(candidates=tuple(newest_first_found))


def _unpacked(body: bytes) -> bytes:
    if body[:2] != b"\x1f\x8b":
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise UnreadableSource(f"The gzip sitemap is damaged: {error}.") from error
    if unpacker.unconsumed_tail:
        raise UnreadableSource(f"The gzip sitemap unpacks to more than {MAX_UNPACKED_BYTES // 1024**2} MB.")
    return unpacked


def _tree(body: bytes) -> etree._Element:
    for raw in (body, decode(body).encode("utf-8", errors="replace")):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, remove_comments=True)
        with contextlib.suppress(etree.XMLSyntaxError):
            root = etree.fromstring(raw.lstrip(), parser)
            if root is not None:
                return root
    raise UnreadableSource("The answer is not a sitemap: it is not XML.")


def _candidate(node: etree._Element, source: Source) -> Candidate | None:
    url = _text(node, "loc")
    if not url:
        return None
    news = next(iter(_children(node, "news")), None)
    return Candidate(
        url=urljoin(source.url, url),
        title=plain(_text(news, "title")),
        summary=plain(_text(news, "keywords")),
        published_at=read_date(_text(news, "publication_date")),
        modified_at=read_date(_text(node, "lastmod")),
        section=source.section,
    )


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node if _local(child) == name)


def _text(node: etree._Element | None, name: str) -> str | None:
    found = next(_children(node, name), None) if node is not None else None
    return (found.text or "").strip() or None if found is not None else None


def _order(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
