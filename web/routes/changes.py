"""The change feed over HTTP: what happened after a cursor, or the wait for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.changes import changes_after
from storage.database import Session
from storage.position import PATTERN, Place, PlaceLost, found_place, last_seq
from web.access import Admitted
from web.parameters import MAX_PAGE, Parameters
from web.problems import Refusal, documented
from web.room import Room, RoomOf
from web.waiting import MOST_WAITING

router = APIRouter(tags=["changes"])

LONGEST_WAIT = 60


class ChangeRow(BaseModel):
    """One change of one article. A reader that handles them in order has what the archive has."""

    seq: int = Field(description="1, 2, 3 … without gaps.", examples=[97])
    op: str = Field(
        description="add (new), update (text corrected), merge (joined or left a group of duplicates), "
        "gone (taken down: delete your copy of the text).",
        examples=["add"],
        json_schema_extra={"enum": ["add", "update", "merge", "gone"]},
    )
    article_id: int = Field(examples=[41])
    at: AwareDatetime = Field(examples=["2026-11-24T07:20:31+09:00"])


class ChangePage(BaseModel):
    """`next` is what to send as `after` the next time: keep it once the items are dealt with."""

    items: list[ChangeRow]
    next: str = Field(examples=["97-1f0c22ab"])
    last: int = Field(description="The newest change there is.", examples=[97])


class ChangeQuery(Parameters):
    after: str = Field(
        default="0",
        pattern=PATTERN,
        description="The `next` of the page before, or 0 for everything. A plain seq is taken, too, but only `next` "
        "notices that the archive was restored from a backup.",
        examples=["97-1f0c22ab"],
    )
    limit: int = Field(default=100, ge=1, le=MAX_PAGE, description="Changes on one page.")
    wait: int = Field(
        default=0,
        ge=0,
        le=LONGEST_WAIT,
        description="When there are none: seconds to wait for the next one before answering with an empty page.",
    )


@router.get("/changes", summary="The change feed", response_model=ChangePage, responses=documented(409, 503))
async def changes(request: Request, reader: Admitted, room: RoomOf, query: Annotated[ChangeQuery, Query()]) -> Response:
    """In order and without gaps. 409: the archive was restored from an older backup, read everything again."""
    del reader
    place = Place.parse(query.after)
    if query.wait:
        await room.archive.read(lambda session: _found(session, place))
        await _wait(request, room, place.seq, query.wait)

    def page(session: Session) -> dict[str, Any]:
        here = _found(session, place)
        rows = changes_after(session, here.seq, limit=query.limit)
        items = [
            {"seq": row.seq, "op": str(row.op), "article_id": row.article_id, "at": room.time(row.at)} for row in rows
        ]
        return {"items": items, "next": str(Place.of(rows[-1]) if rows else here), "last": last_seq(session)}

    return await room.answer(request, page)


def _found(session: Session, place: Place) -> Place:
    try:
        return found_place(session, place)
    except PlaceLost as lost:
        raise Refusal(409, str(lost)) from lost


async def _wait(request: Request, room: Room, seq: int, seconds: float) -> None:
    if room.feed.waiting >= MOST_WAITING:
        raise Refusal(503, "Too many readers are waiting for changes: ask again later.", {"Retry-After": "5"})
    await room.feed.newer_than(seq, seconds, request.is_disconnected)
