"""Google News RSS search: headlines with their outlet; the links are Google's own and lead to the outlet only there."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import feedparser

from crawler.candidates.candidate import Candidate, Reading, UnreadableSource, decode, plain, refuse_empty_or_html
from crawler.candidates.dates import read_date
from crawler.sources import Source

_ADDRESS = re.compile(rb"https?://[\x21-\x7e]{8,}")


def read_google_news(body: bytes, source: Source) -> Reading:
    """The hits in Google's order, each with its publisher and without the publisher at the end of its headline.

    The description is an anchor that says the headline again: it is no summary. Raises UnreadableSource.
    """
    text = decode(body)
    refuse_empty_or_html(text, "a news search's feed")
    parsed = feedparser.parse(
        text.encode("utf-8", errors="replace"),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise UnreadableSource("The answer is not the feed of a Google News search.")
    found = (_candidate(entry, source) for entry in parsed.entries)
    return Reading(candidates=tuple(candidate for candidate in found if candidate))


def _candidate(entry: Any, source: Source) -> Candidate | None:
    link = str(dict.get(entry, "link") or "").strip()
    if not link.startswith(("http://", "https://")):
        return None
    publisher = dict.get(entry, "source") or {}
    name = plain(publisher.get("title"))
    candidate = Candidate(
        url=stated_address(link) or link,
        title=_headline(plain(dict.get(entry, "title")), name),
        published_at=read_date(dict.get(entry, "published")),
        section=source.section,
        publisher=name,
        publisher_home=publisher.get("href"),
    )
    if name is None and candidate.title and " - " in candidate.title:
        title, _, last = candidate.title.rpartition(" - ")
        return replace(candidate, title=title, publisher=last)
    return candidate


def _headline(title: str | None, publisher: str | None) -> str | None:
    """The headline without the ` - 언론사` that Google puts behind it."""
    if title and publisher and title.endswith(f" - {publisher}"):
        return title.removesuffix(f" - {publisher}").rstrip() or title
    return title


def is_opaque(url: str) -> bool:
    """Whether this is one of Google's addresses of an article, which does not say whose article it is."""
    parts = urlsplit(url)
    return re.search(r"/(?:rss/)?(?:articles|read)/[\w-]{20,}", parts.path) is not None


def stated_address(url: str) -> str | None:
    """The outlet's address where Google's link carries it (those of some years do, in base64); nobody is asked."""
    found = re.search(r"/(?:rss/)?(?:articles|read)/([\w-]{20,})", urlsplit(url).path)
    if not found:
        return None
    try:
        raw = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return None
    address = _ADDRESS.search(raw)
    return address[0].decode("ascii") if address else None
