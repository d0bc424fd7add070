"""Entities as a page shows them at once: counted from the index alone, without a look at any article.

Facts of articles that are gone are forgotten, so every row counts; ids of articles rise with the time of first sight,
so the lowest and the highest are the first and the last.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, Text, cast, func, select
from sqlalchemy.orm import Session, aliased

from storage import cursor
from storage.meaning.named import Companion
from storage.models.archive import Article
from storage.models.meaning import ArticleEntity, Entity

LOOKED_AT = 1_000  # of the newest articles that name somebody, for who is named beside
_LIST = "entity-cards"


@dataclass(frozen=True, slots=True)
class EntityCard:
    """An entity with how many articles name it, and when the first and the last of them were first seen."""

    id: str
    name: str
    kind: str
    zgc: bool
    names: tuple[str, ...]
    articles: int
    first_seen_at: datetime
    last_seen_at: datetime


def entity_cards(
    session: Session,
    *,
    limit: int,
    after: str | None = None,
    kind: str | None = None,
    zgc: bool | None = None,
    name: str | None = None,
) -> tuple[list[EntityCard], str | None]:
    """One page of entities, the most named first, and the cursor of the next page. Raises CursorError."""
    counted = _counted().subquery()
    wanted = select(Entity, counted.c.articles, counted.c.first, counted.c.last)
    wanted = wanted.join(counted, counted.c.entity_id == Entity.id)
    if kind is not None:
        wanted = wanted.where(Entity.kind == kind)
    if zgc is not None:
        wanted = wanted.where(Entity.zgc.is_(zgc))
    if name is not None:
        inside = json.dumps(name, ensure_ascii=False)[1:-1]
        any_name = cast(Entity.names, Text).icontains(inside, autoescape=True)
        wanted = wanted.where(Entity.name.icontains(name, autoescape=True) | any_name)
    if after is not None:
        count, last_id = cursor.decode_text(_LIST, after)
        articles = counted.c.articles
        wanted = wanted.where((articles < count) | ((articles == count) & (Entity.id > last_id)))
    rows = session.execute(wanted.order_by(counted.c.articles.desc(), Entity.id).limit(limit + 1)).all()
    found = _cards(session, rows[:limit])
    if len(rows) <= limit or not found:
        return found, None
    return found, cursor.encode(_LIST, found[-1].articles, found[-1].id)


def entity_card(session: Session, entity_id: str) -> EntityCard | None:
    """An entity that articles name, or None."""
    counted = _counted().where(ArticleEntity.entity_id == entity_id).subquery()
    wanted = select(Entity, counted.c.articles, counted.c.first, counted.c.last)
    rows = session.execute(wanted.join(counted, counted.c.entity_id == Entity.id)).all()
    return next(iter(_cards(session, rows)), None)


def recent_companions(session: Session, entity_id: str, *, limit: int) -> list[Companion]:
    """The entities that the newest articles (1,000 at most) name together with this one, the most frequent first."""
    newest = (
        select(ArticleEntity.article_id)
        .where(ArticleEntity.entity_id == entity_id)
        .order_by(ArticleEntity.article_id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    there, articles = aliased(ArticleEntity), func.count()
    together = (
        select(there.entity_id, articles)
        .join(newest, newest.c.article_id == there.article_id)
        .where(there.entity_id != entity_id)
        .group_by(there.entity_id)
        .order_by(articles.desc(), there.entity_id)
        .limit(limit)
    )
    counts = dict(session.execute(together).all())
    known = {row.id: row for row in session.scalars(select(Entity).where(Entity.id.in_(counts)))}
    return [Companion(id_, known[id_].name, known[id_].kind, count) for id_, count in counts.items()]


def newest_naming(session: Session, entity_id: str, *, limit: int) -> list[int]:
    """The ids of the newest articles that name an entity."""
    wanted = select(ArticleEntity.article_id).where(ArticleEntity.entity_id == entity_id)
    return list(session.scalars(wanted.order_by(ArticleEntity.article_id.desc()).limit(limit)))


def _counted() -> "Select[str, int, int, int]":
    article_id = ArticleEntity.article_id
    return select(
        ArticleEntity.entity_id,
        func.count().label("articles"),
        func.min(article_id).label("first"),
        func.max(article_id).label("last"),
    ).group_by(ArticleEntity.entity_id)


def _cards(session: Session, rows: "Sequence[Row[Entity, int, int, int]]") -> list[EntityCard]:
    times = _seen_at(session, {article_id for row in rows for article_id in (row.first, row.last)})
    return [
        EntityCard(
            id=entity.id,
            name=entity.name,
            kind=entity.kind,
            zgc=entity.zgc,
            names=tuple(entity.names),
            articles=articles,
            first_seen_at=times[first],
            last_seen_at=times[last],
        )
        for entity, articles, first, last in rows
    ]


def _seen_at(session: Session, article_ids: Collection[int]) -> dict[int, datetime]:
    return dict(session.execute(select(Article.id, Article.first_seen_at).where(Article.id.in_(article_ids))).all())
