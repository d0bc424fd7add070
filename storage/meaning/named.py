"""Who is named in the archive: entities with how often, beside whom, and in which articles."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, cast, func, select
from sqlalchemy.orm import Session, aliased

from storage import cursor
from storage.archive.reading import as_record, select_articles
from storage.meaning.records import EntityRow
from storage.models.archive import Article
from storage.models.meaning import ArticleEntity, Entity
from storage.records import StoredArticle

_LIST = "entities"


@dataclass(frozen=True, slots=True)
class Companion:
    """An entity that articles name together with another one."""

    id: str
    name: str
    kind: str
    articles: int


def list_entities(
    session: Session,
    *,
    limit: int = 200,
    after: str | None = None,
    kind: str | None = None,
    zgc: bool | None = None,
    name: str | None = None,
) -> tuple[list[EntityRow], str | None]:
    """One page of the entities that live articles name, the most named first, and the cursor of the next page.

    `name` is a part of the shown name or of any other name, in any case. Raises CursorError for a foreign cursor.
    """
    articles = func.count(ArticleEntity.article_id)
    wanted = _named(session, articles).limit(limit + 1)
    if kind is not None:
        wanted = wanted.where(Entity.kind == kind)
    if zgc is not None:
        wanted = wanted.where(Entity.zgc.is_(zgc))
    if name is not None:
        wanted = wanted.where(_has_name(name))
    if after is not None:
        count, last_id = cursor.decode_text(_LIST, after)
        # Counts fall from page to page, ids rise.
        wanted = wanted.having((articles < count) | ((articles == count) & (Entity.id > last_id)))
    rows = session.execute(wanted).all()
    found = [_row(*row) for row in rows[:limit]]
    if len(rows) <= limit or not found:
        return found, None
    return found, cursor.encode(_LIST, found[-1].articles, found[-1].id)


def get_entity(session: Session, entity_id: str) -> EntityRow | None:
    """An entity that live articles name, or None."""
    wanted = _named(session, func.count(ArticleEntity.article_id)).where(Entity.id == entity_id)
    row = session.execute(wanted).one_or_none()
    return _row(*row) if row else None


def companions(session: Session, entity_id: str, *, limit: int = 20) -> list[Companion]:
    """The entities that live articles name together with this one, the most frequent first."""
    here, there = aliased(ArticleEntity), aliased(ArticleEntity)
    articles = func.count()
    together = (
        select(Entity, articles)
        .join(there, there.entity_id == Entity.id)
        .join(here, here.article_id == there.article_id)
        .join(Article, Article.id == here.article_id)
        .where(here.entity_id == entity_id, there.entity_id != entity_id, Article.state == "live")
        .group_by(Entity.id)
        .order_by(articles.desc(), Entity.id)
        .limit(limit)
    )
    return [Companion(row.id, row.name, row.kind, count) for row, count in session.execute(together)]


def articles_naming(session: Session, entity_id: str, *, limit: int = 20) -> list[StoredArticle]:
    """The live articles that name an entity, newest first seen first."""
    wanted = (
        select_articles()
        .join(ArticleEntity, ArticleEntity.article_id == Article.id)
        .where(ArticleEntity.entity_id == entity_id, Article.state == "live")
        .order_by(Article.first_seen_at.desc(), Article.id.desc())
        .limit(limit)
    )
    return [as_record(row) for row in session.execute(wanted)]


def newest_article_at(session: Session) -> datetime | None:
    """When the newest article was first seen."""
    return session.scalar(select(func.max(Article.first_seen_at)))


def _named(session: Session, articles: ColumnElement[int]) -> Select[Entity, int, int, datetime, datetime]:
    mentions = func.sum(_length(session))
    return (
        select(Entity, articles, mentions, func.min(Article.first_seen_at), func.max(Article.first_seen_at))
        .join(ArticleEntity, ArticleEntity.entity_id == Entity.id)
        .join(Article, Article.id == ArticleEntity.article_id)
        .where(Article.state == "live")
        .group_by(Entity.id)
        .order_by(articles.desc(), Entity.id)
    )


def _length(session: Session) -> ColumnElement[int]:
    """How often an article names an entity."""
    of_list = func.json_array_length if _on_sqlite(session) else func.jsonb_array_length
    return of_list(ArticleEntity.mentions)


def _has_name(name: str) -> ColumnElement[bool]:
    inside = json.dumps(name, ensure_ascii=False)[1:-1]
    return Entity.name.icontains(name, autoescape=True) | cast(Entity.names, Text).icontains(inside, autoescape=True)


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _row(entity: Entity, articles: int, mentions: int, first_seen_at: datetime, last_seen_at: datetime) -> EntityRow:
    return EntityRow(
        id=entity.id,
        name=entity.name,
        kind=entity.kind,
        zgc=entity.zgc,
        home=entity.home,
        names=tuple(entity.names),
        articles=articles,
        mentions=int(mentions),
        first_seen_at=first_seen_at,
        last_seen_at=last_seen_at,
    )
