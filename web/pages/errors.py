"""What a visitor sees when a page cannot be shown: a sentence in the visitor's language, or the login."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from storage.errors import CursorError, DatabaseUnreachable, ZgcwatchError
from web.pages.addresses import inside, link
from web.pages.desk import Desk
from web.pages.forms import BadForm
from web.pages.render import page
from web.pages.times import Times
from web.pages.visitor import LoginNeeded, NotAllowed, Visitor, visitor_of
from web.problems import Refusal

log = structlog.get_logger()

Handler = Callable[[Request, Exception], Awaitable[Response]]
OF_PROGRAMS = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")
KNOWN = frozenset({400, 403, 404, 405, 413, 415, 503})


def add_page_errors(app: FastAPI) -> None:
    """Errors of pages become pages; those of the API stay what they are."""
    app.add_exception_handler(LoginNeeded, _login)
    app.add_exception_handler(NotAllowed, _status(403))
    app.add_exception_handler(BadForm, _bad_form)
    for kind in (Refusal, RequestValidationError, ZgcwatchError, HTTPException, Exception):
        known = app.exception_handlers[kind]
        app.add_exception_handler(kind, _for_people(known))  # type: ignore[arg-type]


def is_page(request: Request) -> bool:
    """Whether somebody with a browser asked, and not a program the API."""
    path = request.url.path
    return not path.startswith(OF_PROGRAMS) and "text/html" in request.headers.get("accept", "")


def _for_people(known: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        if not is_page(request):
            return await known(request, error)
        return await _sorry(request, _status_of(error), _key_of(error))

    return handle


def _status_of(error: Exception) -> int:
    match error:
        case Refusal():
            return error.status
        case HTTPException():
            return error.status_code
        case RequestValidationError():
            # A word where a number belongs is an address that does not exist.
            return 404 if any(one["loc"][0] == "path" for one in error.errors()) else 400
        case CursorError():
            return 400
        case DatabaseUnreachable():
            return 503
        case _:
            return 500


def _key_of(error: Exception) -> str | None:
    return "error.cursor" if isinstance(error, CursorError) else None


def _status(status: int) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        del error
        return await _sorry(request, status, None)

    return handle


async def _login(request: Request, error: Exception) -> Response:
    del error
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = inside(asked) if request.method in {"GET", "HEAD"} else "/"
    target = link("/login", next=wanted if wanted != "/" else None)
    return RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})


async def _bad_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadForm)
    log.warning("form.refused", path=request.url.path, why=error.key)
    return await _sorry(request, error.status, error.key)


async def _sorry(request: Request, status: int, key: str | None) -> Response:
    desk: Desk = request.app.state.desk
    try:
        visitor = await visitor_of(request, desk)
    except Exception:  # noqa: BLE001 - the page that says what is wrong must not need what is wrong
        visitor = Visitor(user=None, key="", language="ko", theme="auto", secure=False)
    times = Times(desk.clock(), desk.room.in_zone, visitor.language)
    key = key or f"error.{status if status in KNOWN else 500}"
    values = {"status": status, "said": key}
    return page(request, visitor, "error", values, times=times, status=status)
