"""From a question to the archive to a page, in one of the archive's threads from end to end."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from digest.settings import DigestSettings
from digest.watches import load_watches
from storage.database import Session
from web.pages.addresses import inside
from web.pages.desk import Desk
from web.pages.render import page
from web.pages.times import Times
from web.pages.visitor import FORM, Visitor, keep

Question = Callable[[Session], Mapping[str, Any]]


def times_of(desk: Desk, visitor: Visitor) -> Times:
    """Times as this visitor sees them now."""
    return Times(desk.clock(), desk.room.in_zone, visitor.language)


async def show(
    request: Request, desk: Desk, visitor: Visitor, template: str, question: Question, *, status: int = 200
) -> Response:
    """The page with what `question` finds in one consistent state of the archive."""

    def make() -> Response:
        with desk.room.archive.database.reader() as session:
            values = question(session)
        return page(request, visitor, template, values, times=times_of(desk, visitor), status=status)

    return await desk.room.archive.work(make)


def digest_settings(desk: Desk) -> DigestSettings:
    """The digest's settings. Raises HTTPException, 404, in a process that mails nothing: it has no such page."""
    if desk.tools.digest is None:
        raise HTTPException(404)
    return desk.tools.digest


def watch_titles(session: Session, desk: Desk) -> dict[str, str]:
    """The title of each watch by its name; none in a process that mails nothing."""
    settings = desk.tools.digest
    return {watch.name: watch.title for watch in load_watches(session, settings)} if settings else {}


def go_on(visitor: Visitor, address: str) -> Response:
    """After a form: on to a page of ours, so that a reload sends nothing twice."""
    response = RedirectResponse(inside(address), 303, headers={"Cache-Control": "no-store"})
    if visitor.is_new:
        keep(response, FORM, visitor.key, secure=visitor.secure)
    return response
