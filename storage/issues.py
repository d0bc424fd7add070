"""Issues by number or by the address of their page: what they said, and what of it may be shown today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storage.models.archive import Article, Outlet
from storage.models.digest import DigestIssue
from storage.models.subscribers import DigestEdition
from storage.stories import in_batches


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A closed window. `subject` is None when there was nothing to say and no mail was made."""

    id: int
    watch: str
    window_start: datetime
    window_end: datetime
    composed_at: datetime
    stories: int
    subject: str | None
    web_token: str | None


@dataclass(frozen=True, slots=True)
class LatestIssue:
    """An issue with what it says, as it was kept."""

    id: int
    composed_at: datetime
    web_token: str | None
    content: bytes


def latest_issues(session: Session, watch: str, *, limit: int) -> list[LatestIssue]:
    """The issues of a watch that said something, the newest first, each in its newest edition."""
    rows = session.execute(
        select(DigestIssue.id, DigestIssue.composed_at, DigestIssue.web_token, _newest_content())
        .where(DigestIssue.watch == watch, DigestIssue.content.is_not(None))
        .order_by(DigestIssue.window_end.desc())
        .limit(limit)
    )
    return [LatestIssue(i, at, token, content) for i, at, token, content in rows if content is not None]


def issue_by_id(session: Session, issue_id: int) -> IssueRow | None:
    """The issue with this number."""
    row = session.execute(_rows().where(DigestIssue.id == issue_id)).first()
    return IssueRow(*row) if row else None


def issue_by_token(session: Session, token: str) -> IssueRow | None:
    """The issue whose page has this address."""
    row = session.execute(_rows().where(DigestIssue.web_token == token)).first()
    return IssueRow(*row) if row else None


def issue_between(session: Session, watch: str, start: datetime, end: datetime) -> IssueRow | None:
    """The last issue of a watch that was mailed of a window that ended in [start, end)."""
    ended = (DigestIssue.window_end >= start) & (DigestIssue.window_end < end)
    wanted = _rows().where(DigestIssue.watch == watch, ended, DigestIssue.subject.is_not(None))
    row = session.execute(wanted.order_by(DigestIssue.window_end.desc()).limit(1)).first()
    return IssueRow(*row) if row else None


def issue_watch(session: Session, issue_id: int) -> str | None:
    """The watch an issue is of."""
    return session.scalar(select(DigestIssue.watch).where(DigestIssue.id == issue_id))


def issue_content(session: Session, issue_id: int, edition: int = 0) -> bytes | None:
    """What an issue says in one of its editions, as it was kept; None for one that says nothing or is from before
    contents were kept.
    """
    if edition:
        return session.scalar(
            select(DigestEdition.content).where(DigestEdition.issue_id == issue_id, DigestEdition.number == edition)
        )
    return session.scalar(select(DigestIssue.content).where(DigestIssue.id == issue_id))


def newest_content(session: Session, issue_id: int) -> bytes | None:
    """What the newest edition of an issue says; the issue itself, where there is no other."""
    return session.scalar(select(_newest_content()).where(DigestIssue.id == issue_id))


def save_edition(session: Session, issue_id: int, number: int, content: bytes, *, now: datetime) -> None:
    """Keep what a new edition of an issue says."""
    session.add(DigestEdition(issue_id=issue_id, number=number, made_at=now, content=content))
    session.flush()


def _newest_content() -> ColumnElement[bytes | None]:
    newest = (
        select(DigestEdition.content)
        .where(DigestEdition.issue_id == DigestIssue.id)
        .order_by(DigestEdition.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(newest, DigestIssue.content)


def licences_of(session: Session, article_ids: Collection[int]) -> dict[int, str]:
    """The licence in force of the outlet of each of these articles that is still there."""
    found: dict[int, str] = {}
    for some in in_batches(article_ids):
        rows = session.execute(
            select(Article.id, Outlet.licence)
            .join(Outlet, Outlet.id == Article.outlet)
            .where(Article.id.in_(some), Article.state == "live")
        )
        found.update(rows.all())
    return found


def _rows() -> Select[int, str, datetime, datetime, datetime, int, str | None, str | None]:
    return select(
        DigestIssue.id,
        DigestIssue.watch,
        DigestIssue.window_start,
        DigestIssue.window_end,
        DigestIssue.composed_at,
        DigestIssue.stories,
        DigestIssue.subject,
        DigestIssue.web_token,
    )
