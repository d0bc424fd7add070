"""From a clean article to the archive: one transaction from the raw page to the change feed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import duplicates, search
from storage.archive.addresses import ARTICLE, address, move_plan
from storage.archive.pages import keep_page
from storage.archive.plan import RECHECK_AFTER
from storage.changes import hold_feed, next_seq, record
from storage.duplicates.fingerprint import Fingerprint
from storage.models.archive import Article, Revision, Url
from storage.records import ArticleDraft, ChangeOp, Outcome, Stored
from storage.text import clean_value, content_hash, url_key

DUPLICATE_WINDOW = timedelta(days=60)
_NUMBER_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is computed from a text alone: how it is found, and by what texts like it are recognised."""

    terms: Any  # as storage.search wants them
    prints: Fingerprint


def prepare(title: str, subtitle: str | None, body: Sequence[str]) -> Prepared:
    """The part of storing an article that needs no database, before other writers are made to wait."""
    title, subtitle, body = clean_value((title, subtitle, tuple(body)))
    return Prepared(search.terms_of(title, subtitle, body), duplicates.fingerprint(body))


def store_article(
    session: Session,
    draft: ArticleDraft,
    *,
    now: datetime,
    recheck_after: Sequence[timedelta] = RECHECK_AFTER,
    duplicate_window: timedelta = DUPLICATE_WINDOW,
    prepared: Prepared | None = None,
) -> Stored:
    """Keep an article, inside the caller's `writer()`: new, corrected, or the one that is there already.

    The same article is the same canonical URL, else one of its alias URLs, else the same number of the same outlet.
    It is compared with articles first seen up to `duplicate_window` before or after `now`. `prepared` is what `prepare`
    made of the draft's text in another process; without it that is done here.
    """
    draft = clean_value(draft)
    digest = content_hash(draft.title, draft.subtitle, draft.body)
    if prepared is None and not _reads_the_same(session, draft, digest):
        prepared = prepare(draft.title, draft.subtitle, draft.body)
    hold_feed(session)
    article = session.get(Article, _find(session, draft) or 0, populate_existing=True)
    if article is not None and _is_unchanged(session, article, digest):
        return _unchanged(session, article, draft, now, recheck_after)
    prepared = prepared or prepare(draft.title, draft.subtitle, draft.body)
    before = duplicates.fingerprint(_text_before(session, article)) if article else None
    seq = next_seq(session)
    outcome = Outcome.CORRECTED if article else Outcome.NEW
    article = article or _new_article(draft, now)
    _write_text(session, article, draft, digest=digest, seq=seq, now=now)
    _remember_addresses(session, article, draft, now, recheck_after)
    keep_page(session, draft.page, url_key(article.canonical_url))
    search.index(session, seq, prepared.terms)
    record(session, ChangeOp.ADD if outcome is Outcome.NEW else ChangeOp.UPDATE, article.id, now, seq=seq)
    session.flush()
    head = duplicates.place(session, article, prepared.prints, before=before, now=now, window=duplicate_window)
    return Stored(article.id, outcome, duplicate_of=head, seq=seq)


def _find(session: Session, draft: ArticleDraft) -> int | None:
    """The id of the article this draft is a version of: by address first, then by the outlet's own number."""
    keys = [url_key(url) for url in _addresses(draft)]
    owned = select(Url.key, Url.article_id).where(Url.key.in_(keys), Url.article_id.is_not(None))
    found = dict(session.execute(owned).all())
    by_address = next((found[key] for key in keys if key in found), None)
    return by_address or _find_by_number(session, draft)


def _find_by_number(session: Session, draft: ArticleDraft) -> int | None:
    if not draft.article_number:
        return None
    number = draft.article_number[:_NUMBER_LENGTH]
    return session.scalar(select(Article.id).where(Article.outlet == draft.outlet, Article.article_number == number))


def _addresses(draft: ArticleDraft) -> list[str]:
    return list(dict.fromkeys((draft.canonical_url, *draft.alias_urls, draft.page.url)))


def _reads_the_same(session: Session, draft: ArticleDraft, digest: bytes) -> bool:
    """A look without waiting for other writers; what it says is looked up again once they are done."""
    found = session.execute(
        select(Article.state, Revision.content_hash)
        .join(Revision, Revision.seq == Article.revision)
        .where(Article.id == (_find(session, draft) or 0))
    ).one_or_none()
    return found is not None and tuple(found) == ("live", digest)


def _text_before(session: Session, article: Article) -> list[str]:
    return session.get_one(Revision, article.revision).body


def _is_unchanged(session: Session, article: Article, digest: bytes) -> bool:
    return article.state == "live" and session.get_one(Revision, article.revision).content_hash == digest


def _unchanged(
    session: Session, article: Article, draft: ArticleDraft, now: datetime, recheck_after: Sequence[timedelta]
) -> Stored:
    article.missing_since = None
    _remember_addresses(session, article, draft, now, recheck_after)
    session.flush()
    return Stored(article.id, Outcome.UNCHANGED, duplicate_of=article.duplicate_of)


def _new_article(draft: ArticleDraft, now: datetime) -> Article:
    return Article(
        outlet=draft.outlet,
        canonical_url=draft.canonical_url,
        article_number=draft.article_number[:_NUMBER_LENGTH] if draft.article_number else None,
        first_seen_at=now,
    )


def _write_text(
    session: Session, article: Article, draft: ArticleDraft, *, digest: bytes, seq: int, now: datetime
) -> None:
    """The draft becomes the newest revision of the article; an article that was gone is live again."""
    article.state, article.missing_since, article.gone_at = "live", None, None
    article.revision = seq
    article.authors = [asdict(author) for author in draft.authors]
    article.section = draft.section
    article.published_at = draft.published_at or article.published_at
    article.modified_at = draft.modified_at or article.modified_at
    article.language = draft.language
    article.relevance = draft.relevance
    article.topics = list(draft.topics)
    session.add(article)
    session.flush()
    session.add(
        Revision(
            seq=seq,
            article_id=article.id,
            at=now,
            title=draft.title,
            subtitle=draft.subtitle,
            body=list(draft.body),
            captions=list(draft.captions),
            removed=[asdict(block) for block in draft.removed],
            extractor=draft.extractor,
            content_hash=digest,
        )
    )


def _remember_addresses(
    session: Session, article: Article, draft: ArticleDraft, now: datetime, recheck_after: Sequence[timedelta]
) -> None:
    """Every address of the draft leads to the article, except those another article has already."""
    for url in _addresses(draft):
        row = address(session, url, outlet=draft.outlet, verdict=ARTICLE, now=now)
        row.last_fetched_at = now
        if row.article_id is None:
            row.article_id, row.verdict, row.recheck_at, row.failures, row.error = article.id, ARTICLE, None, 0, None
    session.flush()
    canonical = move_plan(session, article, now, recheck_after)
    canonical.etag, canonical.last_modified = draft.page.etag, draft.page.last_modified
    session.flush()
