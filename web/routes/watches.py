"""Watches over HTTP, for programs that manage them: a token with the scope admin is needed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from digest.readers import WatchState, drop_watch, watch_states
from digest.watches import Watch, WatchError, keep_watch, load_watch
from storage.database import Session
from web.answers import answer
from web.pages.desk import DeskOf
from web.parameters import Parameters, WatchName
from web.problems import Refusal, documented
from web.room import Room, RoomOf
from web.routes.administration import Administrator, digest_settings

router = APIRouter(tags=["watches"])


class WatchRow(BaseModel):
    """A watch with how it stands."""

    watch: dict[str, Any] = Field(
        description="What it is, without what is at its default, as PUT takes it.",
        examples=[{"name": "robots", "title": "로봇", "must": ["로봇|휴머노이드"], "days": "business"}],
    )
    readers: int = Field(description="Who gets its mails.", examples=[12])
    last_cutoff: AwareDatetime | None = Field(
        description="Where its last window ended; null before the first.", examples=["2026-11-24T07:20:00+09:00"]
    )


class WatchList(BaseModel):
    """Every watch, that of the settings first."""

    items: list[WatchRow]


@router.get("/watches", summary="The watches", response_model=WatchList, responses=documented())
async def watches(
    request: Request, admin: Administrator, room: RoomOf, desk: DeskOf, query: Annotated[Parameters, Query()]
) -> Response:
    """What is told to whom and when."""
    del admin, query

    def every(session: Session) -> dict[str, Any]:
        return {"items": [_row(room, state) for state in watch_states(session, digest_settings(desk))]}

    return await room.answer(request, every)


@router.put("/watches", summary="Make or change a watch", response_model=WatchRow, responses=documented(409))
async def put_watch(request: Request, admin: Administrator, room: RoomOf, desk: DeskOf, watch: Watch) -> Response:
    """The watch of this name becomes what is sent, new or known. 409: it is the one that the settings describe."""
    del admin
    settings = digest_settings(desk)

    def task(session: Session) -> dict[str, Any]:
        try:
            keep_watch(session, watch, now=desk.clock())
        except WatchError as error:
            raise Refusal(409, str(error)) from error
        return next(_row(room, one) for one in watch_states(session, settings) if one.watch.name == watch.name)

    return answer(request, await room.archive.write(task))


@router.delete("/watches/{name}", summary="Remove a watch", status_code=204, responses=documented(404, 409))
async def delete_watch(admin: Administrator, room: RoomOf, desk: DeskOf, name: WatchName) -> Response:
    """And who reads it. What was mailed stays on record. 409: it is the one that the settings describe."""
    del admin
    settings = digest_settings(desk)

    def task(session: Session) -> None:
        try:
            load_watch(session, settings, name)
        except WatchError as error:
            raise Refusal(404, "No such watch: `/v1/watches` lists them.") from error
        try:
            drop_watch(session, name)
        except WatchError as error:
            raise Refusal(409, str(error)) from error

    await room.archive.write(task)
    return Response(status_code=204)


def _row(room: Room, state: WatchState) -> dict[str, Any]:
    return {
        "watch": state.watch.described(),
        "readers": state.readers,
        "last_cutoff": room.time(state.last_cutoff),
    }
