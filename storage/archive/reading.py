"""Articles as readers see them: the newest revision of each; a gone one has no text left to show."""

from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from storage import cursor
from storage.models.archive import Article, Page, Revision
from storage.records import ArchiveCounts, Author, RemovedBlock, StoredArticle

_LIST = "articles"


def select_articles() -> Select[Article, Revision]:
    """Articles joined with the text of their newest revision: turn each row into a record with `as_record`."""
    joined = select(Article, Revision).join(Revision, Revision.seq == Article.revision)
    # The write path goes past the session's own copies of rows.
    return joined.execution_options(populate_existing=True)


def as_record(row: Row[Article, Revision]) -> StoredArticle:
    """One row of `select_articles` as a plain value."""
    article, text = row
    return StoredArticle(
        id=article.id,
        outlet=article.outlet,
        canonical_url=article.canonical_url,
        title=text.title,
        subtitle=text.subtitle,
        authors=tuple(Author(**author) for author in article.authors),
        section=article.section,
        published_at=article.published_at,
        modified_at=article.modified_at,
        first_seen_at=article.first_seen_at,
        body=tuple(text.body),
        captions=tuple(text.captions),
        removed=tuple(RemovedBlock(**block) for block in text.removed),
        extractor=text.extractor,
        language=article.language,
        relevance=article.relevance,
        topics=tuple(article.topics),
        state=article.state,
        revision=article.revision,
        duplicate_of=article.duplicate_of,
        wire_source=article.wire_source,
    )


def get_article(session: Session, article_id: int) -> StoredArticle | None:
    """The article of this id, or None where there never was one."""
    row = session.execute(select_articles().where(Article.id == article_id)).one_or_none()
    return as_record(row) if row else None


def list_articles(
    session: Session,
    *,
    limit: int,
    after: str | None = None,
    outlet: str | None = None,
    since: datetime | None = None,
) -> tuple[list[StoredArticle], str | None]:
    """One page of articles, newest first seen first, and the cursor of the next page (None at the end).

    `since` is inclusive. Raises CursorError for a cursor of another list.
    """
    statement = select_articles().order_by(Article.first_seen_at.desc(), Article.id.desc()).limit(limit + 1)
    if outlet is not None:
        statement = statement.where(Article.outlet == outlet)
    if since is not None:
        statement = statement.where(Article.first_seen_at >= since)
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
