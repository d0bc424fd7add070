"""Articles that stand in a page's scripts and not in its mark-up: JSON-LD, Next.js streams, Arc's Fusion object."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import fragment_fromstring

from crawler.extract.blocks import Block, read_blocks
from crawler.extract.tree import Script

_LONGEST_PAYLOAD = 4_000_000  # characters; a longer script is data of the site, not an article
_DEEPEST = 60
_NEXT_PUSH = re.compile(r"self\.__next_f\.push\((\[.*\])\)\s*;?\s*$", re.DOTALL)
_NEXT_ROW = re.compile(rb"\s*[0-9a-f]*:(?:T(?P<size>[0-9a-f]+),)?")
_FUSION = re.compile(r"Fusion\.globalContent\s*=\s*")
_MARKUP = re.compile(r"<(?:p|div|br|h[1-6]|figure|span|strong|b)\b", re.IGNORECASE)
_ARTICLE_TYPES = (
    "NewsArticle",
    "Article",
    "ReportageNewsArticle",
    "BlogPosting",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
)
_HANGUL = re.compile(r"[가-힣]")
_LEAST_LETTERS = 100
_LONG_STRING = 200  # characters of a string that may be an article


@dataclass(frozen=True, slots=True)
class Payload:
    """What a script says about the article; every field may be missing."""

    kind: str  # json_ld | next_f | fusion
    blocks: tuple[Block, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


def json_ld(scripts: Sequence[Script]) -> dict[str, Any]:
    """The article object of a page's JSON-LD, or an empty dict. Broken JSON is passed over."""
    for script in scripts:
        if "ld+json" not in script.type:
            continue
        for node in _nodes(_loads(script.text), 0):
            kinds = node.get("@type")
            if any(kind in _ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return node
    return {}


def json_ld_body(scripts: Sequence[Script]) -> Payload | None:
    """The article text in JSON-LD `articleBody`, where it is more than a teaser."""
    text = json_ld(scripts).get("articleBody")
    blocks = _blocks_of_text(text) if isinstance(text, str) else []
    return Payload("json_ld", tuple(blocks)) if _enough(blocks) else None


def next_f(scripts: Sequence[Script]) -> Payload | None:
    """The longest piece of article mark-up in a Next.js stream (`self.__next_f.push`)."""
    stream = "".join(_next_pieces(scripts))
    if not stream:
        return None
    best: list[Block] = []
    fields: dict[str, Any] = {}
    for kind, row in _next_rows(stream):
        value = _loads(row) if kind == "data" else None
        for text in _long_strings(value, 0) if kind == "data" else (row,):
            blocks = _blocks_of_text(text)
            if _weight(blocks) > _weight(best):
                best = blocks
        fields = fields or _record_fields(value)
    return Payload("next_f", tuple(best), fields) if _enough(best) else None


def fusion(scripts: Sequence[Script]) -> Payload | None:
    """The article in `Fusion.globalContent`: its text elements in order, headline, authors and times as fields."""
    for script in scripts:
        text = script.text
        found = _FUSION.search(text)
        if found is None or len(text) > _LONGEST_PAYLOAD:
            continue
        try:
            content, _ = json.JSONDecoder().raw_decode(text, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict):
            blocks = [block for element in content.get("content_elements") or () for block in _fusion_element(element)]
            return Payload("fusion", tuple(blocks), _fusion_fields(content)) if _enough(blocks) else None
    return None


READERS = {"json_ld": json_ld_body, "next_f": next_f, "fusion": fusion}


def _loads(text: str) -> Any:
    if len(text) > _LONGEST_PAYLOAD:
        return None
    try:
        return json.loads(text.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph"), depth + 1)
        yield from _nodes(value.get("mainEntity"), depth + 1)
    elif isinstance(value, list):
        for one in value[:200]:
            yield from _nodes(one, depth + 1)


def _next_pieces(scripts: Sequence[Script]) -> Iterator[str]:
    for script in scripts:
        text = script.text.strip()
        if "__next_f.push" not in text or len(text) > _LONGEST_PAYLOAD:
            continue
        found = _NEXT_PUSH.search(text)
        pushed = _loads(found[1]) if found else None
        if isinstance(pushed, list) and len(pushed) > 1 and isinstance(pushed[1], str):
            yield pushed[1]


def _next_rows(stream: str) -> Iterator[tuple[str, str]]:
    """The rows of the stream: ("text", …) for `24:T1b7b,` and that many bytes, ("data", …) for a line of JSON."""
    raw = stream.encode("utf-8")
    position = 0
    while (head := _NEXT_ROW.match(raw, position)) is not None:
        if head["size"] is not None:
            position = head.end() + int(head["size"], 16)
            yield "text", raw[head.end() : position].decode("utf-8", errors="ignore")
            continue
        end = raw.find(b"\n", head.end())
        end = len(raw) if end < 0 else end
        if raw[head.end() : head.end() + 1] in (b"[", b"{"):
            yield "data", raw[head.end() : end].decode("utf-8", errors="ignore")
        position = end + 1


def state_record(scripts: Sequence[Script]) -> dict[str, Any]:
    """Title and times of the article's own record in the state a page sends along (Next.js and the like)."""
    for script in scripts:
        if "json" in script.type and "ld+json" not in script.type:
            fields = _record_fields(_loads(script.text))
            if fields:
                return fields
    return {}


# Names under which content systems keep an article's parts in the state they send along.
_RECORD_KEYS = {
    "headline": re.compile(r"^(?:title|headline|subject|articletitle|newstitle)$", re.IGNORECASE),
    "subtitle": re.compile(r"^(?:sub_?title|sub_?headline|deck)$", re.IGNORECASE),
    "articleSection": re.compile(r"^(?:section|category)_?name$", re.IGNORECASE),
    "datePublished": re.compile(
        r"^(?:(?:first_?)?(?:publish|published|deploy|regist|reg|create|created|write|service|input)_?(?:dt|date|at|time|datetime|on))$",
        re.IGNORECASE,
    ),
    "dateModified": re.compile(
        r"^(?:(?:re_?deploy|mod|modify|modified|update|updated|edit)_?(?:dt|date|at|time|datetime|on))$", re.IGNORECASE
    ),
}


def _record_fields(value: Any) -> dict[str, Any]:
    """Title and times of the first object that has both, as an article's own record does."""
    for record in _objects(value, 0):
        fields = {
            ours: text
            for ours, name in _RECORD_KEYS.items()
            for key, text in record.items()
            if isinstance(text, str) and text and name.match(key)
        }
        if "headline" in fields and "datePublished" in fields:
            return fields
    return {}


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    children: Any = ()
    if isinstance(value, dict):
        yield value
        children = value.values()
    elif isinstance(value, list):
        children = value
    for one in children:
        yield from _objects(one, depth + 1)


def _long_strings(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if len(value) > _LONG_STRING and _HANGUL.search(value):
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _long_strings(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _long_strings(one, depth + 1)


def _blocks_of_text(text: str) -> list[Block]:
    if "&lt;" in text:
        text = html.unescape(text)  # mark-up that was escaped once more on its way into the script
    if _MARKUP.search(text):
        try:
            return read_blocks(fragment_fromstring(text, create_parent="div"))
        except (etree.ParserError, ValueError):
            return []
    return [Block(" ".join(line.split())) for line in text.splitlines() if line.strip()]


def _weight(blocks: list[Block]) -> int:
    return sum(len(_HANGUL.findall(block.text)) for block in blocks if block.reason is None)


def _enough(blocks: list[Block]) -> bool:
    return sum(len(block.text) for block in blocks if block.reason is None) >= _LEAST_LETTERS


def _fusion_element(element: Any) -> Iterator[Block]:
    if not isinstance(element, dict):
        return
    content = element.get("content")
    if element.get("type") in ("text", "header", "raw_html", "quote") and isinstance(content, str):
        for block in _blocks_of_text(f"<p>{content}</p>"):
            block.heading = block.heading or element["type"] == "header"
            yield block


def _fusion_fields(content: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    headlines = content.get("headlines")
    if isinstance(headlines, dict) and headlines.get("basic"):
        fields["headline"] = headlines["basic"]
    subheadlines = content.get("subheadlines")
    if isinstance(subheadlines, dict) and subheadlines.get("basic"):
        fields["subtitle"] = subheadlines["basic"]
    credits_by = (content.get("credits") or {}).get("by") if isinstance(content.get("credits"), dict) else None
    fields["author"] = [one for one in credits_by or () if isinstance(one, dict)]
    for ours, theirs in (("datePublished", "first_publish_date"), ("dateModified", "last_updated_date")):
        if isinstance(content.get(theirs), str):
            fields[ours] = content[theirs]
    return fields
