"""Every address ever judged: so that nothing is fetched twice without need and nothing that failed is forgotten."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.archive.pages import forget_pages, keep_page
from storage.archive.plan import CLOSED_AGAIN_AFTER, RECHECK_AFTER, next_recheck, next_retry
from storage.changes import hold_feed
from storage.models.archive import Article, Url
from storage.records import KnownUrl, PageDraft
from storage.text import clean_text, clean_value, url_key

ARTICLE = "article"
FAILED = "failed"
CLOSED = "closed"
VERDICTS_WITHOUT_ARTICLE = frozenset({"off_topic", "no_article", FAILED, CLOSED})
_KEYS_A_QUERY = 500

_KNOWN = (
    Url.url,
    Url.outlet,
    Url.article_id,
    Url.verdict,
    Url.last_fetched_at,
    Url.recheck_at,
    Url.etag,
    Url.last_modified,
)


def known_urls(session: Session, urls: Collection[str]) -> dict[str, KnownUrl]:
    """Those of the addresses the archive has judged before, under the spelling that was asked for."""
    asked = {url_key(clean_text(url)): url for url in urls}
    known: dict[str, KnownUrl] = {}
    for keys in _slices(list(asked)):
        for row in session.execute(select(*_KNOWN).where(Url.key.in_(keys))):
            known[asked[url_key(row.url)]] = KnownUrl(*row)
    return known


def _slices(keys: Sequence[bytes]) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while part := list(islice(rest, _KEYS_A_QUERY)):
        yield part


def due_rechecks(session: Session, *, outlet: str, now: datetime, limit: int) -> list[KnownUrl]:
    """Live articles of the outlet whose time to be asked again has come, the longest overdue first."""
    live = _due(outlet, ARTICLE, now, limit).join(Article, Article.id == Url.article_id).where(Article.state == "live")
    return [KnownUrl(*row) for row in session.execute(live)]


def due_retries(session: Session, *, outlet: str, now: datetime, limit: int) -> list[KnownUrl]:
    """Pages of the outlet that failed and may be tried again, also when no source names them any more."""
    return [KnownUrl(*row) for row in session.execute(_due(outlet, FAILED, now, limit))]


def _due(outlet: str, verdict: str, now: datetime, limit: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*_KNOWN)
        .where(Url.outlet == outlet, Url.verdict == verdict, Url.recheck_at <= now)
        .order_by(Url.recheck_at, Url.key)
        .limit(limit)
    )


def note_page(
    session: Session,
    *,
    outlet: str,
    url: str,
    verdict: str,
    page: PageDraft | None,
    now: datetime,
    error: str | None = None,
) -> None:
    """Remember a page that gave no article: `off_topic`, `no_article`, `failed` (tried again later and later) or
    `closed` (robots.txt asks to leave it alone: nobody asks for it for weeks).

    An address that already belongs to an article keeps it; only the failure is counted and the page kept.
    """
    if verdict not in VERDICTS_WITHOUT_ARTICLE:
        raise ValueError(f"{verdict!r} is no verdict of a page without an article.")
    url, page, error = clean_value((url, page, error))
    hold_feed(session)
    row = address(session, url, outlet=outlet, verdict=verdict, now=now)
    row.last_fetched_at = now
    row.error = error
    if row.article_id is None:
        row.verdict = verdict
        forget_pages(session, row.key)
    if verdict == CLOSED:
        row.recheck_at = now + CLOSED_AGAIN_AFTER
    elif verdict == FAILED or row.article_id is not None:
        row.failures += 1
        row.recheck_at = next_retry(row.failures, now)
    else:
        row.failures, row.recheck_at = 0, None
    session.flush()
    if page is not None:
        keep_page(session, page, row.key)


def note_unchanged(
    session: Session, *, url: str, now: datetime, recheck_after: Sequence[timedelta] = RECHECK_AFTER
) -> None:
    """A known article answered as before (a 304 or the same page): the recheck plan moves on. Else nothing happens."""
    hold_feed(session)
    row = session.get(Url, url_key(clean_text(url)), populate_existing=True)
    article = session.get(Article, row.article_id, populate_existing=True) if row and row.article_id else None
    if article is None or article.state != "live":
        return
    article.missing_since = None
    move_plan(session, article, now, recheck_after)
    session.flush()


def move_plan(session: Session, article: Article, now: datetime, recheck_after: Sequence[timedelta]) -> Url:
    """The article was seen alive: its canonical address is due again at the next time of the plan."""
    row = session.get_one(Url, url_key(article.canonical_url))
    row.last_fetched_at = now
    row.failures, row.error = 0, None
    row.recheck_at = next_recheck(article.first_seen_at, now, recheck_after)
    return row


def address(session: Session, url: str, *, outlet: str, verdict: str, now: datetime) -> Url:
    """The row of an address, made when it is new. `url` is clean already."""
    row = session.get(Url, url_key(url), populate_existing=True)
    if row is None:
        row = Url(
            key=url_key(url),
            url=url,
            outlet=outlet,
            verdict=verdict,
            first_seen_at=now,
            last_fetched_at=now,
            failures=0,
        )
        session.add(row)
    return row
