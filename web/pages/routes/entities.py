"""Companies and others that articles name: the most named, and one with its trend, deals, companions and articles."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator
from starlette.exceptions import HTTPException

from storage.database import Session
from storage.deals import DealFilters, list_deals
from storage.meaning.glance import entity_card, entity_cards, newest_naming, recent_companions
from storage.meaning.named import newest_article_at
from storage.trends import entity_counts
from storage.views import articles_by_id
from web.pages.answering import show, times_of
from web.pages.asked import Asked, Cursor, Word
from web.pages.charts import columns
from web.pages.desk import Desk, DeskOf
from web.pages.money import shown_deals
from web.pages.shown import shown_articles, view_of
from web.pages.times import Times
from web.pages.visitor import Reading, Visitor
from web.parameters import ENTITY_ID

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 50
WEEKS = 26
LISTED = 10
EntityId = Annotated[str, Path(pattern=ENTITY_ID)]


def _ticked(value: object) -> object:
    return "1" if value in ("1", "on") else None


class EntitiesAsked(Asked):
    """Entities by a part of a name, or only those of Zhongguancun."""

    q: Word
    kind: Word
    zgc: Annotated[Literal["1"] | None, BeforeValidator(_ticked)] = None
    after: Cursor


@router.get("/entities")
async def entities_page(
    request: Request, desk: DeskOf, visitor: Reading, asked: Annotated[EntitiesAsked, Query()]
) -> Response:
    return await show(request, desk, visitor, "entities", lambda session: _every(session, asked))


def _every(session: Session, asked: EntitiesAsked) -> Mapping[str, Any]:
    rows, following = entity_cards(
        session, limit=ON_A_PAGE, after=asked.after, kind=asked.kind, zgc=True if asked.zgc else None, name=asked.q
    )
    return {
        "asked": asked,
        "rows": rows,
        "following": following,
        "chosen": asked.chosen,
        "most": max((row.articles for row in rows), default=1),
    }


@router.get("/entities/{entity_id}")
async def entity_page(request: Request, desk: DeskOf, visitor: Reading, entity_id: EntityId) -> Response:
    times = times_of(desk, visitor)
    return await show(request, desk, visitor, "entity", lambda session: _one(session, desk, visitor, entity_id, times))


def _one(session: Session, desk: Desk, visitor: Visitor, entity_id: str, times: Times) -> Mapping[str, Any]:
    entity = entity_card(session, entity_id)
    if entity is None:
        raise HTTPException(404)
    view = view_of(session, visitor, desk.room.in_zone)
    # A trend that ends with the archive says more than one that ends with nothing.
    until = min(times.now, newest_article_at(session) or times.now) + timedelta(microseconds=1)
    counted = entity_counts(
        session, since=until - timedelta(weeks=WEEKS - 1), until=until, zone=desk.room.zone, entities=[entity_id]
    )
    counts = counted.rows[0].counts if counted.rows else (0,) * len(counted.weeks)
    newest = newest_naming(session, entity_id, limit=LISTED)
    known = articles_by_id(session, newest)
    deals, _ = list_deals(session, limit=LISTED, filters=DealFilters(company_id=entity_id))
    return {
        "entity": entity,
        "chart": columns(counted.weeks, counts),
        "weeks": list(zip(counted.weeks, counts, strict=True)),
        "deals": shown_deals(deals, view, visitor.language),
        "companions": recent_companions(session, entity_id, limit=LISTED * 2),
        "articles": shown_articles([known[one] for one in newest if one in known], view),
    }
