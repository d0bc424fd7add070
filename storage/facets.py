"""What the hits of a search are of: how many by outlet, section and entity, so that a reader can narrow the search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.models.archive import Article
from storage.models.meaning import ArticleEntity, Entity
from storage.records import SearchFilters
from storage.search.hits import Hits
from storage.search.query import Expand, parse

LOOKED_AT = 1_000  # of the newest hits; whoever narrows a search of more has time to look again
LISTED = 12


@dataclass(frozen=True, slots=True)
class Facet:
    """One value with how many of the hits have it; `name` is what readers see, None where `value` says it all."""

    value: str
    count: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """Facets of the newest hits, the most frequent first. `is_all` is False where there are more hits than counted."""

    outlets: tuple[Facet, ...]
    sections: tuple[Facet, ...]
    entities: tuple[Facet, ...]
    is_all: bool


def search_facets(
    session: Session,
    query: str,
    *,
    filters: SearchFilters,
    entity: str | None = None,
    expand: Expand | None = None,
) -> Facets:
    """Facets of a search's hits. Outlets are counted as if none were chosen, so that another one can be."""
    parsed = parse(query, expand)
    within = naming(entity) if entity is not None else None
    ids = Hits(session, parsed, filters, within).newest(LOOKED_AT + 1)
    of_outlets = ids
    if filters.outlets:
        of_outlets = Hits(session, parsed, replace(filters, outlets=()), within).newest(LOOKED_AT + 1)
    return Facets(
        outlets=_of_articles(session, of_outlets, Article.outlet),
        sections=_of_articles(session, ids, Article.section),
        entities=_entities(session, ids),
        is_all=max(len(ids), len(of_outlets)) <= LOOKED_AT,
    )


def naming(entity_id: str) -> Select[int]:
    """A statement that gives the ids of the articles that name an entity."""
    return select(ArticleEntity.article_id).where(ArticleEntity.entity_id == entity_id)


def _of_articles(session: Session, ids: Sequence[int], column: object) -> tuple[Facet, ...]:
    count = func.count()
    wanted = (
        select(column, count)  # type: ignore[call-overload]
        .where(Article.id.in_(ids[:LOOKED_AT]), column.is_not(None))  # type: ignore[attr-defined]
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(LISTED)
    )
    return tuple(Facet(str(value), number) for value, number in session.execute(wanted))


def _entities(session: Session, ids: Sequence[int]) -> tuple[Facet, ...]:
    count = func.count()
    wanted = (
        select(ArticleEntity.entity_id, count, func.min(Entity.name))
        .join(Entity, Entity.id == ArticleEntity.entity_id)
        .where(ArticleEntity.article_id.in_(ids[:LOOKED_AT]))
        .group_by(ArticleEntity.entity_id)
        .order_by(count.desc(), ArticleEntity.entity_id)
        .limit(LISTED)
    )
    return tuple(Facet(entity_id, number, name) for entity_id, number, name in session.execute(wanted))
