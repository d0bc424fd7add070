"""What pages show that no other reader asks for: articles by id, the last visits of outlets, issues in a list."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import cursor
from storage.archive.reading import as_record, select_articles
from storage.models.archive import Article
from storage.models.collect import Source, Visit
from storage.models.digest import Delivery, DigestIssue, Story
from storage.records import StoredArticle

_ISSUES = "issues"
VISITS = 30


@dataclass(frozen=True, slots=True)
class VisitBar:
    """One visit in short. `pages` were fetched, `stored` were new articles; `failed` counts what went wrong in it."""

    started_at: datetime
    finished_at: datetime | None
    pages: int
    stored: int
    failed: int
    error: str | None


@dataclass(frozen=True, slots=True)
class LastNews:
    """When an outlet last answered, last had something new, and will be asked again (the soonest of its sources)."""

    answered_at: datetime | None
    new_at: datetime | None
    next_at: datetime | None


def articles_by_id(session: Session, article_ids: Collection[int]) -> dict[int, StoredArticle]:
    """Those of these articles that there are, by id."""
    rows = session.execute(select_articles().where(Article.id.in_(article_ids)))
    return {record.id: record for record in map(as_record, rows)}


def last_visits(session: Session, outlets: Collection[str], *, limit: int = VISITS) -> dict[str, tuple[VisitBar, ...]]:
    """The newest visits of each of these outlets, the oldest of them first."""
    return {outlet: _visits(session, outlet, limit) for outlet in outlets}


def _visits(session: Session, outlet: str, limit: int) -> tuple[VisitBar, ...]:
    # One statement an outlet: each reads the end of an index, where one for all would number every visit there is.
    rows = session.execute(
        select(Visit.started_at, Visit.finished_at, Visit.fetched, Visit.stored, Visit.failed, Visit.error)
        .where(Visit.outlet == outlet)
        .order_by(Visit.id.desc())
        .limit(limit)
    ).all()
    return tuple(VisitBar(*row) for row in reversed(rows))


def last_news(session: Session) -> dict[str, LastNews]:
    """The last signs of life of every outlet that has sources."""
    rows = session.execute(
        select(
            Source.outlet,
            func.max(Source.last_success_at),
            func.max(Source.last_new_at),
            func.min(Source.next_visit_at),
        )
        .where(Source.enabled)
        .group_by(Source.outlet)
    )
    return {outlet: LastNews(answered_at, new_at, next_at) for outlet, answered_at, new_at, next_at in rows}


def article_counts(session: Session, since: datetime) -> dict[str, int]:
    """Articles of each outlet that were first seen since then."""
    asked = select(Article.outlet, func.count()).where(Article.first_seen_at >= since).group_by(Article.outlet)
    return dict(session.execute(asked).all())


def newest_day(session: Session, in_zone: Callable[[datetime], datetime]) -> date | None:
    """The day of the newest report there is of any story, in the readers' zone."""
    newest = session.scalar(
        select(Story.last_reported_at)
        .where(Story.merged_into.is_(None))
        .order_by(Story.last_reported_at.desc())
        .limit(1)
    )
    return in_zone(newest).date() if newest else None


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A closed window in a list. `subject` is None when there was nothing to say; `deliveries` counts by state."""

    id: int
    watch: str
    window_start: datetime
    window_end: datetime
    composed_at: datetime
    stories: int
    subject: str | None
    deliveries: Mapping[str, int]


def list_issues(
    session: Session, *, limit: int, after: str | None = None, watch: str | None = None, mailed_only: bool = False
) -> tuple[list[IssueRow], str | None]:
    """One page of issues, the newest first, and the cursor of the next page. Raises CursorError for a foreign one."""
    wanted = _issues()
    if watch is not None:
        wanted = wanted.where(DigestIssue.watch == watch)
    if mailed_only:
        wanted = wanted.where(DigestIssue.subject.is_not(None))
    if after is not None:
        wanted = wanted.where(cursor.older_than(_ISSUES, after, DigestIssue.window_end, DigestIssue.id))
    newest_first = wanted.order_by(DigestIssue.window_end.desc(), DigestIssue.id.desc()).limit(limit + 1)
    rows = _with_deliveries(session, session.execute(newest_first).all())
    found = rows[:limit]
    if len(rows) <= limit or not found:
        return found, None
    return found, cursor.encode(_ISSUES, cursor.microseconds(found[-1].window_end), found[-1].id)


def issue_row(session: Session, issue_id: int) -> IssueRow | None:
    """The issue of this id, or None."""
    rows = session.execute(_issues().where(DigestIssue.id == issue_id)).all()
    return next(iter(_with_deliveries(session, rows)), None)


def _issues() -> Any:
    # Without the mails, which are most of what an issue takes.
    return select(
        DigestIssue.id,
        DigestIssue.watch,
        DigestIssue.window_start,
        DigestIssue.window_end,
        DigestIssue.composed_at,
        DigestIssue.stories,
        DigestIssue.subject,
    )


def _with_deliveries(session: Session, rows: Sequence[Any]) -> list[IssueRow]:
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    asked = (
        select(Delivery.issue_id, Delivery.state, func.count())
        .where(Delivery.issue_id.in_([row.id for row in rows]))
        .group_by(Delivery.issue_id, Delivery.state)
    )
    for issue_id, state, count in session.execute(asked):
        counts[issue_id][state] = count
    return [IssueRow(**row._asdict(), deliveries=counts[row.id]) for row in rows]
