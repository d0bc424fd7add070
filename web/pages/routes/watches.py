"""Watches: what is told to whom and when, and changing that; for operators."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from digest.readers import add_watch, drop_watch, edit_watch, try_watch, watch_states
from digest.settings import DigestSettings
from digest.watches import DEFAULT, Watch, WatchError, load_watch, parse_watch
from storage.database import Session
from storage.errors import ZgcwatchError
from storage.meaning.glance import entity_cards
from web.pages.answering import digest_settings, go_on, show
from web.pages.desk import Desk, DeskOf
from web.pages.forms import Form, read_form
from web.pages.shown import outlet_choices, view_of
from web.pages.visitor import Operating, Visitor
from web.parameters import WatchName

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()

HOME = "/watches"
LISTS = ("topics", "entities", "outlets", "must", "not", "channels")
TEXTS = ("title", "kind", "cutoff", "deliver_at", "timezone", "no_news")
HOURS = ("quiet_from", "quiet_until")
TICKS = ("paused", "open_to_all")
TRIED = timedelta(days=1)
MOST_MATCHES = 50
SUGGESTED = 200


@router.get("/watches")
async def watches_page(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    settings = digest_settings(desk)

    def every(session: Session) -> Mapping[str, Any]:
        return {"states": watch_states(session, settings)}

    return await show(request, desk, visitor, "watches", every)


@router.get("/watches/new")
async def new_page(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    digest_settings(desk)
    return await _form(request, desk, visitor, None, _values_of(Watch(name="new", title="new")) | {"title": ""})


@router.post("/watches")
async def add(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    form, name = await read_form(request, visitor), ""
    digest_settings(desk)
    try:
        name = form.one("name")
        watch = parse_watch({**_described(form), "name": name}, where="The watch")
        await desk.room.archive.write(lambda session: add_watch(session, watch, now=desk.clock()))
    except ZgcwatchError as error:
        return await _form(request, desk, visitor, None, {**_values(form), "name": name}, str(error))
    log.info("watch.added", watch=name, by=visitor.reader.name)
    return go_on(visitor, f"{HOME}/{name}")


@router.get("/watches/{name}")
async def edit_page(request: Request, desk: DeskOf, visitor: Operating, name: WatchName) -> Response:
    watch = await _watch(desk, name)
    return await _form(request, desk, visitor, watch, _values_of(watch))


@router.post("/watches/{name}")
async def edit(request: Request, desk: DeskOf, visitor: Operating, name: WatchName) -> Response:
    form, settings = await read_form(request, visitor), digest_settings(desk)
    watch = await _watch(desk, name)
    try:
        await desk.room.archive.write(lambda session: _edit(session, settings, name, _described(form), desk))
    except ZgcwatchError as error:
        return await _form(request, desk, visitor, watch, _values(form), str(error))
    log.info("watch.edited", watch=name, by=visitor.reader.name)
    return go_on(visitor, HOME)


def _edit(session: Session, settings: DigestSettings, name: str, changes: dict[str, Any], desk: Desk) -> None:
    edit_watch(session, settings, name, changes, now=desk.clock())


@router.post("/watches/{name}/remove")
async def remove(request: Request, desk: DeskOf, visitor: Operating, name: WatchName) -> Response:
    """Forgets a watch and who reads it; what was mailed stays."""
    await read_form(request, visitor)
    await _watch(desk, name)
    if name == DEFAULT:
        raise HTTPException(405)
    await desk.room.archive.write(lambda session: drop_watch(session, name))
    log.info("watch.removed", watch=name, by=visitor.reader.name)
    return go_on(visitor, HOME)


@router.get("/watches/{name}/matches")
async def matches_page(request: Request, desk: DeskOf, visitor: Operating, name: WatchName) -> Response:
    """What the watch would tell of the last day's articles."""
    watch = await _watch(desk, name)

    def tried(session: Session) -> Mapping[str, Any]:
        until = desk.clock()
        found = try_watch(session, watch, since=until - TRIED, until=until)
        view = view_of(session, visitor, desk.room.in_zone)
        rows = [
            {
                "match": one,
                "title": view.sight(one.outlet).title(one.title),
                "outlet_name": view.outlet_name(one.outlet),
            }
            for one in found[:MOST_MATCHES]
        ]
        return {"watch": watch, "rows": rows, "count": len(found)}

    return await show(request, desk, visitor, "matches", tried)


async def _watch(desk: Desk, name: str) -> Watch:
    settings = digest_settings(desk)
    try:
        return await desk.room.archive.read(lambda session: load_watch(session, settings, name))
    except WatchError:
        raise HTTPException(404) from None


def _described(form: Form) -> dict[str, Any]:
    """What the form says, as a file of watches would."""
    days = [word for word in form.one("days").replace(",", " ").split() if word]
    values: dict[str, Any] = {name: form.one(name) for name in TEXTS if form.one(name)}
    values |= {name: _lines(form.one(name)) for name in LISTS}
    values |= {name: form.one(name) or None for name in HOURS}
    values |= {name: bool(form.one(name)) for name in TICKS}
    values["days"] = days[0] if days in (["every"], ["business"]) else days or "every"
    if form.one("minimum_relevance"):
        values["minimum_relevance"] = form.one("minimum_relevance")
    return values


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _values(form: Form) -> dict[str, Any]:
    return {**dict.fromkeys((*LISTS, *TEXTS, *HOURS, *TICKS, "days", "minimum_relevance"), ""), **form.values}


def _values_of(watch: Watch) -> dict[str, Any]:
    """A watch as the fields of the form."""
    values = watch.model_dump(mode="json", by_alias=True)
    values |= {name: "\n".join(values[name]) for name in LISTS}
    values["days"] = watch.days if isinstance(watch.days, str) else " ".join(watch.days)
    values["minimum_relevance"] = f"{watch.minimum_relevance:g}" if watch.minimum_relevance else ""
    return {name: "" if value is None else value for name, value in values.items()}


async def _form(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    watch: Watch | None,
    values: Mapping[str, Any],
    said: str | None = None,
) -> Response:
    def ask(session: Session) -> Mapping[str, Any]:
        entities, _ = entity_cards(session, limit=SUGGESTED)
        outlets = outlet_choices(view_of(session, visitor, desk.room.in_zone))
        is_default = watch is not None and watch.name == DEFAULT
        known = {one.id: one.name for one in entities}
        shown = {"watch": watch, "values": values, "said": said, "is_default": is_default}
        return {**shown, "entities": known, "outlets": outlets}

    return await show(request, desk, visitor, "watch", ask, status=422 if said else 200)
