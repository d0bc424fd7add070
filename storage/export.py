"""Everything out again, as a stream of one consistent state."""

from collections.abc import Iterator

from sqlalchemy import select

from storage.archive.reading import as_record, select_articles
from storage.database import Database
from storage.models.archive import Article, ChangeRow
from storage.records import StoredArticle

_BATCH = 500


def iter_articles(database: Database, *, since_seq: int = 0) -> Iterator[StoredArticle]:
    """Every article in order of its id, or only those with a change after `since_seq`; memory stays flat."""
    with database.reader() as session:
        statement = select_articles().order_by(Article.id).limit(_BATCH)
        if since_seq:
            changed = select(ChangeRow.article_id).where(ChangeRow.seq > since_seq)
            statement = statement.where(Article.id.in_(changed))
        last = 0
        while rows := session.execute(statement.where(Article.id > last)).all():
            records = [as_record(row) for row in rows]
            last = records[-1].id
            session.expunge_all()
            yield from records
