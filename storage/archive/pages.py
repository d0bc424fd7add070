"""Raw pages: compressed on the way in, given back as they were fetched."""

from typing import Any

import zstandard
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models.archive import Page, Url
from storage.models.base import table_of
from storage.records import PageDraft
from storage.text import url_key

_ADD = insert(table_of(Page))


def keep_page(session: Session, page: PageDraft, owner: bytes) -> None:
    """Keep a raw page under the address `owner` (a key in `urls`, which must exist)."""
    session.connection().execute(_ADD, page_row(page, owner))


def page_row(page: PageDraft, owner: bytes) -> dict[str, Any]:
    """A raw page as it is kept."""
    return {
        "url_key": owner,
        "url": page.url,
        "status": page.status,
        "fetched_at": page.fetched_at,
        "charset": page.charset,
        "content_type": page.content_type,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "size": len(page.body),
        "body": zstandard.compress(page.body),
    }


def forget_pages(session: Session, owner: bytes) -> None:
    """Erase the raw pages kept under one address."""
    session.execute(delete(Page).where(Page.url_key == owner))


def forget_pages_of(session: Session, article_id: int) -> None:
    """Erase every raw page of an article, whatever address it was fetched from."""
    owners = select(Url.key).where(Url.article_id == article_id)
    session.execute(delete(Page).where(Page.url_key.in_(owners)).execution_options(synchronize_session=False))


def latest_page(session: Session, url: str) -> PageDraft | None:
    """The newest raw page kept under an address, or None when there is none (any more)."""
    page = session.scalar(select(Page).where(Page.url_key == url_key(url)).order_by(Page.id.desc()).limit(1))
    if page is None:
        return None
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
