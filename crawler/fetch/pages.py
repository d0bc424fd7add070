"""An answer of a server as the archive keeps it."""

import re
from datetime import datetime

from scrapy.http import Response

from storage.records import PageDraft


def page_of(response: Response, *, fetched_at: datetime) -> PageDraft:
    """The answer with what its headers say of it; `charset` is only what was claimed."""
    content_type = header(response, "Content-Type")
    claimed = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type or "", re.IGNORECASE)
    return PageDraft(
        url=response.url,
        status=response.status,
        body=response.body,
        fetched_at=fetched_at,
        charset=claimed[1].lower() if claimed else None,
        content_type=content_type,
        etag=header(response, "ETag"),
        last_modified=header(response, "Last-Modified"),
    )


def header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1").strip() or None if value else None
