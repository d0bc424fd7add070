"""Logging in and out, the visitor's language and colours, and the files every page needs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from storage.database import Session
from web.access import is_local
from web.login.door import TooMany
from web.pages.addresses import inside
from web.pages.answering import go_on, show
from web.pages.desk import Desk, DeskOf
from web.pages.forms import read_form
from web.pages.render import MEDIA_TYPES, assets
from web.pages.visitor import LANGUAGE, LANGUAGES, SESSION, THEME, THEMES, Anyone, Visitor, drop, keep, may_log_in

router = APIRouter(include_in_schema=False)

A_YEAR = 31_536_000
A_DAY = 86_400


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    """A file that pages need; its address has its version, so it may be kept for good."""
    if name not in assets():
        raise HTTPException(404)
    headers = {"Cache-Control": f"public, max-age={A_YEAR}, immutable"}
    return Response(assets()[name], headers=headers, media_type=MEDIA_TYPES[name.rpartition(".")[2]])


@router.get("/favicon.ico")
async def favicon() -> Response:
    headers = {"Cache-Control": f"public, max-age={A_DAY}"}
    return Response(assets()["icon.svg"], headers=headers, media_type=MEDIA_TYPES["svg"])


@router.get("/login")
async def login(
    request: Request, desk: DeskOf, visitor: Anyone, following: Annotated[str | None, Query(alias="next")] = None
) -> Response:
    """The form; or how to make the first user, where there is none."""
    if visitor.user is not None:
        return go_on(visitor, inside(following))
    return await _form(request, desk, visitor, inside(following))


async def _form(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    following: str,
    *,
    said: str | None = None,
    minutes: int = 0,
    status: int = 200,
) -> Response:
    unknown = visitor.by_proxy and visitor.user is None
    values = {"following": following, "said": said, "minutes": minutes, "unknown": unknown}
    is_open = may_log_in(request, desk)

    def ask(session: Session) -> dict[str, object]:
        has_users = desk.door.knows_anybody(session)
        return {**values, "is_open": is_open, "is_local": is_local(request), "has_users": has_users}

    return await show(request, desk, visitor, "login", ask, status=status)


@router.post("/login")
async def log_in(request: Request, desk: DeskOf, visitor: Anyone) -> Response:
    """Opens a session under a new key, whatever key the visitor came with."""
    form = await read_form(request, visitor)
    following = inside(form.one("next"))
    if not may_log_in(request, desk):
        return await _form(request, desk, visitor, following, status=403)
    address = request.client.host if request.client else ""
    before = visitor.key if visitor.user and not visitor.by_proxy else None
    try:
        key = await desk.door.log_in(form.one("name"), form.exact("password"), address=address, before=before)
    except TooMany as error:
        minutes = -(-error.seconds // 60)
        answer = await _form(request, desk, visitor, following, said="login.too_many", minutes=minutes, status=429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    if key is None:
        return await _form(request, desk, visitor, following, said="login.wrong", status=401)
    response = go_on(visitor, following)
    keep(response, SESSION, key, secure=visitor.secure)
    return response


@router.post("/logout")
async def log_out(request: Request, desk: DeskOf, visitor: Anyone) -> Response:
    """Ends the session here and in the archive."""
    await read_form(request, visitor)
    if visitor.user is not None and not visitor.by_proxy:
        await desk.room.archive.work(lambda: desk.door.log_out(visitor.key))
    response = go_on(visitor, "/login")
    drop(response, SESSION, secure=visitor.secure)
    return response


@router.post("/preferences")
async def preferences(request: Request, visitor: Anyone) -> Response:
    """The language and the colours of the pages, kept in the visitor's browser."""
    form = await read_form(request, visitor)
    response = go_on(visitor, form.one("next"))
    for cookie, field, known in ((LANGUAGE, "language", LANGUAGES), (THEME, "theme", THEMES)):
        if form.one(field) in known:
            response.set_cookie(
                cookie, form.one(field), max_age=A_YEAR, path="/", secure=visitor.secure, httponly=True, samesite="lax"
            )
    return response
