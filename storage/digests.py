"""The SQL of issues: what they may tell, and their frozen bytes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from storage.models.archive import Article, ChangeCounter, ChangeRow, Revision
from storage.models.base import table_of
from storage.models.digest import DigestIssue, DigestIssueArticle, StoryArticle
from storage.models.meaning import ArticleEntity, Entity
from storage.models.subscribers import DigestRendering
from storage.stories import in_batches, reported_at


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """A closed window. `subject` is None when there was nothing to say and no mail was made."""

    id: int
    watch: str
    window_start: datetime
    window_end: datetime
    change_seq: int
    stories: int
    subject: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live article that a window may have to tell."""

    id: int
    first_seen_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class DigestArticle:
    """An article as an issue needs it; `revision` is the version its text is of. A gone one has no text."""

    id: int
    outlet: str
    url: str
    title: str
    body: tuple[str, ...]
    reported_at: datetime
    relevance: float
    topics: tuple[str, ...]
    state: str
    revision: int
    changed_at: datetime
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """One thing an issue says of an article. `kind` is new, follow_up, correction or gone."""

    article_id: int
    story_id: int
    kind: str
    revision: int


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """A window about to be stored. Without `message` the window is closed and nothing is mailed."""

    watch: str
    window_start: datetime
    window_end: datetime
    composed_at: datetime
    change_seq: int
    stories: int
    subject: str | None = None
    html: str | None = None
    text: str | None = None
    message: bytes | None = None
    content: bytes | None = None
    web_token: str | None = None


def last_issue(session: Session, watch: str) -> StoredIssue | None:
    """The window of `watch` that was closed last."""
    newest = select(DigestIssue).where(DigestIssue.watch == watch).order_by(DigestIssue.window_end.desc()).limit(1)
    issue = session.scalars(newest).first()
    if issue is None:
        return None
    return StoredIssue(
        issue.id,
        issue.watch,
        issue.window_start,
        issue.window_end,
        issue.change_seq,
        issue.stories,
        issue.subject,
    )


def last_windows(session: Session) -> dict[str, tuple[datetime, int]]:
    """Where the last window of each watch ended, and the last change it saw."""
    newest = select(DigestIssue.watch, func.max(DigestIssue.window_end), func.max(DigestIssue.change_seq))
    return {watch: (end, seq) for watch, end, seq in session.execute(newest.group_by(DigestIssue.watch))}


def first_window_start(session: Session, watch: str) -> datetime | None:
    """Where the first window of `watch` began: nothing older is ever told."""
    return session.scalar(select(func.min(DigestIssue.window_start)).where(DigestIssue.watch == watch))


def last_seq(session: Session) -> int:
    """The number of the newest change."""
    return session.execute(select(ChangeCounter.value)).scalar_one()


def newest_first_seen(session: Session) -> datetime | None:
    """When the article seen last was seen first."""
    return session.scalar(select(func.max(Article.first_seen_at)))


def candidates(session: Session, *, since: datetime, until: datetime) -> list[Candidate]:
    """Live articles first seen in [since, until)."""
    rows = session.execute(
        select(Article.id, Article.first_seen_at, Article.revision)
        .where(Article.first_seen_at >= since, Article.first_seen_at < until, Article.state == "live")
        .order_by(Article.id)
    )
    return [Candidate(*row) for row in rows]


def late_candidates(session: Session, *, before: datetime, after_seq: int, changed_since: datetime) -> list[Candidate]:
    """Live articles first seen before a window that its issue is the first to know of: those stored after the change
    `after_seq` (by a slow writer, or a clock that runs behind), and of those first seen since `changed_since` also the
    ones that say something else since then.
    """
    known_late = or_(ChangeRow.op == "add", (ChangeRow.op == "update") & (Article.first_seen_at >= changed_since))
    rows = session.execute(
        select(Article.id, Article.first_seen_at, Article.revision)
        .distinct()
        .join(ChangeRow, ChangeRow.article_id == Article.id)
        .where(ChangeRow.seq > after_seq, known_late)
        .where(Article.first_seen_at < before, Article.state == "live")
        .order_by(Article.id)
    )
    return [Candidate(*row) for row in rows]


def entities_of(session: Session, article_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The entities that each of these articles names: id and name."""
    found: dict[int, dict[str, str]] = {}
    for some in in_batches(article_ids):
        query = (
            select(ArticleEntity.article_id, Entity.id, Entity.name)
            .join(Entity, Entity.id == ArticleEntity.entity_id)
            .where(ArticleEntity.article_id.in_(some))
        )
        for article_id, entity_id, name in session.execute(query):
            found.setdefault(article_id, {})[entity_id] = name
    return found


def digest_articles(session: Session, article_ids: Collection[int]) -> dict[int, DigestArticle]:
    """These articles with the text in force, by id."""
    found: dict[int, DigestArticle] = {}
    for some in in_batches(article_ids):
        rows = session.execute(
            select(Article, Revision).outerjoin(Revision, Revision.seq == Article.revision).where(Article.id.in_(some))
        )
        found.update((article.id, _digest_article(article, revision)) for article, revision in rows)
    return found


def _digest_article(article: Article, revision: Revision | None) -> DigestArticle:
    return DigestArticle(
        id=article.id,
        outlet=article.outlet,
        url=article.canonical_url,
        title=revision.title if revision else "",
        body=tuple(revision.body) if revision else (),
        reported_at=reported_at(article.published_at, article.first_seen_at),
        relevance=article.relevance,
        topics=tuple(article.topics),
        state=article.state,
        revision=article.revision,
        changed_at=article.gone_at or (revision.at if revision else article.first_seen_at),
        first_seen_at=article.first_seen_at,
    )


def articles_of_stories(session: Session, story_ids: Collection[int]) -> dict[int, int]:
    """Every article of these stories, gone ones too, with its story."""
    found: dict[int, int] = {}
    for some in in_batches(story_ids):
        query = select(StoryArticle.article_id, StoryArticle.story_id).where(StoryArticle.story_id.in_(some))
        found.update(session.execute(query).all())
    return found


def save_issue(session: Session, draft: IssueDraft, entries: Iterable[IssueEntry]) -> StoredIssue:
    """Close a window for good with what it says. A window that is closed already is an error of the database."""
    issue = DigestIssue(
        watch=draft.watch,
        window_start=draft.window_start,
        window_end=draft.window_end,
        composed_at=draft.composed_at,
        change_seq=draft.change_seq,
        stories=draft.stories,
        subject=draft.subject,
        html=draft.html,
        text=draft.text,
        message=draft.message,
        content=draft.content,
        web_token=draft.web_token,
    )
    session.add(issue)
    session.flush()
    rows = [
        {
            "issue_id": issue.id,
            "watch": draft.watch,
            "article_id": entry.article_id,
            "story_id": entry.story_id,
            "kind": entry.kind,
            "revision": entry.revision,
        }
        for entry in entries
    ]
    if rows:
        session.execute(insert(table_of(DigestIssueArticle)), rows)
    return StoredIssue(
        issue.id, draft.watch, draft.window_start, draft.window_end, draft.change_seq, draft.stories, draft.subject
    )


def extend_issue(session: Session, issue_id: int, *, window_end: datetime, change_seq: int) -> None:
    """Move the end of a window that had nothing to say: a watch of alerts looks every minute."""
    nothing_said = (DigestIssue.id == issue_id) & DigestIssue.subject.is_(None)
    session.execute(update(DigestIssue).where(nothing_said).values(window_end=window_end, change_seq=change_seq))


def save_rendering(
    session: Session, issue_id: int, variant: str, *, subject: str, html: str, text: str, message: bytes
) -> None:
    """Keep an issue as readers of one more kind get it, for ever."""
    session.add(
        DigestRendering(issue_id=issue_id, variant=variant, subject=subject, html=html, text=text, message=message)
    )
    session.flush()


def issue_text(session: Session, issue_id: int, variant: str = "") -> tuple[str, str, str]:
    """Subject, HTML and text of a mailed issue, as composed; those of a reader's variant, where it has its own."""
    made = session.get(DigestRendering, (issue_id, variant)) if variant else None
    if made is not None:
        return made.subject, made.html, made.text
    issue = session.get_one(DigestIssue, issue_id)
    return issue.subject or "", issue.html or "", issue.text or ""


def issue_message(session: Session, issue_id: int, variant: str = "") -> bytes:
    """The frozen mail of an issue in one form, without the lines that differ from reader to reader.

    Raises LookupError when there is none: a window with nothing to say, or a form that was never made. Another form
    will not do: it may show what this reader has no right to.
    """
    own = DigestRendering.issue_id == issue_id, DigestRendering.variant == variant
    house = select(DigestIssue.message).where(DigestIssue.id == issue_id)
    message = session.scalar(select(DigestRendering.message).where(*own) if variant else house)
    if message is None:
        raise LookupError(f"issue {issue_id} has no mail{f' in the form {variant}' if variant else ''}")
    return message
