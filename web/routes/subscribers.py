"""Readers of the mails over HTTP, for programs that manage them: a token with the scope admin is needed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from digest.readers import add_reader, edit_reader
from digest.watches import WatchError
from digest.watchfile import Reader
from storage.database import Session
from storage.subscribers import SubscriberRow, subscriber_by_address, subscriber_by_id, subscribers, unsubscribe
from web.answers import answer
from web.pages.desk import DeskOf
from web.parameters import MAX_ID, SHORT_ID, Parameters
from web.problems import Refusal, documented
from web.room import Room, RoomOf
from web.routes.administration import Administrator, digest_settings

router = APIRouter(tags=["subscribers"])

SubscriberId = Annotated[int, Path(ge=1, le=MAX_ID, description="The reader's id.", examples=[7])]


class SubscriberItem(BaseModel):
    """A reader."""

    id: int = Field(examples=[7])
    address: str = Field(examples=["analyst@example.com"])
    name: str = Field(examples=["An Analyst"])
    language: str = Field(description="Of the mail's frame: ko or en.", examples=["ko"])
    zone: str | None = Field(description="Of the times shown; null: that of the watch.", examples=["Europe/Berlin"])
    format: str = Field(description="html, or text for plain text alone.", examples=["html"])
    excerpts: bool = Field(description="Whether openings are shown where an outlet allows it.", examples=[True])
    state: str = Field(description="pending until confirmed, active, unsubscribed.", examples=["active"])
    origin: str = Field(description="settings, operator or sign_up.", examples=["operator"])
    watches: list[str] = Field(description="What the reader gets.", examples=[["default", "robots"]])
    created_at: AwareDatetime = Field(examples=["2026-11-24T07:20:31+09:00"])
    opted_in_at: AwareDatetime | None = Field(examples=["2026-11-24T07:20:31+09:00"])
    unsubscribed_at: AwareDatetime | None = Field(examples=[None])


class SubscriberList(BaseModel):
    """By address."""

    items: list[SubscriberItem]


class SubscriberQuery(Parameters):
    watch: str | None = Field(
        default=None,
        pattern=SHORT_ID,
        description="Only readers of this watch.",
        examples=["robots"],
    )


@router.get("/subscribers", summary="The readers", response_model=SubscriberList, responses=documented())
async def every_subscriber(
    request: Request, admin: Administrator, room: RoomOf, query: Annotated[SubscriberQuery, Query()]
) -> Response:
    """Also those who still have to confirm, or who left."""
    del admin

    def every(session: Session) -> dict[str, Any]:
        return {"items": [_item(room, row) for row in subscribers(session, watch=query.watch)]}

    return await room.answer(request, every)


@router.put("/subscribers", summary="Add or change a reader", response_model=SubscriberItem, responses=documented(404))
async def put_subscriber(
    request: Request, admin: Administrator, room: RoomOf, desk: DeskOf, reader: Reader
) -> Response:
    """Whoever has this address becomes what is sent, in force at once: you answer for the reader's consent.

    404: a watch that does not exist.
    """
    del admin
    settings = digest_settings(desk)

    def task(session: Session) -> dict[str, Any]:
        known = subscriber_by_address(session, reader.address)
        try:
            save = add_reader if known is None else edit_reader
            row = save(session, settings, reader, now=desk.clock())
        except WatchError as error:
            raise Refusal(404, str(error)) from error
        return _item(room, row)

    return answer(request, await room.archive.write(task))


@router.delete(
    "/subscribers/{subscriber_id}", summary="Mail a reader no more", status_code=204, responses=documented(404)
)
async def delete_subscriber(admin: Administrator, room: RoomOf, desk: DeskOf, subscriber_id: SubscriberId) -> Response:
    """The reader stays on record as unsubscribed, so that no file brings the reader back."""
    del admin

    def task(session: Session) -> None:
        row = subscriber_by_id(session, subscriber_id)
        if row is None:
            raise Refusal(404, "No such reader: `/v1/subscribers` lists them with their ids.")
        unsubscribe(session, row, row.watches, now=desk.clock())

    await room.archive.write(task)
    return Response(status_code=204)


def _item(room: Room, row: SubscriberRow) -> dict[str, Any]:
    profile = row.profile
    return {
        "id": row.id,
        "address": row.address,
        "name": profile.name,
        "language": profile.language,
        "zone": profile.zone,
        "format": profile.format,
        "excerpts": profile.excerpts,
        "state": row.state,
        "origin": row.origin,
        "watches": list(row.watches),
        "created_at": room.time(row.created_at),
        "opted_in_at": room.time(row.opted_in_at),
        "unsubscribed_at": room.time(row.unsubscribed_at),
    }
