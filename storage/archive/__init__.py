"""What is kept: articles and their versions, the addresses they answer to, raw pages, tombstones."""

from storage.archive.addresses import (
    due_rechecks,
    due_retries,
    known_urls,
    note_page,
    note_unchanged,
)
from storage.archive.history import ArticleAsOf, KnownRelation, as_of, known_at
from storage.archive.pages import latest_page
from storage.archive.plan import RECHECK_AFTER
from storage.archive.reading import archive_counts, get_article, list_articles, revisions_of
from storage.archive.store import DUPLICATE_WINDOW, Prepared, prepare, store_article
from storage.archive.tombstones import note_missing

__all__ = [
    "DUPLICATE_WINDOW",
    "RECHECK_AFTER",
    "ArticleAsOf",
    "KnownRelation",
    "Prepared",
    "archive_counts",
    "as_of",
    "due_rechecks",
    "due_retries",
    "get_article",
    "known_at",
    "known_urls",
    "latest_page",
    "list_articles",
    "note_missing",
    "note_page",
    "note_unchanged",
    "prepare",
    "revisions_of",
    "store_article",
]
