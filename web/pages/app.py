"""Puts the pages into the application."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from web.login.door import Door
from web.login.proxies import RememberPeer
from web.pages.desk import Desk, Tools
from web.pages.errors import add_page_errors
from web.pages.routes import (
    articles,
    deals,
    digests,
    entities,
    entrance,
    outlets,
    search,
    settings,
    stories,
    subscribers,
    subscription,
    watches,
)
from web.room import Room
from web.settings import WebSettings

ROOMS = (
    entrance,
    stories,
    articles,
    search,
    entities,
    deals,
    outlets,
    digests,
    subscribers,
    watches,
    settings,
    subscription,
)


def add_pages(
    app: FastAPI, room: Room, web: WebSettings, tools: Tools | None, *, clock: Callable[[], datetime]
) -> None:
    """Adds the pages to an application whose errors are handled already. `tools` are those of the rooms above."""
    door = Door(room.archive.database, web.login, clock=clock)
    app.state.desk = Desk(room, door, web, tools or Tools(), clock)
    for one in ROOMS:
        app.include_router(one.router)
    add_page_errors(app)
    # The outermost comes last: who really sent a request is noted before a proxy's word is taken.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(web.trusted_proxies))
    app.add_middleware(RememberPeer)
