"""Entities over HTTP: who is named, how often and beside whom, in which deals and articles."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.database import Session
from storage.deals import DealFilters, list_deals
from storage.meaning import EntityRow
from storage.meaning.named import articles_naming, companions, get_entity, list_entities, newest_article_at
from storage.trends import entity_counts
from web.access import Admitted
from web.parameters import ENTITY_ID, NO_CONTROLS, Paged, Parameters
from web.problems import Refusal, documented
from web.room import Room, RoomOf
from web.routes.articles import ARTICLE, ArticleRow
from web.routes.deals import DEAL, DealItem
from web.rows import Row, Shape, View, as_item, moments, own

router = APIRouter(tags=["entities"])

LISTED = 20  # of each list of one entity's answer
OF_AN_ARTICLE = "id,outlet,outlet_name,url,title,published_at,first_seen_at"
OneEntity = Annotated[str, Path(pattern=ENTITY_ID, description="The entity's id.", examples=["sample-robo"])]


class EntityItem(Row):
    """A company, investor, university, park, policy … under one id, whatever articles call it."""

    id: str = Field(examples=["sample-robo"])
    name: str = Field(examples=["예시로봇(SampleRobo)"])
    kind: str = Field(examples=["company"])
    zgc: bool = Field(description="Whether it stands, or came into being, in Zhongguancun.", examples=[True])
    home: str = Field(examples=["china"], json_schema_extra={"enum": ["china", "abroad"]})
    articles: int = Field(description="Live articles that name it.", examples=[12])
    mentions: int = Field(description="How often they name it.", examples=[31])
    first_seen_at: AwareDatetime = Field(
        description="When the first of them was first seen.", examples=["2026-11-24T07:20:31+09:00"]
    )
    last_seen_at: AwareDatetime = Field(
        description="When the last of them was first seen.", examples=["2026-11-24T07:20:31+09:00"]
    )


class EntityPage(BaseModel):
    """The most named first; `next` is the cursor of the following page, or null at the end."""

    items: list[EntityItem]
    next: str | None = Field(examples=[None])


ENTITY: Shape[EntityRow] = Shape({
    **own("id", "name", "kind", "zgc", "home", "articles", "mentions"),
    **moments("first_seen_at", "last_seen_at"),
})  # fmt: skip


class EntityQuery(Paged):
    kind: str | None = Field(
        default=None, pattern="^[a-z][a-z_]{0,15}$", description="Only entities of this kind.", examples=["company"]
    )
    zgc: bool | None = Field(default=None, description="Only those that are, or are not, of Zhongguancun.")
    name: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        pattern=NO_CONTROLS,
        description="Only those with this in one of their names.",
        examples=["바이두"],
    )
    fields: str | None = ENTITY.parameter("entity", "id,name,articles")


@router.get("/entities", summary="Entities, most named first", response_model=EntityPage, responses=documented(400))
async def entities(
    request: Request, reader: Admitted, room: RoomOf, query: Annotated[EntityQuery, Query()]
) -> Response:
    """Those that live articles name. An entity that is named more often while pages are read may move."""

    def listed(session: Session) -> tuple[Sequence[EntityRow], str | None]:
        return list_entities(
            session, limit=query.limit, after=query.after, kind=query.kind, zgc=query.zgc, name=query.name
        )

    return await room.answer_page(request, reader, ENTITY, query.fields, listed)


class WeekItem(BaseModel):
    """A week, by its Monday in Korea."""

    monday: date = Field(examples=["2026-11-23"])
    articles: int = Field(description="Live articles first seen in it.", examples=[3])


class CompanionItem(BaseModel):
    """An entity that articles name together with this one."""

    id: str = Field(examples=["zhongguancun"])
    name: str = Field(examples=["중관춘(Zhongguancun)"])
    kind: str = Field(examples=["park"])
    articles: int = Field(description="How many name both.", examples=[5])


class EntityDetail(EntityItem):
    """One entity with what the archive has of it: at most 20 companions, deals and articles each."""

    names: list[str] = Field(description="All names it is known by.", examples=[["예시로봇", "SampleRobo"]])
    weeks: list[WeekItem] = Field(description="Articles over time, up to the newest article of the archive.")
    together_with: list[CompanionItem]
    deals: list[DealItem] = Field(description="Its newest deals; all of them: `/v1/deals?company=`.")
    invested_in: list[DealItem] = Field(description="The newest deals it gave money for: `/v1/deals?investor=`.")
    recent: list[ArticleRow] = Field(description="The newest articles that name it.")


class EntityDetailQuery(Parameters):
    weeks: int = Field(default=26, ge=1, le=104, description="Weeks that are counted.")


@router.get("/entities/{entity_id}", summary="One entity", response_model=EntityDetail, responses=documented(404))
async def entity(
    request: Request,
    reader: Admitted,
    room: RoomOf,
    entity_id: OneEntity,
    query: Annotated[EntityDetailQuery, Query()],
) -> Response:
    """Its names, how often it is named over time and beside whom, its deals, and the newest articles."""

    def one(session: Session) -> dict[str, Any]:
        found = get_entity(session, entity_id)
        if found is None:
            raise Refusal(404, "No such entity: no live article names one with this id.")
        return _detail(session, found, room.view(session, reader), room, query.weeks)

    return await room.answer(request, one)


def _detail(session: Session, entity: EntityRow, view: View, room: Room, weeks: int) -> dict[str, Any]:
    deals, _ = list_deals(session, limit=LISTED, filters=DealFilters(company_id=entity.id))
    given, _ = list_deals(session, limit=LISTED, filters=DealFilters(investor=entity.name))
    recent = articles_naming(session, entity.id, limit=LISTED)
    return {
        **ENTITY.row(entity, view, None),
        "names": list(entity.names),
        "weeks": _weeks(session, entity.id, room, weeks),
        "together_with": [as_item(CompanionItem, one) for one in companions(session, entity.id, limit=LISTED)],
        "deals": [DEAL.row(deal, view, None) for deal in deals],
        "invested_in": [DEAL.row(deal, view, None) for deal in given],
        "recent": [ARTICLE.row(article, view, OF_AN_ARTICLE) for article in recent],
    }


def _weeks(session: Session, entity_id: str, room: Room, weeks: int) -> list[dict[str, Any]]:
    newest = newest_article_at(session)
    if newest is None:
        return []
    until = newest + timedelta(microseconds=1)
    found = entity_counts(
        session,
        since=until - timedelta(weeks=weeks - 1, microseconds=1),
        until=until,
        zone=room.zone,
        entities=[entity_id],
    )
    [row] = found.rows
    return [
        {"monday": monday.isoformat(), "articles": count} for monday, count in zip(found.weeks, row.counts, strict=True)
    ]
