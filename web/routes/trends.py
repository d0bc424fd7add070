"""Trends over HTTP: articles of entities and topics, and the money of deals, week by week."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storage.database import Session
from storage.meaning.named import newest_article_at
from storage.trends import deal_sums, entity_counts, topic_counts
from web.access import Admitted
from web.parameters import EntityId, Moment, Parameters
from web.problems import documented
from web.room import RoomOf
from web.rows import as_item

router = APIRouter(tags=["trends"])

# Weeks outside these lie outside every archive, and some of them outside the calendar.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


class SeriesItem(BaseModel):
    """Articles of one entity or topic, one figure a week."""

    id: str = Field(examples=["sample-robo"])
    name: str = Field(examples=["예시로봇(SampleRobo)"])
    kind: str = Field(description="The entity's kind, or topic.", examples=["company"])
    total: int = Field(examples=[9])
    counts: list[int] = Field(examples=[[2, 3, 4]])


class MoneyItem(BaseModel):
    """Deals of one kind in one currency, one figure a week."""

    kind: str = Field(examples=["raised"])
    currency: str | None = Field(description="Null: deals whose sum nobody gives.", examples=["USD"])
    counts: list[int] = Field(description="How many.", examples=[[0, 1, 2]])
    sums: list[float] = Field(description="Their money.", examples=[[0.0, 4.1e8, 1e9]])


class TrendsAnswer(BaseModel):
    """`weeks` are Mondays in Korea; every list of figures has one for each."""

    weeks: list[date] = Field(examples=[["2026-11-09", "2026-11-16", "2026-11-23"]])
    entities: list[SeriesItem] = Field(description="The most named ones, or those that were asked for.")
    topics: list[SeriesItem]
    deals: list[MoneyItem]


class TrendsQuery(Parameters):
    weeks: int = Field(default=12, ge=1, le=104, description="Weeks that are counted, the last of them included.")
    until: Moment | None = Field(
        default=None, description="The last week is that of this time; without it, that of the newest article."
    )
    entity: list[EntityId] = Field(
        default=[], max_length=50, description="Ids of entities; without any, the most named ones."
    )
    limit: int = Field(default=20, ge=1, le=200, description="Entities and topics at most.")


@router.get("/trends", summary="Counts by week", response_model=TrendsAnswer, responses=documented())
async def trends(request: Request, reader: Admitted, room: RoomOf, query: Annotated[TrendsQuery, Query()]) -> Response:
    """Live articles by the week they were first seen in, and deals by the week they were first told in."""
    del reader

    def counted(session: Session) -> dict[str, Any]:
        last = query.until or newest_article_at(session)
        if last is None or not _FIRST_YEAR <= last.year <= _LAST_YEAR:
            return {"weeks": [], "entities": [], "topics": [], "deals": []}
        span = {"since": last - timedelta(weeks=query.weeks - 1), "until": last + timedelta(microseconds=1)}
        entities = entity_counts(session, **span, zone=room.zone, entities=query.entity or None, limit=query.limit)
        topics = topic_counts(session, **span, zone=room.zone, limit=query.limit)
        money = deal_sums(session, **span, zone=room.zone)
        return {
            "weeks": [monday.isoformat() for monday in entities.weeks],
            "entities": [as_item(SeriesItem, row) for row in entities.rows],
            "topics": [as_item(SeriesItem, row) for row in topics.rows],
            "deals": [as_item(MoneyItem, row) for row in money.rows],
        }

    return await room.answer(request, counted)
