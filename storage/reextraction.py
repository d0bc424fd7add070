"""Stored pages read again: the page a text was taken from, what is written when it reads differently, and runs.

A re-extraction never moves an article: its id, addresses and first sight stay. What readers see and what is different
now becomes a revision whose origin is `reextraction`, with an UPDATE in the feed. Where only the removed blocks or the
extractor's name differ, the revision in force is amended and the feed says nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import zstandard
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from storage import duplicates, search
from storage.archive.numbers import remember_number
from storage.archive.reading import as_record, select_articles
from storage.archive.rows import find
from storage.archive.store import DUPLICATE_WINDOW, store_article
from storage.changes import hold_feed, next_seq, record
from storage.models.archive import Article, Page, Revision, Url
from storage.models.reextraction import REEXTRACTION, VISIT, ReextractionRun
from storage.records import ArticleDraft, ChangeOp, PageDraft, StoredArticle
from storage.text import clean_value, content_hash, url_key

OK_STATUS = 200
WITHOUT_ARTICLE = ("off_topic", "no_article", "failed")
# What a reader of the archive sees of an article and its page can change; the rest says how it was made.
SEEN = (
    "title",
    "subtitle",
    "body",
    "authors",
    "section",
    "published_at",
    "modified_at",
    "captions",
    "language",
)
MADE = ("removed", "extractor", "wire_source", "keywords", "image_url", "paywalled")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which stored pages are read again. `since` is inclusive: first seen for articles, fetched for other pages."""

    outlet: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A live article with the page its text was taken from, None when that is not kept any more."""

    article: StoredArticle
    page: PageDraft | None


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """A kept page that gave no article when it was fetched."""

    id: int
    outlet: str
    url: str
    verdict: str
    first_seen_at: datetime
    page: PageDraft


@dataclass(slots=True)
class Run:
    """A pass over the pages. `stage` is articles, then pages; `after` is the last id of the stage that is done."""

    id: int
    stage: str
    after: int
    counts: dict[str, Any]
    started_at: datetime
    resumed: bool = False


def count_replays(session: Session, selection: Selection, *, after: int = 0) -> int:
    """How many live articles of the selection have an id above `after`."""
    statement = select(func.count()).select_from(Article).where(*_articles(selection, after))
    return session.scalar(statement) or 0


def replays_after(session: Session, selection: Selection, *, after: int, limit: int) -> list[Replay]:
    """The next live articles by id, each with its page."""
    rows = session.execute(
        select_articles().where(*_articles(selection, after)).order_by(Article.id).limit(limit)
    ).all()
    articles = [as_record(row) for row in rows]
    pages = _pages_of(session, articles)
    return [Replay(article, pages.get(article.id)) for article in articles]


def _articles(selection: Selection, after: int) -> list[ColumnElement[bool]]:
    conditions = [Article.state == "live", Article.id > after]
    if selection.outlet is not None:
        conditions.append(Article.outlet == selection.outlet)
    if selection.since is not None:
        conditions.append(Article.first_seen_at >= selection.since)
    return conditions


def _pages_of(session: Session, articles: Sequence[StoredArticle]) -> dict[int, PageDraft]:
    """The page of each article's newest version from a visit; later pages of the address gave no article."""
    keys = {url_key(article.canonical_url): article.id for article in articles}
    versions = session.execute(
        select(Revision.article_id, func.max(Revision.at).label("at"))
        .where(Revision.article_id.in_(keys.values()), Revision.origin == VISIT)
        .group_by(Revision.article_id)
    )
    visited = {row.article_id: row.at for row in versions}
    kept = session.execute(
        select(Page.id, Page.url_key, Page.fetched_at)
        .where(Page.url_key.in_(keys), Page.status == OK_STATUS)
        .order_by(Page.id)
    )
    chosen = {
        keys[row.url_key]: row.id
        for row in kept
        if (at := visited.get(keys[row.url_key])) is not None and row.fetched_at <= at
    }
    pages = {page.id: page for page in session.scalars(select(Page).where(Page.id.in_(chosen.values())))}
    return {article_id: _draft(pages[page_id]) for article_id, page_id in chosen.items()}


def _draft(page: Page) -> PageDraft:
    return PageDraft(
        url=page.url,
        status=page.status,
        body=zstandard.decompress(page.body),
        fetched_at=page.fetched_at,
        charset=page.charset,
        content_type=page.content_type,
        etag=page.etag,
        last_modified=page.last_modified,
    )


def count_unread(session: Session, selection: Selection, *, after: int = 0) -> int:
    """How many kept pages of the selection gave no article."""
    statement = select(func.count()).select_from(Page).join(Url, Url.key == Page.url_key)
    return session.scalar(statement.where(*_unread(selection, after))) or 0


def unread_pages(session: Session, selection: Selection, *, after: int, limit: int) -> list[UnreadPage]:
    """The next kept pages that gave no article, by their number."""
    rows = session.execute(
        select(Page, Url)
        .join(Url, Url.key == Page.url_key)
        .where(*_unread(selection, after))
        .order_by(Page.id)
        .limit(limit)
    )
    return [
        UnreadPage(page.id, url.outlet, url.url, url.verdict, url.first_seen_at, _draft(page)) for page, url in rows
    ]


def _unread(selection: Selection, after: int) -> list[ColumnElement[bool]]:
    conditions = [
        Page.id > after,
        Page.status == OK_STATUS,
        Url.article_id.is_(None),
        Url.verdict.in_(WITHOUT_ARTICLE),
    ]
    if selection.outlet is not None:
        conditions.append(Url.outlet == selection.outlet)
    if selection.since is not None:
        conditions.append(Page.fetched_at >= selection.since)
    return conditions


def note_verdict(session: Session, url: str, verdict: str) -> None:
    """An address without an article is judged anew (off_topic or no_article); nothing was fetched."""
    session.execute(
        update(Url)
        .where(Url.key == url_key(url), Url.article_id.is_(None))
        .values(verdict=verdict, recheck_at=None, failures=0, error=None)
    )


def store_found(session: Session, page: UnreadPage, draft: ArticleDraft) -> bool:
    """A kept page turned out to be an article: stored as first seen when its address was.

    False, and only the address is remembered, when the archive has the article from another page: that one is newer.
    """
    draft = clean_value(draft)
    hold_feed(session)
    owner = find(session, draft).article
    if owner is not None:
        session.execute(
            update(Url)
            .where(Url.key == url_key(page.url), Url.article_id.is_(None))
            .values(article_id=owner.id, verdict="article", recheck_at=None, failures=0, error=None)
        )
        return False
    session.execute(delete(Page).where(Page.id == page.id))  # it is kept again under the article's address
    store_article(session, draft, now=page.first_seen_at)
    if draft.article_number:
        remember_number(session, draft.outlet, draft.article_number, draft.canonical_url, is_article=True)
    return True


def reread(before: StoredArticle, **values: Any) -> StoredArticle:
    """The article as its page reads now, fit for the archive."""
    return clean_value(replace(before, **values))


def differences(before: StoredArticle, after: StoredArticle, names: Collection[str] = SEEN) -> list[str]:
    """Which of these fields differ."""
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def rewrite(
    session: Session,
    before: StoredArticle,
    after: StoredArticle,
    *,
    now: datetime,
    duplicate_window: timedelta = DUPLICATE_WINDOW,
) -> bool:
    """Write what differs. False, and nothing is written, when the article has moved on or gone since it was read."""
    if not differences(before, after):
        return _amend(session, before, after)
    terms = search.terms_of(after.title, after.subtitle, after.body)
    prints = duplicates.fingerprint(after.body)
    old_prints = duplicates.fingerprint(before.body)
    hold_feed(session)
    article = _as_it_was_read(session, before)
    if article is None:
        return False
    seq = next_seq(session)
    _write_revision(session, article, after, seq=seq, now=now)
    before_terms = search.terms_of(before.title, before.subtitle, before.body)
    search.forget(session, article.id, (*before_terms, *search.facets_of(before.outlet, before.section)))
    search.index(session, article.id, (*terms, *search.facets_of(after.outlet, after.section)))
    record(session, ChangeOp.UPDATE, article.id, now, seq=seq)
    session.flush()
    if after.body != before.body:
        duplicates.place(session, article, prints, before=old_prints, now=now, window=duplicate_window)
    return True


def _amend(session: Session, before: StoredArticle, after: StoredArticle) -> bool:
    """Only how the text was made differs: the revision in force is amended."""
    hold_feed(session)
    article = _as_it_was_read(session, before)
    if article is None:
        return False
    _put_desk_facts(article, after)
    revision = session.get_one(Revision, article.revision)
    revision.removed = [asdict(block) for block in after.removed]
    revision.extractor = after.extractor
    session.flush()
    return True


def _put_desk_facts(article: Article, after: StoredArticle) -> None:
    article.wire_source = after.wire_source
    article.keywords = list(after.keywords)
    article.image_url = after.image_url
    article.paywalled = after.paywalled


def _as_it_was_read(session: Session, before: StoredArticle) -> Article | None:
    article = session.get(Article, before.id, populate_existing=True)
    return article if article and (article.state, article.revision) == ("live", before.revision) else None


def _write_revision(session: Session, article: Article, after: StoredArticle, *, seq: int, now: datetime) -> None:
    article.revision = seq
    article.authors = [asdict(author) for author in after.authors]
    article.section = after.section
    article.published_at = after.published_at
    article.modified_at = after.modified_at
    article.language = after.language
    _put_desk_facts(article, after)
    article.relevance = after.relevance
    article.topics = list(after.topics)
    session.add(
        Revision(
            seq=seq,
            article_id=article.id,
            at=now,
            title=after.title,
            subtitle=after.subtitle,
            body=list(after.body),
            captions=list(after.captions),
            removed=[asdict(block) for block in after.removed],
            extractor=after.extractor,
            content_hash=content_hash(after.title, after.subtitle, after.body),
            origin=REEXTRACTION,
        )
    )
    session.flush()


def begin_run(session: Session, selection: str, *, now: datetime) -> Run:
    """The unfinished run of this selection, or a new one."""
    row = session.scalar(
        select(ReextractionRun)
        .where(ReextractionRun.selection == selection, ReextractionRun.finished_at.is_(None))
        .order_by(ReextractionRun.id.desc())
        .limit(1)
    )
    resumed = row is not None
    if row is None:
        row = ReextractionRun(selection=selection, stage="articles", after=0, counts={}, started_at=now)
        session.add(row)
        session.flush()
    return Run(row.id, row.stage, row.after, dict(row.counts), row.started_at, resumed)


def save_run(session: Session, run: Run, *, finished_at: datetime | None = None) -> None:
    """How far the run has come."""
    session.execute(
        update(ReextractionRun)
        .where(ReextractionRun.id == run.id)
        .values(stage=run.stage, after=run.after, counts=run.counts, finished_at=finished_at)
    )


def give_up_runs(session: Session, selections: Iterable[str], *, now: datetime) -> None:
    """Unfinished runs of these selections are not gone on with."""
    session.execute(
        update(ReextractionRun)
        .where(ReextractionRun.selection.in_(list(selections)), ReextractionRun.finished_at.is_(None))
        .values(finished_at=now)
    )
