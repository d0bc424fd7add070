"""What a page of an outlet tells of where it announces articles. Pure: bytes in, addresses out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.candidates.candidate import plain
from crawler.extract.encoding import decode
from crawler.extract.tree import parse

_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
_FEED_PATH = re.compile(
    r"(?:/feed/?|/rss[\w/.-]*\.xml|/(?:rss|atom|feed|index)\.xml|/rss/allArticle\.xml)$", re.IGNORECASE
)
_RSS_PAGE = re.compile(r"/rss(?:/|\.html?|/index\.\w+|_?info\w*|list\w*)?$", re.IGNORECASE)
_MOST_LINKS = 2000
# Publishing systems whose design is known (crawler/outlets/profiles.toml), by what only their pages say.
_SYSTEMS = (
    ("ndsoft", re.compile(r"articleView\.html\?(?:[^\"'>]*&(?:amp;)?)?idxno=\d")),
    ("arc", re.compile(r"Fusion\.globalContent\s*=")),
    ("wordpress", re.compile(r"/wp-content/|content=[\"']WordPress ")),
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one page tells: the outlet's name, feeds it names, pages that may list feeds, and all its links."""

    name: str | None
    language: str | None
    feeds: tuple[str, ...]
    rss_pages: tuple[str, ...]
    links: tuple[str, ...]
    system: str | None


def survey(html: bytes, url: str) -> Survey:
    """Read a page for what it tells of the outlet. Raises NoArticle when it is no HTML."""
    text = decode(html).text
    root = parse(text)
    links = list(_links(root, url))[:_MOST_LINKS]
    stated = [
        urljoin(url, link.get("href", ""))
        for link in root.iter("link")
        if link.get("href") and (link.get("type") or "").strip().lower() in _FEED_TYPES
    ]
    shown = [link for link in links if _FEED_PATH.search(urlsplit(link).path)]
    return Survey(
        name=_name(root),
        language=(root.get("lang") or "").split("-")[0].lower() or None,
        feeds=_unique([*stated, *shown]),
        rss_pages=_unique(link for link in links if _RSS_PAGE.search(urlsplit(link).path)),
        links=_unique(links),
        system=next((name for name, sign in _SYSTEMS if sign.search(text)), None),
    )


def _links(root: HtmlElement, url: str) -> Iterator[str]:
    for anchor in root.iter("a"):
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        try:
            yield urldefrag(urljoin(url, href)).url
        except ValueError:
            continue


def _name(root: HtmlElement) -> str | None:
    """The outlet's name: og:site_name, else the shortest part of the front page's title."""
    for meta in root.iter("meta"):
        if (meta.get("property") or "").lower() == "og:site_name" and plain(meta.get("content")):
            return plain(meta.get("content"))
    title = plain(next((node.text_content() for node in root.iter("title")), None))
    parts = [part.strip() for part in re.split(r"\s[-|:–·]\s|\s*\|\s*|::", title or "") if part.strip()]
    return min(parts, key=len) if parts else None


def _unique(links: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(links))
