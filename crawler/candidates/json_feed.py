"""JSON Feed 1 and 1.1."""

import json
from typing import Any
from urllib.parse import urljoin

from crawler.candidates.candidate import LONGEST_SUMMARY, Candidate, Reading, UnreadableSource, plain
from crawler.candidates.dates import read_date
from crawler.sources import Source


def read_json_feed(text: str, source: Source) -> Reading:
    """The items of a JSON Feed in its order. Raises UnreadableSource when the text is no JSON Feed."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableSource(f"The answer is not a feed: its JSON is broken ({error}).") from error
    if not isinstance(document, dict) or "jsonfeed.org" not in str(document.get("version")):
        raise UnreadableSource("The answer is not a feed: it is JSON, but no JSON Feed.")
    items = document.get("items")
    found = (_candidate(item, source) for item in (items if isinstance(items, list) else []) if isinstance(item, dict))
    return Reading(candidates=tuple(candidate for candidate in found if candidate))


def _candidate(item: dict[str, Any], source: Source) -> Candidate | None:
    link = _text(item, "url") or _text(item, "external_url") or _text(item, "id") or ""
    if not link or not link.startswith(("http://", "https://", "/")):
        return None
    published, modified = read_date(_text(item, "date_published")), read_date(_text(item, "date_modified"))
    summary = _text(item, "summary") or _text(item, "content_text") or _text(item, "content_html")
    tags = item.get("tags")
    tag = next((tag for tag in tags if isinstance(tag, str)), None) if isinstance(tags, list) else None
    return Candidate(
        url=urljoin(source.url, link),
        title=plain(_text(item, "title")),
        summary=(plain(summary) or "")[:LONGEST_SUMMARY] or None,
        published_at=published,
        modified_at=modified if published is None or modified is None or modified > published else None,
        section=source.section or plain(tag),
    )


def _text(item: dict[str, Any], key: str) -> str | None:
    value = item.get(key)
    return value.strip() or None if isinstance(value, str) else None
