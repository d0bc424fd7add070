"""Archives of a size: articles written past the write path, as that would have written them."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, insert, select, text, update

from benchmarks.archive.generator import articles
from storage import duplicates, search
from storage.archive.pages import page_row
from storage.database import Database
from storage.models.archive import Article, ChangeCounter, ChangeRow, Fingerprint, Page, Revision, Url
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
    pages: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    prints: list[dict[str, Any]]
    terms: list[tuple[int, tuple[str, ...]]]


def fill(databases: Sequence[Database], size: int, tell: Callable[[int, int], None]) -> None:
    """Write the articles that are missing to `size`; what is computed from a text is computed once for all databases.

    A database that was filled further than another waits for it. Goes on where it was stopped.
    """
    there = [filled_to(database) for database in databases]
    for database in databases:
        _hurry(database)
    for rows in _batches(min(there, default=size) + 1, size):
        for database, had in zip(databases, there, strict=True):
            if rows.articles[0]["id"] > had:
                _write(database, rows)
        tell(rows.articles[-1]["id"], size)
    for database, had in zip(databases, there, strict=True):
        if had < size:
            _count(database, size)


def filled_to(database: Database) -> int:
    """The last article of an archive that was filled."""
    with database.reader() as session:
        return session.scalar(select(func.max(table_of(Article).c.id))) or 0


def _hurry(database: Database) -> None:
    """Let the one connection that fills be lost with the machine: what it wrote can be written again."""
    with database.writer() as session:
        if database.dialect == "sqlite":
            session.execute(text("PRAGMA cache_size = -400000"))
        else:
            session.execute(text("SET synchronous_commit = off"))


def _batches(first: int, last: int) -> Iterator[Rows]:
    rows = Rows([], [], [], [], [], [], [])
    for number, (draft, seen) in enumerate(articles(first, last - first + 1), start=first):
        _add(rows, number, draft, seen)
        if len(rows.articles) == BATCH or number == last:
            yield rows
            rows = Rows([], [], [], [], [], [], [])


def _add(rows: Rows, number: int, draft: ArticleDraft, seen: Any) -> None:
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
            "revision": number,
            "sentences": 0,
            "duplicate_of": number - 1 if number % _EVERY_NTH_IS_A_COPY == 0 else None,
        }
    )
    rows.revisions.append(
        {
            "seq": number,
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
    key = url_key(draft.canonical_url)
    address = {"key": key, "url": draft.canonical_url, "outlet": draft.outlet, "failures": 0}
    rows.urls.append(
        {**address, "verdict": "article", "article_id": number, "first_seen_at": seen, "last_fetched_at": seen}
    )
    rows.changes.append({"seq": number, "op": "add", "article_id": number, "at": seen})
    rows.pages.append(page_row(draft.page, key))
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
            (Page, rows.pages),
            (ChangeRow, rows.changes),
            (Fingerprint, rows.prints),
        ):
            connection.execute(insert(table_of(model)), values)
        for number, terms in rows.terms:
            search.index(session, number, terms)


def _count(database: Database, last: int) -> None:
    """The counters of the archive after articles were numbered by hand, and what the server does in quiet hours."""
    with database.writer() as session:
        session.execute(update(ChangeCounter).values(value=last))
        if database.dialect == "postgresql":
            session.execute(text("SELECT setval(pg_get_serial_sequence('articles', 'id'), :last)"), {"last": last})
    if database.dialect == "postgresql":
        with closing(psycopg.connect(database.url, autocommit=True)) as connection:
            connection.execute("VACUUM (ANALYZE)")


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
