"""What an article is to others: copies, excerpts and siblings, in both directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.archive.history import known_at, relations_as_of
from storage.archive.reading import as_record, select_articles
from storage.models.archive import Article, Relation
from storage.records import StoredArticle


@dataclass(frozen=True, slots=True)
class Related:
    """One tie: `article_id` is `kind` (copy_of, excerpt_of, sibling) `other_id`; `other` is the one not asked about.

    `containment` is the share of the shorter text found in the longer, `shared_numbers` that of its numbers.
    """

    article_id: int
    other_id: int
    kind: str
    containment: float
    shared_numbers: float
    other: StoredArticle


def related_to(session: Session, article_id: int, *, limit: int = 200, at: datetime | None = None) -> list[Related]:
    """Every tie of the article, by the id of the other one; at most `limit`. With `at` as they were known then."""
    ties = relations_as_of(session, article_id, at)[:limit] if at else _ties(session, article_id, limit)
    others = {tie.article_id if tie.other_id == article_id else tie.other_id for tie in ties}
    rows = session.execute(select_articles().where(Article.id.in_(others))).all()
    known = [as_record(row) for row in rows]
    records = {record.id: record for record in (known_at(session, known, at) if at else known)}
    found = [(tie, records.get(tie.article_id if tie.other_id == article_id else tie.other_id)) for tie in ties]
    related = [
        Related(tie.article_id, tie.other_id, tie.kind, tie.containment, tie.shared_numbers, other)
        for tie, other in found
        if other is not None
    ]
    return sorted(related, key=lambda one: one.other.id)


def _ties(session: Session, article_id: int, limit: int) -> Sequence[Any]:
    return session.execute(
        select(Relation.article_id, Relation.other_id, Relation.kind, Relation.containment, Relation.shared_numbers)
        .where(or_(Relation.article_id == article_id, Relation.other_id == article_id))
        .order_by(Relation.article_id, Relation.other_id)
        .limit(limit)
    ).all()
