"""Articles as a stream of one consistent state; memory stays flat."""

from collections.abc import Iterator

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.archive.reading import as_record, select_articles
from storage.database import Database
from storage.models.archive import Article, ChangeRow
from storage.position import BEGINNING, Place, found_place
from storage.records import StoredArticle

_BATCH = 500


def iter_articles(database: Database, *, since: Place = BEGINNING) -> Iterator[StoredArticle]:
    """Every article in order of its id, or only those with a change after `since`; memory stays flat.

    Raises PlaceLost where the feed has not this place.
    """
    with database.reader() as session:
        yield from stream(session, since_seq=found_place(session, since).seq)


def stream(session: Session, *, since_seq: int = 0, after_id: int = 0) -> Iterator[StoredArticle]:
    """The articles with a change after `since_seq`, in the caller's session, from the one after `after_id` on."""
    statement = _changed(select_articles(), since_seq).order_by(Article.id).limit(_BATCH)
    while rows := session.execute(statement.where(Article.id > after_id)).all():
        records = [as_record(row) for row in rows]
        after_id = records[-1].id
        session.expunge_all()
        yield from records


def how_many(session: Session, *, since_seq: int = 0, after_id: int = 0) -> int:
    """How many articles `stream` will give."""
    statement = _changed(select(func.count()).select_from(Article), since_seq).where(Article.id > after_id)
    return session.scalar(statement) or 0


def _changed(statement: Select, since_seq: int) -> Select:  # type: ignore[type-arg]
    if not since_seq:
        return statement
    return statement.where(Article.id.in_(select(ChangeRow.article_id).where(ChangeRow.seq > since_seq)))
