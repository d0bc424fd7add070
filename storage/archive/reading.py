"""Articles as readers see them: the newest revision of each; a gone one has no text left to show."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from storage import cursor
from storage.models.archive import Article, Page, Revision
from storage.models.base import table_of
from storage.records import ArchiveCounts, Author, RemovedBlock, StoredArticle

_LIST = "articles"

_article, _text = table_of(Article).c, table_of(Revision).c
_ARTICLES = select(
    _article.id,
    _article.outlet,
    _article.canonical_url,
    _text.title,
    _text.subtitle,
    _article.authors,
    _article.section,
    _article.published_at,
    _article.modified_at,
    _article.first_seen_at,
    _text.body,
    _text.captions,
    _text.removed,
    _text.extractor,
    _article.language,
    _article.relevance,
    _article.topics,
    _article.state,
    _article.revision,
    _article.duplicate_of,
    _article.wire_source,
    _article.keywords,
    _article.image_url,
    _article.paywalled,
).join_from(table_of(Article), table_of(Revision), _text.seq == _article.revision)
_BY_ID = _ARTICLES.where(_article.id == bindparam("article_id"))
_MADE: dict[str, Callable[[Any], Any]] = {
    "authors": lambda authors: tuple(Author(**author) for author in authors),
    "body": tuple,
    "captions": tuple,
    "removed": lambda blocks: tuple(RemovedBlock(**block) for block in blocks),
    "topics": tuple,
    "keywords": lambda keywords: tuple(keywords or ()),
}


def select_articles() -> Select[*tuple[Any, ...]]:
    """Articles joined with the text of their newest revision: turn each row into a record with `as_record`.

    Columns, not objects of the session: a list of them is read in half the time.
    """
    return _ARTICLES


def as_record(row: Row[*tuple[Any, ...]]) -> StoredArticle:
    """One row of `select_articles` as a plain value."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    for name, made in _MADE.items():
        values[name] = made(values[name])
    return StoredArticle(**values)


def get_article(session: Session, article_id: int) -> StoredArticle | None:
    """The article of this id, or None where there never was one."""
    row = session.execute(_BY_ID, {"article_id": article_id}).one_or_none()
    return as_record(row) if row else None


def list_articles(
    session: Session,
    *,
    limit: int,
    after: str | None = None,
    outlet: str | None = None,
    since: datetime | None = None,
    known_by: datetime | None = None,
) -> tuple[list[StoredArticle], str | None]:
    """One page of articles, newest first seen first, and the cursor of the next page (None at the end).

    First seen at or after `since`, and at or before `known_by`. Raises CursorError for a cursor of another list.
    """
    statement = select_articles().order_by(Article.first_seen_at.desc(), Article.id.desc()).limit(limit + 1)
    if outlet is not None:
        statement = statement.where(Article.outlet == outlet)
    if since is not None:
        statement = statement.where(Article.first_seen_at >= since)
    if known_by is not None:
        statement = statement.where(Article.first_seen_at <= known_by)
    if after is not None:
        statement = statement.where(cursor.older_than(_LIST, after, Article.first_seen_at, Article.id))
    rows = session.execute(statement).all()
    articles = [as_record(row) for row in rows[:limit]]
    if len(rows) <= limit or not articles:
        return articles, None
    last = articles[-1]
    return articles, cursor.encode(_LIST, cursor.microseconds(last.first_seen_at), last.id)


def revisions_of(session: Session, article_id: int) -> list[Revision]:
    """Every version of the article's text, oldest first."""
    every = select(Revision).where(Revision.article_id == article_id).order_by(Revision.seq)
    return list(session.scalars(every.execution_options(populate_existing=True)))


def archive_counts(session: Session) -> ArchiveCounts:
    """How much the archive holds."""
    by_state = dict(session.execute(select(Article.state, func.count()).group_by(Article.state)).all())
    duplicates = session.scalar(select(func.count()).where(Article.duplicate_of.is_not(None)))
    live, gone = by_state.get("live", 0), by_state.get("gone", 0)
    return ArchiveCounts(
        articles=live + gone,
        live=live,
        gone=gone,
        duplicates=duplicates or 0,
        revisions=session.scalar(select(func.count()).select_from(Revision)) or 0,
        pages=session.scalar(select(func.count()).select_from(Page)) or 0,
    )
