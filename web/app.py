"""The archive over HTTP: the API and the pages.

Who may read the API is decided in access.py, what of an article is seen in licence.py; pages are in pages/.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from storage.database import Database
from storage.position import last_seq
from storage.readiness import Readiness
from web.access import Access
from web.archive import Archive
from web.headers import SecurityHeaders
from web.pages.app import add_pages
from web.pages.desk import Tools
from web.problems import Problem, add_handlers
from web.room import Room
from web.routes import (
    articles,
    changes,
    deals,
    entities,
    feeds,
    health,
    issues,
    outlets,
    ready,
    schemas,
    search,
    stories,
    subscribers,
    trends,
    watches,
)
from web.settings import WebSettings
from web.waiting import FeedWatch

ROUTERS = (
    articles.router,
    search.router,
    changes.router,
    stories.router,
    entities.router,
    deals.router,
    trends.router,
    outlets.router,
    schemas.router,
    watches.router,
    subscribers.router,
    feeds.router,
)
DESCRIPTION = """\
Every list has a page size (`limit`, at most 200) and a cursor (`next` of one page is `after` of the following).
Times are ISO 8601 in Korean time with their offset. Answers carry an `ETag`; errors are `application/problem+json`.
"""


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Database,
    *,
    version: str,
    in_zone: Callable[[datetime], datetime],
    settings: WebSettings | None = None,
    clock: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    expand: Callable[[str], tuple[str, ...]] | None = None,
    tools: Tools | None = None,
    readiness: Readiness | None = None,
) -> FastAPI:
    """The application over one archive. `in_zone` turns a stored UTC time into the zone that readers see.

    `clock` tells when a token has expired, `monotonic` (seconds) how fast a reader asks. `expand` gives the other names
    of a company, which a search finds, too; `tools` are what pages may ask of the rooms above this one,
    `readiness` is shared with the process's other doors.
    """
    settings = settings or WebSettings()
    app = FastAPI(
        title="zgcwatch",
        version=version,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    archive = Archive(database, threads=settings.threads)
    feed = FeedWatch(lambda: archive.read(last_seq))
    room = app.state.room = Room(archive, in_zone, feed, version, expand)
    app.state.readiness = readiness or Readiness(database, clock)
    app.state.access = Access(archive, settings, clock=clock, monotonic=monotonic)
    add_handlers(app)
    app.add_middleware(SecurityHeaders)
    app.include_router(health.router)
    app.include_router(ready.router)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    for public in (issues.router, feeds.for_readers):  # the address itself is the key
        app.include_router(public)
    add_pages(app, room, settings, tools, clock=clock)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; problems, which every route may answer with, are described once."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema
