"""The change feed over HTTP: what happened after a cursor, or the wait for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.changes import changes_after
from storage.database import Session
from storage.position import last_seq
from web.access import Admitted
from web.parameters import MAX_ID, MAX_PAGE, Parameters
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
    next: int = Field(examples=[97])
    last: int = Field(description="The newest change there is.", examples=[97])


class ChangeQuery(Parameters):
    after: int = Field(default=0, ge=0, le=MAX_ID, description="The last seq already dealt with.")
    limit: int = Field(default=100, ge=1, le=MAX_PAGE, description="Changes on one page.")
    wait: int = Field(
        default=0,
        ge=0,
        le=LONGEST_WAIT,
        description="When there are none: seconds to wait for the next one before answering with an empty page.",
    )


@router.get("/changes", summary="The change feed", response_model=ChangePage, responses=documented(409, 503))
async def changes(request: Request, reader: Admitted, room: RoomOf, query: Annotated[ChangeQuery, Query()]) -> Response:
    """In order and without gaps. 409: the cursor lies after the newest change, see the answer's detail."""
    del reader
    if query.wait:
        await _wait(request, room, query)

    def page(session: Session) -> dict[str, Any]:
        last = last_seq(session)
        if query.after > last:
            raise Refusal(
                409,
                "The cursor lies after the newest change: this archive was restored from a backup or is another one; "
                "read everything again, from after=0.",
            )
        rows = changes_after(session, query.after, limit=query.limit)
        items = [
            {"seq": row.seq, "op": str(row.op), "article_id": row.article_id, "at": room.in_zone(row.at).isoformat()}
            for row in rows
        ]
        return {"items": items, "next": rows[-1].seq if rows else query.after, "last": last}

    return await room.answer(request, page)


async def _wait(request: Request, room: Room, query: ChangeQuery) -> None:
    if room.feed.waiting >= MOST_WAITING:
        raise Refusal(503, "Too many readers are waiting for changes: ask again later.", {"Retry-After": "5"})
    await room.feed.newer_than(query.after, query.wait, request.is_disconnected)
