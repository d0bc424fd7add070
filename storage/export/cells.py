"""Values of a row as cells of a table, and back without loss.

A cell that a spreadsheet would run as a formula (https://owasp.org/www-community/attacks/CSV_Injection) gets an
apostrophe in front, and so does one that begins with an apostrophe already, so that taking it off is safe.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_DANGEROUS = tuple("=+-@\t\r\n'＝＋－＠|%")
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of value is written into a text cell and read from it; `sql` is its type in SQLite."""

    sql: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def write_text(text: str | None) -> str:
    """Nothing as an empty cell, an empty text as a lone apostrophe."""
    if text is None:
        return ""
    return f"'{text}" if not text or text.startswith(_DANGEROUS) else text


def read_text(cell: str) -> str | None:
    if not cell:
        return None
    return cell.removeprefix("'")


def write_texts(texts: list[str]) -> str:
    """Paragraphs with an empty line between them; as JSON where they could not be told apart again."""
    joined = _BETWEEN.join(texts)
    plain = joined and joined.split(_BETWEEN) == texts and not joined.startswith("[")
    return write_text(joined) if plain else (json.dumps(texts, ensure_ascii=False) if texts else "")


def read_texts(cell: str) -> list[str]:
    if not cell:
        return []
    if cell.startswith("["):
        found: list[str] = json.loads(cell)
        return found
    return (read_text(cell) or "").split(_BETWEEN)


TEXT = Kind("TEXT", write_text, read_text)
TEXTS = Kind("TEXT", write_texts, read_texts)
INTEGER = Kind(
    "INTEGER", lambda number: "" if number is None else str(number), lambda cell: int(cell) if cell else None
)
# Spreadsheets and SQL read 1 and 0 alike; an empty cell is "not known".
FLAG = Kind(
    "BOOLEAN", lambda flag: "" if flag is None else str(int(flag)), lambda cell: bool(int(cell)) if cell else None
)
REAL = Kind("REAL", repr, float)
# A list of objects begins with a bracket, which no spreadsheet runs.
ROWS = Kind("TEXT", lambda rows: json.dumps(rows, ensure_ascii=False), json.loads)

COLUMNS: Mapping[str, Kind] = {
    "schema": INTEGER,
    "id": INTEGER,
    "revision": INTEGER,
    "state": TEXT,
    "outlet": TEXT,
    "url": TEXT,
    "title": TEXT,
    "subtitle": TEXT,
    "authors": ROWS,
    "section": TEXT,
    "published_at": TEXT,
    "modified_at": TEXT,
    "first_seen_at": TEXT,
    "body": TEXTS,
    "captions": TEXTS,
    "removed": ROWS,
    "extractor": TEXT,
    "language": TEXT,
    "relevance": REAL,
    "topics": TEXTS,
    "duplicate_of": INTEGER,
    "keywords": TEXTS,
    "image": TEXT,
    "paywalled": FLAG,
}
