"""Errors as RFC 9457 problem details: what is wrong and what to do, and nothing of what was sent."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from storage.errors import CursorError, DatabaseUnreachable, ZgcwatchError

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No such article: its id is not in this archive."])


class Refusal(Exception):  # noqa: N818 - it refuses a request, nothing in the program is wrong
    """The request cannot be answered; `detail` says why and what to do."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


DETAILS = {
    404: "No such address: see /openapi.json.",
    405: "This address does not take that method: see /openapi.json.",
    500: "The server met an error of its own; its log says which.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: the problems it may answer with, besides those of every route."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    problems: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({400, 401, 403, 422, 429, *statuses})
    }
    return {304: {"description": "You have it already (If-None-Match)."}, **problems}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error as it is answered."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Every error of the application leaves it as a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(ZgcwatchError, _named_error)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_exception_handler(Exception, _unexpected)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return problem(error.status, error.detail, error.headers)


async def _bad_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # The name of an unknown parameter is the sender's own text: it is not repeated.
    # So may be whatever stands deeper inside a body.
    known = {str(one["loc"][1]) for one in error.errors() if one["type"] != "extra_forbidden" and len(one["loc"]) > 1}
    unknown = any(one["type"] == "extra_forbidden" for one in error.errors())
    parts = [*(["a parameter that does not exist here"] if unknown else []), *sorted(known)]
    return problem(422, f"Not a valid request: see {', '.join(parts) or 'the parameters'} in /openapi.json.")


async def _named_error(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, CursorError):
        return problem(400, str(error))
    status = 503 if isinstance(error, DatabaseUnreachable) else 500
    return problem(status, DETAILS[500])


async def _of_the_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = DETAILS.get(error.status_code, f"{HTTPStatus(error.status_code).phrase}.")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods_of(request)):
        headers["Allow"] = ", ".join(methods)
    return problem(error.status_code, detail, headers)


def _methods_of(request: Request) -> list[str]:
    """Every method of the address: the framework knows only those of the route that it tried first."""
    documented: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    return sorted(
        method.upper()
        for template, item in documented.items()
        if compile_path(template)[0].match(request.url.path)
        for method in item
    )


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    del error
    return problem(500, DETAILS[500])
