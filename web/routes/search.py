"""Search over HTTP: the same as `zgcwatch search`, and what is shown of a hit is what its outlet's licence allows."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.database import Session
from storage.records import SearchFilters, SearchHit
from storage.search import search as search_archive
from web.access import Admitted
from web.parameters import NO_CONTROLS, Moment, OutletId, Paged
from web.problems import documented
from web.room import RoomOf
from web.rows import Row, Shape, View, as_item, moments, own

router = APIRouter(tags=["search"])


class HighlightRow(BaseModel):
    """A place in the title, or in the body where its paragraphs are joined by line breaks."""

    field: str = Field(examples=["title"], json_schema_extra={"enum": ["title", "body"]})
    text: str = Field(examples=["중관춘"])
    start: int = Field(description="Characters before it.", examples=[0])
    end: int = Field(examples=[3])


class HitRow(Row):
    """One article that was found. Highlights are given only for texts that the reader may see whole."""

    id: int = Field(examples=[41])
    outlet: str = Field(examples=["hankyung"])
    outlet_name: str = Field(examples=["한국경제"])
    url: str = Field(examples=["https://outlet.example/news/41"])
    title: str | None = Field(examples=["중관춘 예시로봇, 4억달러 유치 (예시)"])
    published_at: AwareDatetime | None = Field(examples=["2026-11-24T07:10:00+09:00"])
    first_seen_at: AwareDatetime = Field(examples=["2026-11-24T07:20:31+09:00"])
    highlights: list[HighlightRow]


class HitPage(BaseModel):
    """One page of hits; `next` is the cursor of the following page, or null at the end."""

    total: int = Field(description="How many were found.", examples=[1])
    total_is_exact: bool = Field(description="False: there are at least so many.", examples=[True])
    items: list[HitRow]
    next: str | None = Field(examples=[None])


def _highlights(hit: SearchHit, view: View) -> list[dict[str, Any]]:
    sight = view.sight(hit.outlet)
    # Offsets count characters of the stored title, so one that is shown changed has none.
    seen = {"title": sight.title(hit.title) == hit.title, "body": sight.whole}
    return [as_item(HighlightRow, mark) for mark in hit.highlights if seen.get(mark.field)]


HIT: Shape[SearchHit] = Shape({
    **own("id", "outlet"),
    "outlet_name": lambda hit, view: view.outlet_name(hit.outlet),
    **own("url"),
    "title": lambda hit, view: view.sight(hit.outlet).title(hit.title),
    **moments("published_at", "first_seen_at"),
    "highlights": _highlights,
})  # fmt: skip


class SearchQuery(Paged):
    q: str = Field(
        max_length=1000,
        description='Words that must all be there, "quotes" for a phrase; spacing and particles do not matter. '
        "Any text is a valid query.",
        examples=["중관춘 유니콘"],
    )
    order: Literal["newest", "relevance"] = Field(default="newest", description="What comes first.")
    outlet: OutletId | None = Field(default=None, description="Only this outlet's.")
    section: str | None = Field(
        default=None, max_length=100, pattern=NO_CONTROLS, description="Only this section's.", examples=["산업"]
    )
    since: Moment | None = Field(default=None, description="First seen at or after this time.")
    until: Moment | None = Field(default=None, description="First seen before this time.")
    relation: Literal["original", "duplicate", "copy_of", "excerpt_of", "sibling"] | None = Field(
        default=None, description="original: told first; duplicate: not; else: is this to some article."
    )
    as_typed: bool = Field(default=False, description="Do not look for other names of a company (바이두: 百度, Baidu).")
    fields: str | None = HIT.parameter("hit", "id,title")

    @property
    def filters(self) -> SearchFilters:
        """What besides the words narrows the search."""
        return SearchFilters(
            since=self.since,
            until=self.until,
            outlets=(self.outlet,) if self.outlet else (),
            sections=(self.section,) if self.section else (),
            relation=self.relation,
        )


@router.get("/search", summary="Search in Korean", response_model=HitPage, responses=documented(400))
async def search(request: Request, reader: Admitted, room: RoomOf, query: Annotated[SearchQuery, Query()]) -> Response:
    """Live articles whose newest text has all the words."""

    def hits(session: Session) -> dict[str, Any]:
        newest_first = query.order == "newest"
        view = room.view(session, reader)
        result = search_archive(
            session,
            query.q,
            limit=query.limit,
            cursor=query.after,
            newest_first=newest_first,
            filters=query.filters,
            expand=None if query.as_typed else room.expand,
            marked=lambda outlet: view.sight(outlet).whole,
        )
        rows = [HIT.row(hit, view, query.fields) for hit in result.items]
        total = {"total": result.total, "total_is_exact": result.total_is_exact}
        return {**total, "items": rows, "next": result.next}

    return await room.answer(request, hits)
