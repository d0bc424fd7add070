"""Real feed items, where the folder of them is: headlines with their summaries, each headline once."""

import hashlib
import html
import json
import os
import re
from functools import cache
from pathlib import Path

import feedparser

_MARKUP = re.compile(r"<[^>]+>")


def feed_folder() -> Path | None:
    root = Path(os.environ.get("ZGC_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
    folder = root / "feeds"
    return folder if folder.is_dir() else None


@cache
def feed_items() -> dict[str, str]:
    folder = feed_folder()
    assert folder is not None
    items: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        for row in json.loads(file.read_text(encoding="utf-8")):
            items.setdefault(_plain(row["title"]), _plain(row.get("partialText") or ""))
    for file in sorted(folder.glob("*.xml")):
        for entry in feedparser.parse(file.read_bytes()).entries:
            items.setdefault(_plain(entry.get("title", "")), _plain(html.unescape(entry.get("summary", ""))))
    return items


def digest_of(title: str) -> str:
    """What stands for a headline in relevance_feeds.txt."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", html.unescape(text)).split())
