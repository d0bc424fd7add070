"""An issue of the digest as a page, for whoever has its unguessable address: the web view of the mail."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse

from digest.editions import page_of
from web.problems import Refusal
from web.room import RoomOf

router = APIRouter(include_in_schema=False)

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{16,32}$")]
# Styled inside its tags as the mail is; it runs nothing, loads nothing and sends nothing.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex, nofollow",
}


@router.get("/issues/{token}")
async def issue(room: RoomOf, token: Token) -> Response:
    """Every story of the issue, as far as it may be shown today."""
    page = await room.archive.read(lambda session: page_of(session, token))
    if page is None:
        raise Refusal(404, "No such issue: the address is not complete, or the issue is no longer kept.")
    return HTMLResponse(page, headers=HEADERS)
