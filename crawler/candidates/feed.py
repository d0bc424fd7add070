"""RSS 0.9x to 2.0, RDF, Atom and JSON Feed, as Korean servers really send them."""

import re
from typing import Any
from urllib.parse import urljoin

import feedparser

from crawler.candidates.candidate import (
    LONGEST_SUMMARY,
    Candidate,
    Reading,
    UnreadableSource,
    decode,
    plain,
    refuse_empty_or_html,
)
from crawler.candidates.dates import read_date
from crawler.candidates.json_feed import read_json_feed
from crawler.sources import Source

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
# WordPress ends every summary with where it was published.
_WORDPRESS_TAIL = re.compile(r"\s*The post .{1,300} (?:first )?appeared (?:first )?on .{1,100}$", re.DOTALL)
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_feed(body: bytes, source: Source) -> Reading:
    """The entries of a feed in its order. Raises UnreadableSource when the bytes are no feed."""
    text = decode(body)
    refuse_empty_or_html(text, "a feed")
    if text.lstrip().startswith("{"):
        return read_json_feed(text, source)
    parsed = feedparser.parse(
        _as_clean_utf8(text),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": source.url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        reason = _one_line(parsed.get("bozo_exception")) or "no feed elements in it"
        raise UnreadableSource(f"The answer is not a feed: {reason}.")
    is_atom = str(parsed.get("version", "")).startswith("atom")
    found = (_candidate(entry, source, is_atom=is_atom) for entry in parsed.entries)
    return Reading(
        candidates=tuple(candidate for candidate in found if candidate),
        ttl_seconds=_ttl_seconds(parsed.get("feed", {})),
    )


def _ttl_seconds(channel: Any) -> int | None:
    """How long the feed says it holds: RSS `ttl` in minutes, else the syndication module's period and frequency."""
    minutes = _raw(channel, "ttl") or ""
    if re.fullmatch(r"\d{1,6}", minutes.strip()):
        return int(minutes) * 60 or None
    period = _PERIODS.get((_raw(channel, "sy_updateperiod") or "").strip().lower())
    frequency = (_raw(channel, "sy_updatefrequency") or "1").strip()
    if period is None or not re.fullmatch(r"\d{1,4}", frequency) or int(frequency) == 0:
        return None
    return period // int(frequency)


def _as_clean_utf8(text: str) -> bytes:
    """One encoding, one declaration: feedparser wants bytes, and believes a declaration before the bytes."""
    body = _FORBIDDEN_IN_XML.sub("", _DECLARATION.sub("", text, count=1)).lstrip()
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body.encode("utf-8", errors="replace")


def _candidate(entry: Any, source: Source, *, is_atom: bool) -> Candidate | None:
    link = _raw(entry, "link") or _raw(entry, "id") or ""
    link = "".join(link.split())
    if not link or link.startswith(("urn:", "tag:")):
        return None
    published = read_date(_raw(entry, "published") or _raw(entry, "created"))
    updated = read_date(_raw(entry, "updated"))
    tags = [plain(tag.get("term")) for tag in dict.get(entry, "tags") or ()]
    return Candidate(
        url=urljoin(source.url, link),
        title=plain(_raw(entry, "title")),
        summary=_summary(entry),
        published_at=published or updated,  # RDF and some RSS date an item by dc:date alone, which arrives as updated
        modified_at=updated if is_atom or (published and updated and updated > published) else None,
        section=source.section or next((tag for tag in tags if tag), None),
    )


def _summary(entry: Any) -> str | None:
    """The description; where there is none, the full text some feeds carry."""
    described = _WORDPRESS_TAIL.sub("", plain(_raw(entry, "summary")) or "")
    parts = dict.get(entry, "content") or ()
    told = described or next((text for part in parts if (text := plain(part.get("value")))), "")
    return told[:LONGEST_SUMMARY] or None


def _raw(entry: Any, key: str) -> str | None:
    """A key as the feed wrote it; feedparser's own lookup would answer `updated` with `published`."""
    value = dict.get(entry, key)
    return value if isinstance(value, str) else None


def _one_line(error: object) -> str:
    return " ".join(str(error or "").split())[:160]
