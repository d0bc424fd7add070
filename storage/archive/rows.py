"""The rows of one article's write path, as statements that are built once: an archive writes them a million times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from storage.archive.difference import Difference, Version
from storage.archive.plan import next_recheck
from storage.models.archive import Article, Revision, Url
from storage.models.base import table_of
from storage.records import ArticleDraft, Author, RemovedBlock
from storage.text import url_key

ARTICLE = "article"


_articles, _revisions, _urls = table_of(Article), table_of(Revision), table_of(Url)
_BY_ADDRESS = select(_urls.c.key, _urls.c.article_id).where(_urls.c.key.in_(bindparam("keys", expanding=True)))
_HEAD = (
    select(
        _articles.c.id,
        _articles.c.outlet,
        _articles.c.section,
        _articles.c.canonical_url,
        _articles.c.first_seen_at,
        _articles.c.state,
        _articles.c.revision,
        _articles.c.duplicate_of,
        _revisions.c.content_hash,
    )
    .select_from(_articles)
    .join(_revisions, _revisions.c.seq == _articles.c.revision)
)
_BY_ID = _HEAD.where(_articles.c.id == bindparam("article_id"))
_BY_NUMBER = _HEAD.where(_articles.c.outlet == bindparam("outlet"), _articles.c.article_number == bindparam("number"))
_VERSION = select(_revisions.c.title, _revisions.c.subtitle, _revisions.c.body).where(
    _revisions.c.seq == bindparam("seq")
)
_ADD_ARTICLE = insert(_articles).returning(_articles.c.id)
_ADD_REVISION = insert(_revisions)
_FOUND_AGAIN = update(_articles).where(_articles.c.id == bindparam("article_id")).values(missing_since=None)
_ADD_ADDRESS = insert(_urls)
_SEEN_ADDRESS = update(_urls).where(_urls.c.key == bindparam("its_key")).values(last_fetched_at=bindparam("now"))
_CANONICAL = (
    update(_urls)
    .where(_urls.c.key == bindparam("its_key"))
    .values({name: bindparam(f"new_{name}") for name in ("last_fetched_at", "recheck_at", "etag", "last_modified")})
    .values(failures=0, error=None)
)
_TAKE_ADDRESS = (
    update(_urls)
    .where(_urls.c.key.in_(bindparam("keys", expanding=True)), _urls.c.article_id.is_(None))
    .values(article_id=bindparam("owner"), verdict=ARTICLE, recheck_at=None, failures=0, error=None)
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the archive has of an article, without its text."""

    id: int
    outlet: str
    section: str | None
    canonical_url: str
    first_seen_at: datetime
    state: str
    revision: int
    duplicate_of: int | None
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows of a draft: the article it is a version of, and which of its addresses it has."""

    article: Head | None
    owners: dict[bytes, int | None]


def addresses_of(draft: ArticleDraft) -> list[str]:
    """Every address of a draft, the canonical one first."""
    return list(dict.fromkeys((draft.canonical_url, *draft.alias_urls, draft.page.url)))


def find(session: Session, draft: ArticleDraft) -> Known:
    """The article this draft is a version of: by address first, then by the outlet's own number."""
    keys = [url_key(url) for url in addresses_of(draft)]
    connection = session.connection()
    owners: dict[bytes, int | None] = {
        bytes(key): owner for key, owner in connection.execute(_BY_ADDRESS, {"keys": keys})
    }
    owner = next((owners[key] for key in keys if owners.get(key) is not None), None)
    row: Any = None
    if owner is not None:
        row = connection.execute(_BY_ID, {"article_id": owner}).one_or_none()
    elif draft.article_number:
        number = {"outlet": draft.outlet, "number": draft.article_number}
        row = connection.execute(_BY_NUMBER, number).one_or_none()
    return Known(Head(*row) if row else None, owners)


def version_of(session: Session, seq: int) -> Version:
    """The text of one revision."""
    return Version(*session.connection().execute(_VERSION, {"seq": seq}).one())


def add_article(session: Session, draft: ArticleDraft, seq: int, now: datetime, sentences: int) -> int:
    """A new article with so many sentences in its fingerprint; gives its id."""
    row = {
        "outlet": draft.outlet,
        "canonical_url": draft.canonical_url,
        "article_number": draft.article_number,
        "first_seen_at": now,
        "duplicate_of": None,
        "sentences": sentences,
        "published_at": draft.published_at,
        "modified_at": draft.modified_at,
        **_of_text(draft, seq),
    }
    found: int = session.connection().execute(_ADD_ARTICLE, row).scalar_one()
    return found


def change_article(session: Session, article_id: int, draft: ArticleDraft, seq: int) -> None:
    """The draft becomes the newest version of the article; an article that was gone is live again."""
    times = {"published_at": draft.published_at, "modified_at": draft.modified_at}
    # A time that a page has lost is kept.
    values = {**_of_text(draft, seq), **{name: time for name, time in times.items() if time is not None}}
    session.connection().execute(update(_articles).where(_articles.c.id == article_id).values(values))


def _of_text(draft: ArticleDraft, seq: int) -> dict[str, Any]:
    return {
        "revision": seq,
        "state": "live",
        "missing_since": None,
        "gone_at": None,
        "authors": as_rows(draft.authors),
        "section": draft.section,
        "language": draft.language,
        "relevance": draft.relevance,
        "topics": list(draft.topics),
        "wire_source": draft.wire_source,
        "keywords": list(draft.keywords),
        "image_url": draft.image_url,
        "paywalled": draft.paywalled,
    }


def as_rows(values: Iterable[Author | RemovedBlock]) -> list[dict[str, Any]]:
    """Authors or removed blocks as they are kept."""
    return [{name: getattr(value, name) for name in value.__slots__} for value in values]


def add_revision(
    session: Session,
    article_id: int,
    draft: ArticleDraft,
    digest: bytes,
    seq: int,
    now: datetime,
    change: Difference | None,
) -> None:
    """The draft's text as revision `seq`; `change` is how it differs from the one before."""
    row = {
        "seq": seq,
        "article_id": article_id,
        "at": now,
        "title": draft.title,
        "subtitle": draft.subtitle,
        "body": list(draft.body),
        "captions": list(draft.captions),
        "removed": as_rows(draft.removed),
        "extractor": draft.extractor,
        "content_hash": digest,
        "verdict": change.verdict if change else None,
        "reasons": [str(reason) for reason in change.reasons] if change else None,
        "edits": [[edit.field, str(edit.reason), edit.before, edit.after] for edit in change.edits] if change else None,
    }
    session.connection().execute(_ADD_REVISION, row)


def found_again(session: Session, article_id: int) -> None:
    """The article is there: whatever was missing before does not count."""
    session.connection().execute(_FOUND_AGAIN, {"article_id": article_id})


def remember_addresses(
    session: Session,
    known: Known,
    *,
    article_id: int,
    canonical_url: str,
    first_seen_at: datetime,
    draft: ArticleDraft,
    now: datetime,
    recheck_after: Sequence[timedelta],
) -> None:
    """Every address of the draft leads to the article, except those another article has already.

    The article's own address is the one that is looked at again.
    """
    connection = session.connection()
    canonical = url_key(canonical_url)
    plan = {
        "recheck_at": next_recheck(first_seen_at, now, recheck_after),
        "etag": draft.page.etag,
        "last_modified": draft.page.last_modified,
    }
    urls = {url_key(url): url for url in addresses_of(draft)}
    fresh = [
        _address(key, url, article_id, draft.outlet, now, plan if key == canonical else {})
        for key, url in urls.items()
        if key not in known.owners
    ]
    free = [key for key in urls if key in known.owners and known.owners[key] is None]
    if free:
        connection.execute(_TAKE_ADDRESS, {"keys": free, "owner": article_id})
    if fresh:
        connection.execute(_ADD_ADDRESS, fresh)
    for key in known.owners:
        if key != canonical:
            connection.execute(_SEEN_ADDRESS, {"its_key": key, "now": now})
    if canonical in known.owners or canonical not in urls:
        new = {f"new_{name}": value for name, value in {"last_fetched_at": now, **plan}.items()}
        connection.execute(_CANONICAL, {"its_key": canonical, **new})


def _address(key: bytes, url: str, article_id: int, outlet: str, now: datetime, plan: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "url": url,
        "outlet": outlet,
        "verdict": ARTICLE,
        "article_id": article_id,
        "first_seen_at": now,
        "last_fetched_at": now,
        "failures": 0,
        "error": None,
        "recheck_at": None,
        "etag": None,
        "last_modified": None,
        **plan,
    }
