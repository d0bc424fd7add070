"""Archives of a size: articles written past the write path, as that would have written them (without raw pages)."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text, update

from benchmarks.archive.generator import articles
from storage import duplicates, search
from storage.database import Database
from storage.models.archive import Article, ChangeCounter, ChangeRow, Fingerprint, Revision, Url
from storage.models.base import table_of
from storage.records import ArticleDraft
from storage.search.index import state_of
from storage.text import content_hash, url_key

BATCH = 500
_EVERY_NTH_IS_A_COPY = 7


@dataclass
class Rows:
    """What one batch writes into each table."""

    articles: list[dict[str, Any]]
    revisions: list[dict[str, Any]]
    urls: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    prints: list[dict[str, Any]]
    terms: list[tuple[int, tuple[str, ...]]]


def fill(databases: Sequence[Database], first: int, last: int, shift: int = 0) -> None:
    """Write the articles `first` to `last`; what is computed from a text is computed once for all databases.

    Their changes are numbered `shift` higher, above those that were written the usual way before.
    """
    for rows in _batches(first, last, shift):
        for database in databases:
            _write(database, rows)
    for database in databases:
        _count(database, last, last + shift)


def _batches(first: int, last: int, shift: int) -> Iterator[Rows]:
    rows = Rows([], [], [], [], [], [])
    for number, (draft, seen) in enumerate(articles(first, last - first + 1), start=first):
        _add(rows, number, number + shift, draft, seen)
        if len(rows.articles) == BATCH or number == last:
            yield rows
            rows = Rows([], [], [], [], [], [])


def _add(rows: Rows, number: int, seq: int, draft: ArticleDraft, seen: Any) -> None:
    rows.articles.append(
        {
            "id": number,
            "outlet": draft.outlet,
            "canonical_url": draft.canonical_url,
            "article_number": draft.article_number,
            "authors": [],
            "section": draft.section,
            "published_at": draft.published_at,
            "first_seen_at": seen,
            "language": "ko",
            "relevance": draft.relevance,
            "topics": list(draft.topics),
            "state": "live",
            "revision": seq,
            "sentences": 0,
            "duplicate_of": number - 1 if number % _EVERY_NTH_IS_A_COPY == 0 else None,
        }
    )
    rows.revisions.append(
        {
            "seq": seq,
            "article_id": number,
            "at": seen,
            "title": draft.title,
            "body": list(draft.body),
            "captions": [],
            "removed": [],
            "extractor": draft.extractor,
            "content_hash": content_hash(draft.title, None, draft.body),
        }
    )
    address = {"key": url_key(draft.canonical_url), "url": draft.canonical_url, "outlet": draft.outlet, "failures": 0}
    rows.urls.append(
        {**address, "verdict": "article", "article_id": number, "first_seen_at": seen, "last_fetched_at": seen}
    )
    rows.changes.append({"seq": seq, "op": "add", "article_id": number, "at": seen})
    prints = duplicates.fingerprint(draft.body)
    rows.articles[-1]["sentences"] = len(prints.sentences)
    rows.prints += [{"hash": value, "article_id": number} for value in prints.hashes]
    terms = search.terms_of(draft.title, None, draft.body)
    rows.terms.append((number, (*terms, *search.facets_of(draft.outlet, draft.section))))


def _write(database: Database, rows: Rows) -> None:
    with database.writer() as session:
        connection = session.connection()
        for model, values in (
            (Article, rows.articles),
            (Revision, rows.revisions),
            (Url, rows.urls),
            (ChangeRow, rows.changes),
            (Fingerprint, rows.prints),
        ):
            connection.execute(insert(table_of(model)), values)
        for number, terms in rows.terms:
            search.index(session, number, terms)


def _count(database: Database, last: int, seq: int) -> None:
    """The counters of the archive after articles were numbered by hand."""
    with database.writer() as session:
        session.execute(update(ChangeCounter).values(value=seq))
        if database.dialect == "postgresql":
            session.execute(text("SELECT setval(pg_get_serial_sequence('articles', 'id'), :last)"), {"last": last})
            session.execute(text("ANALYZE"))


def size_of(database: Database) -> dict[str, int]:
    """Bytes of the whole, of the search index and of the fingerprints."""
    with database.reader() as session:
        index = state_of(session).table
        if database.dialect == "postgresql":
            sizes = {
                name: session.execute(text("SELECT pg_total_relation_size(:name)"), {"name": table}).scalar_one()
                for name, table in (("search index", index), ("fingerprints", "fingerprints"))
            }
            whole = session.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            return {"whole": whole, **sizes}
    return _sqlite_sizes(Path(database.url.removeprefix("sqlite:///")), index)


def _sqlite_sizes(file: Path, index: str) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        found = {"whole": page * pages}
        blocks = connection.execute(f"SELECT sum(length(block)) FROM {index}_data").fetchone()[0]
        found["search index"] = blocks or 0
        try:
            used = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'fingerprints'").fetchone()[0]
        except sqlite3.OperationalError:  # this SQLite was built without it
            rows = connection.execute("SELECT count(*) FROM fingerprints").fetchone()[0]
            used = rows * 20
        return {**found, "fingerprints": used}
