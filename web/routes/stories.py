"""Stories over HTTP: events, each with every outlet that told it, who was first, and why they are together."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.database import Session
from storage.stories import list_stories, story_detail
from storage.stories.records import StoryDetail, StoryFollowed, StoryReport
from web.access import Admitted
from web.parameters import EntityId, Moment, OutletId, Paged, Parameters
from web.problems import Refusal, documented
from web.room import RoomOf
from web.rows import Row, Shape, View, as_item, moments, own

router = APIRouter(tags=["stories"])

LARGEST_ID = (1 << 53) - 1  # whole in every JSON reader
StoryId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The story's id.", examples=[1616090446853038])]


class StoryReportItem(BaseModel):
    """One outlet's article of a story."""

    article_id: int = Field(examples=[41])
    outlet: str = Field(examples=["hankyung"])
    outlet_name: str = Field(examples=["한국경제"])
    url: str = Field(examples=["https://outlet.example/news/41"])
    title: str | None = Field(
        description="Null where the licence does not let us print it.",
        examples=["중관춘 예시로봇, 4억달러 유치 (예시)"],
    )
    reported_at: AwareDatetime = Field(
        description="The outlet's own time, unless it has none or one after we saw the article.",
        examples=["2026-11-24T07:10:00+09:00"],
    )
    relation: str = Field(
        description="head: the first report; copy, excerpt: shares text with an earlier one; report: in its own words.",
        examples=["head"],
        json_schema_extra={"enum": ["head", "copy", "excerpt", "report"]},
    )
    wire_source: str | None = Field(description="The agency the text itself names.", examples=[None])


class StoryEntityItem(BaseModel):
    """An entity that the story's articles name."""

    id: str = Field(examples=["sample-robo"])
    name: str = Field(examples=["예시로봇(SampleRobo)"])
    kind: str = Field(examples=["company"])
    articles: int = Field(description="How many of them name it.", examples=[3])


class StoryDealItem(BaseModel):
    """A deal that the story's articles tell; `/v1/deals` has every version of it."""

    id: int = Field(examples=[7])
    company: str = Field(examples=["예시로봇(SampleRobo)"])
    company_id: str | None = Field(examples=["sample-robo"])
    kind: str = Field(examples=["raised"])
    value: float | None = Field(examples=[410000000.0])
    currency: str | None = Field(examples=["USD"])
    krw: float | None = Field(examples=[436000000000.0])
    round: str | None = Field(examples=["시리즈 B"])
    articles: int = Field(description="How many of them tell it.", examples=[2])


class StoryReasonItem(BaseModel):
    """Why articles are together; empty for a story of one article."""

    ko: str = Field(description="In one line.", examples=["함께 언급: 예시로봇 · 4억1000만달러"])
    en: str = Field(description="In one line.", examples=["in common: SampleRobo · USD 410 million"])
    entities: list[str] = Field(examples=[["예시로봇(SampleRobo)"]])
    amounts: list[str] = Field(examples=[["4억1000만달러"]])
    words: list[str] = Field(examples=[["물류"]])
    same_text: int = Field(description="How many have the text of another.", examples=[1])


class StoryFollowedItem(BaseModel):
    """The older story that this one goes on from."""

    id: int = Field(examples=[3195582848530385])
    reported_at: AwareDatetime = Field(examples=["2026-11-20T09:00:00+09:00"])
    reason: StoryReasonItem


class StoryItem(Row):
    """One event. Its id stays, whatever order its articles arrive in."""

    id: int = Field(examples=[1616090446853038])
    title: str | None = Field(
        description="The first report's, as far as its licence allows.",
        examples=["중관춘 예시로봇, 4억달러 유치 (예시)"],
    )
    first_reported_at: AwareDatetime = Field(examples=["2026-11-24T07:10:00+09:00"])
    last_reported_at: AwareDatetime = Field(examples=["2026-11-24T09:30:00+09:00"])
    articles: list[StoryReportItem] = Field(description="In time order, the first report first.")
    entities: list[StoryEntityItem]
    deals: list[StoryDealItem]
    reason: StoryReasonItem = Field(
        examples=[{"ko": "", "en": "", "entities": [], "amounts": [], "words": [], "same_text": 0}]
    )
    follows: StoryFollowedItem | None = Field(description="The older story it goes on from.", examples=[None])
    followed_by: list[int] = Field(description="Newer stories that go on from it.", examples=[[2205582848530311]])
    merged_into: int | None = Field(
        description="Where this id was given up: the story that has its first report now; the rest is empty then.",
        examples=[None],
    )


class StoryPage(BaseModel):
    """The latest first report first; `next` is the cursor of the following page, or null at the end."""

    items: list[StoryItem]
    next: str | None = Field(examples=[None])


def _report(report: StoryReport, view: View) -> dict[str, Any]:
    return {
        "article_id": report.article_id,
        "outlet": report.outlet,
        "outlet_name": view.outlet_name(report.outlet),
        "url": report.url,
        "title": view.sight(report.outlet).title(report.title),
        "reported_at": view.time(report.reported_at),
        "relation": report.relation,
        "wire_source": report.wire_source,
    }


def _followed(followed: StoryFollowed | None, view: View) -> dict[str, Any] | None:
    if followed is None:
        return None
    reason = as_item(StoryReasonItem, followed.reason)
    return {"id": followed.id, "reported_at": view.time(followed.reported_at), "reason": reason}


def _title(story: StoryDetail, view: View) -> str | None:
    return view.sight(story.head.outlet).title(story.title) if story.head is not None else None


STORY: Shape[StoryDetail] = Shape({
    **own("id"),
    "title": _title,
    **moments("first_reported_at", "last_reported_at"),
    "articles": lambda story, view: [_report(report, view) for report in story.articles],
    "entities": lambda story, _: [as_item(StoryEntityItem, entity) for entity in story.entities],
    "deals": lambda story, _: [as_item(StoryDealItem, deal) for deal in story.deals],
    "reason": lambda story, _: as_item(StoryReasonItem, story.reason),
    "follows": lambda story, view: _followed(story.follows, view),
    **own("followed_by", "merged_into"),
})  # fmt: skip

FIELDS = STORY.parameter("story", "id,title,articles")


class StoryQuery(Paged):
    since: Moment | None = Field(default=None, description="With a report at or after this time.")
    until: Moment | None = Field(default=None, description="With a report before this time.")
    entity: EntityId | None = Field(default=None, description="Only stories that name this entity.")
    outlet: OutletId | None = Field(default=None, description="Only stories that this outlet told.")
    fields: str | None = FIELDS


class OneStory(Parameters):
    fields: str | None = FIELDS


@router.get("/stories", summary="Stories, newest first", response_model=StoryPage, responses=documented(400))
async def stories(request: Request, reader: Admitted, room: RoomOf, query: Annotated[StoryQuery, Query()]) -> Response:
    """Ordered by the time of their first report."""

    def listed(session: Session) -> tuple[Sequence[StoryDetail], str | None]:
        return list_stories(
            session,
            since=query.since,
            until=query.until,
            entity=query.entity,
            outlet=query.outlet,
            limit=query.limit,
            after=query.after,
        )

    return await room.answer_page(request, reader, STORY, query.fields, listed)


@router.get("/stories/{story_id}", summary="One story", response_model=StoryItem, responses=documented(404))
async def story(
    request: Request, reader: Admitted, room: RoomOf, story_id: StoryId, query: Annotated[OneStory, Query()]
) -> Response:
    """Its reports in time order, whom they name, the deals they tell, and why they are together."""

    def one(session: Session) -> dict[str, Any]:
        found = story_detail(session, story_id)
        if found is None:
            raise Refusal(404, "No such story: there is none with this id.")
        return STORY.row(found, room.view(session, reader), query.fields)

    return await room.answer(request, one)
