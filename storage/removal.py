"""Taking one article out on request: unlike one its outlet took down, it does not come back, and no trace is left."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from storage.archive import note_missing
from storage.archive.tombstones import GONE_STATUS
from storage.changes import hold_feed
from storage.database import Database, sqlite_path
from storage.errors import ZgcwatchError
from storage.models.access import Removal
from storage.models.archive import Article, Page, Revision, Url
from storage.models.candidates import Lead
from storage.models.digest import DigestIssueArticle
from storage.search.index import state_of
from storage.text import clean_text, url_key


class NotInArchive(ZgcwatchError):  # noqa: N818 - named for what the operator sees
    """No article has this address."""


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """What was erased, or would be. `issues`: mails that told of the article, whose frozen bytes keep its headline."""

    article_id: int
    url: str
    versions: int
    pages: int
    issues: int
    was_gone: bool


def look(session: Session, url: str) -> RemovalReport:
    """What removing the article at this address would erase. Raises NotInArchive."""
    article = _article(session, url)
    owners = select(Url.key).where(Url.article_id == article.id)
    told = select(func.count(DigestIssueArticle.issue_id.distinct())).where(DigestIssueArticle.article_id == article.id)
    return RemovalReport(
        article_id=article.id,
        url=article.canonical_url,
        versions=session.scalar(select(func.count()).where(Revision.article_id == article.id)) or 0,
        pages=session.scalar(select(func.count()).where(Page.url_key.in_(owners))) or 0,
        issues=session.scalar(told) or 0,
        was_gone=article.state == "gone",
    )


def remove(database: Database, url: str, *, now: datetime, reason: str) -> RemovalReport:
    """Erase the text, every version and raw page of an article; its id and addresses stay, so it is not read again.

    Erased space is overwritten on SQLite. Raises NotInArchive.
    """
    with database.writer() as session:
        if database.dialect == "sqlite":
            session.execute(text("PRAGMA secure_delete = ON"))
        hold_feed(session)
        report = look(session, url)
        article = session.get_one(Article, report.article_id)
        if article.state == "live":
            note_missing(session, url=article.canonical_url, status=GONE_STATUS, now=now, confirm_after=timedelta(0))
        session.execute(update(Url).where(Url.article_id == article.id).values(recheck_at=None, error=None))
        keys = select(Url.key).where(Url.article_id == article.id)
        session.execute(delete(Lead).where(Lead.key.in_(keys)).execution_options(synchronize_session=False))
        if session.get(Removal, article.id) is None:
            session.add(Removal(article_id=article.id, removed_at=now, reason=clean_text(reason)))
    _scrub(database)
    return report


def _article(session: Session, url: str) -> Article:
    row = session.get(Url, url_key(clean_text(url)))
    article = session.get(Article, row.article_id) if row and row.article_id else None
    if article is None:
        raise NotInArchive("No article has this address: give it as `zgcwatch search` prints it.")
    return article


def _scrub(database: Database) -> None:
    """Words that were deleted from the index stay in it until its parts are merged, and pages stay in the log."""
    if database.dialect != "sqlite":
        return  # PostgreSQL's vacuum gives freed space to the next rows; it has no way to overwrite it
    with database.writer() as session:
        table = state_of(session).table
        session.execute(text("PRAGMA secure_delete = ON"))
        session.execute(text(f"INSERT INTO {table} ({table}) VALUES ('optimize')"))  # noqa: S608 - a name made of a number
    with closing(sqlite3.connect(str(sqlite_path(database.url)), timeout=30)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
