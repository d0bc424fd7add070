"""One article under many addresses: known by its outlet's own number before its page is fetched a second time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.archive.addresses import _KNOWN, ARTICLE, address
from storage.models.archive import Url
from storage.models.candidates import UrlNumber
from storage.records import KnownUrl
from storage.text import clean_text, url_key

_LONGEST = 200
_NUMBERS_A_QUERY = 500


def known_numbers(session: Session, outlet: str, numbers: Collection[str]) -> dict[str, KnownUrl]:
    """What the archive has judged under these numbers of the outlet, by the address it was judged under first."""
    asked = {clean_text(number)[:_LONGEST]: number for number in numbers}
    known: dict[str, KnownUrl] = {}
    keys = list(asked)
    for start in range(0, len(keys), _NUMBERS_A_QUERY):
        rows = session.execute(
            select(UrlNumber.number, *_KNOWN)
            .join(Url, Url.key == UrlNumber.url_key)
            .where(UrlNumber.outlet == outlet, UrlNumber.number.in_(keys[start : start + _NUMBERS_A_QUERY]))
        )
        known.update((asked[row.number], KnownUrl(*row[1:])) for row in rows)
    return known


def remember_number(session: Session, outlet: str, number: str, url: str, *, is_article: bool = False) -> None:
    """Note under which address a page with this number was judged first; an article's goes before all others.

    The address must be known to the archive.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(UrlNumber).values(
        outlet=outlet, number=clean_text(number)[:_LONGEST], url_key=url_key(clean_text(url))
    )
    identity = [UrlNumber.outlet, UrlNumber.number]
    if is_article:
        session.execute(row.on_conflict_do_update(index_elements=identity, set_={"url_key": row.excluded.url_key}))
    else:
        session.execute(row.on_conflict_do_nothing(index_elements=identity))


def remember_alias(session: Session, known: KnownUrl, alias: str, *, now: datetime) -> None:
    """A source named a stored article under one more address: kept, without fetching it."""
    if known.article_id is None:
        return
    row = address(session, clean_text(alias), outlet=known.outlet, verdict=ARTICLE, now=now)
    if row.article_id is None:
        row.article_id, row.verdict, row.recheck_at = known.article_id, ARTICLE, None
    session.flush()
