"""An Atom feed of each watch: for readers by a link of their own, for programs by the name of the watch."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from digest.feed import feed_of, reader_of
from storage.database import Session
from web.access import Admitted
from web.answers import has_it
from web.pages.desk import Desk, DeskOf
from web.parameters import Parameters, WatchName
from web.problems import Refusal, documented
from web.room import RoomOf

router = APIRouter(tags=["watches"])
for_readers = APIRouter(include_in_schema=False)

MEDIA_TYPE = "application/atom+xml"
HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, nofollow"}


@router.get(
    "/watches/{name}/atom",
    summary="The stories of a watch as an Atom feed",
    response_class=Response,
    responses={**documented(404), 200: {"content": {MEDIA_TYPE: {}}}},
)
async def feed(
    request: Request,
    reader: Admitted,
    room: RoomOf,
    desk: DeskOf,
    name: WatchName,
    query: Annotated[Parameters, Query()],
) -> Response:
    """The stories of its last issues, newest first, as far as they may be shown today. 404: it has had no issue."""
    del reader, query
    address = _address(request, desk)
    found = await room.archive.read(lambda session: feed_of(session, name, address=address, settings=desk.tools.digest))
    return _answer(request, found)


@for_readers.get("/feeds/{token}")
async def feed_of_a_reader(request: Request, room: RoomOf, desk: DeskOf, token: str) -> Response:
    """The same for whoever reads the watch; the address ends when its reader leaves."""
    address = _address(request, desk)

    def ask(session: Session) -> tuple[bytes, str] | None:
        watch = reader_of(session, token)
        return feed_of(session, watch, address=address, settings=desk.tools.digest) if watch else None

    return _answer(request, await room.archive.read(ask))


def _address(request: Request, desk: Desk) -> str:
    """The feed's own address, as readers know this server."""
    digest = desk.tools.digest
    known = digest.web_url if digest else None
    return f"{known}{request.url.path}" if known else str(request.url.replace(query=""))


def _answer(request: Request, found: tuple[bytes, str] | None) -> Response:
    if found is None:
        raise Refusal(404, "No such feed: the address is not complete, its reader has left, or nothing was told yet.")
    body, tag = found
    headers = {**HEADERS, "ETag": f'"{tag}"'}
    if has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPE)
