"""Articles their outlet took down: the id and the address stay, the text and the raw page are erased."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage import duplicates, search
from storage.archive.pages import forget_pages_of
from storage.archive.plan import GONE_AGAIN_AFTER
from storage.archive.rows import version_of
from storage.changes import hold_feed, record
from storage.meaning import forget_facts
from storage.models.archive import Article, Revision, Url
from storage.records import ChangeOp
from storage.text import clean_text, url_key

GONE_STATUS = 410  # RFC 9110, 15.5.11: removed on purpose and for good


def note_missing(session: Session, *, url: str, status: int, now: datetime, confirm_after: timedelta) -> bool:
    """The outlet says an article is not there. True when it became gone by this call.

    410 is believed at once; any other status (404) is believed when seen again at least `confirm_after` later.
    An address that is no article's is left alone.
    """
    hold_feed(session)
    row = session.get(Url, url_key(clean_text(url)), populate_existing=True)
    article = session.get(Article, row.article_id, populate_existing=True) if row and row.article_id else None
    if row is None or article is None:
        return False
    canonical = session.get_one(Url, url_key(article.canonical_url), populate_existing=True)
    row.last_fetched_at = canonical.last_fetched_at = now
    if article.state == "gone":
        canonical.recheck_at = now + GONE_AGAIN_AFTER
        return False
    if status != GONE_STATUS and not _confirmed(article, now, confirm_after):
        article.missing_since = article.missing_since or now
        canonical.recheck_at = article.missing_since + confirm_after
        return False
    _bury(session, article, canonical, now)
    return True


def _confirmed(article: Article, now: datetime, confirm_after: timedelta) -> bool:
    return article.missing_since is not None and now - article.missing_since >= confirm_after


def _bury(session: Session, article: Article, canonical: Url, now: datetime) -> None:
    text = version_of(session, article.revision)
    terms = search.terms_of(text.title, text.subtitle, text.body)
    search.forget(session, article.id, (*terms, *search.facets_of(article.outlet, article.section)))
    article.state = "gone"
    article.gone_at = now
    article.missing_since = article.missing_since or now
    article.authors, article.keywords, article.image_url = [], [], None
    canonical.recheck_at = now + GONE_AGAIN_AFTER
    # Without validators the next answer is a whole page, which is what a resurrection needs.
    session.execute(update(Url).where(Url.article_id == article.id).values(etag=None, last_modified=None))
    session.execute(
        update(Revision)
        .where(Revision.article_id == article.id)
        .values(title="", subtitle=None, body=[], captions=[], removed=[], edits=None)
    )
    forget_pages_of(session, article.id)
    forget_facts(session, article.id)
    session.flush()
    record(session, ChangeOp.GONE, article.id, now)
    duplicates.leave(session, article.id, duplicates.fingerprint(text.body), now)
    session.flush()
