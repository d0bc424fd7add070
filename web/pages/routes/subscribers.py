"""Readers of the mails: who they are, what they get, and changing that; for operators."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from digest.readers import add_reader, edit_reader
from digest.settings import DigestSettings
from digest.watchfile import Reader
from storage.database import Session
from storage.errors import ZgcwatchError, explain_validation
from storage.subscribers import SubscriberRow, remove_subscriber, subscriber_by_id, subscribers, unsubscribe
from web.pages.answering import digest_settings, go_on, show, watch_titles
from web.pages.desk import Desk, DeskOf
from web.pages.forms import Form, read_form
from web.pages.visitor import Operating, Visitor
from web.parameters import ArticleId

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()

HOME = "/subscribers"
PROFILE = ("name", "language", "zone", "format")


@router.get("/subscribers")
async def subscribers_page(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    def every(session: Session) -> Mapping[str, Any]:
        return {
            "rows": subscribers(session),
            "titles": watch_titles(session, desk),
            "can_add": desk.tools.digest is not None,
        }

    return await show(request, desk, visitor, "subscribers", every)


@router.get("/subscribers/new")
async def new_page(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    digest_settings(desk)
    blank = {"language": "ko", "format": "html", "excerpts": "1", "watches": ["default"]}
    return await _form(request, desk, visitor, None, blank)


@router.post("/subscribers")
async def add(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    """Adds a reader, in force at once: the operator answers for the reader's consent."""
    form, settings = await read_form(request, visitor), digest_settings(desk)
    try:
        reader = _reader(form, form.one("address"))
        await desk.room.archive.write(lambda session: _add(session, settings, reader, desk))
    except ZgcwatchError as error:
        return await _form(request, desk, visitor, None, _values(form), str(error))
    log.info("subscriber.added", by=visitor.reader.name)
    return go_on(visitor, HOME)


def _add(session: Session, settings: DigestSettings, reader: Reader, desk: Desk) -> None:
    add_reader(session, settings, reader, now=desk.clock())


@router.get("/subscribers/{subscriber_id}")
async def edit_page(request: Request, desk: DeskOf, visitor: Operating, subscriber_id: ArticleId) -> Response:
    digest_settings(desk)
    row = await desk.room.archive.read(lambda session: _known(session, subscriber_id))
    values = {name: getattr(row.profile, name) or "" for name in PROFILE}
    excerpts = "1" if row.profile.excerpts else ""
    known = {**values, "address": row.address, "excerpts": excerpts, "watches": list(row.watches)}
    return await _form(request, desk, visitor, row, known)


@router.post("/subscribers/{subscriber_id}")
async def edit(request: Request, desk: DeskOf, visitor: Operating, subscriber_id: ArticleId) -> Response:
    """Changes what a reader gets, and how."""
    form, settings = await read_form(request, visitor), digest_settings(desk)
    row = await desk.room.archive.read(lambda session: _known(session, subscriber_id))
    try:
        reader = _reader(form, row.address)
        await desk.room.archive.write(lambda session: _edit(session, settings, reader, desk))
    except ZgcwatchError as error:
        return await _form(request, desk, visitor, row, {**_values(form), "address": row.address}, str(error))
    log.info("subscriber.edited", subscriber=subscriber_id, by=visitor.reader.name)
    return go_on(visitor, HOME)


def _edit(session: Session, settings: DigestSettings, reader: Reader, desk: Desk) -> None:
    edit_reader(session, settings, reader, now=desk.clock())


@router.post("/subscribers/{subscriber_id}/remove")
async def remove(request: Request, desk: DeskOf, visitor: Operating, subscriber_id: ArticleId) -> Response:
    """Mails a reader no more; with `forget` the reader is erased, too, and with that, that the reader left."""
    form = await read_form(request, visitor)

    def leave(session: Session) -> None:
        row = _known(session, subscriber_id)
        if form.one("forget"):
            remove_subscriber(session, row, now=desk.clock())
        else:
            unsubscribe(session, row, row.watches, now=desk.clock())

    await desk.room.archive.write(leave)
    log.info("subscriber.removed", subscriber=subscriber_id, by=visitor.reader.name)
    return go_on(visitor, HOME)


def _known(session: Session, subscriber_id: int) -> SubscriberRow:
    row = subscriber_by_id(session, subscriber_id)
    if row is None:
        raise HTTPException(404)
    return row


def _reader(form: Form, address: str) -> Reader:
    values = {name: form.one(name) for name in PROFILE if form.one(name)}
    try:
        return Reader.model_validate(
            {**values, "address": address, "excerpts": bool(form.one("excerpts")), "watches": form.every("watches")}
        )
    except ValidationError as error:
        raise ZgcwatchError(explain_validation(error, Reader)) from error


def _values(form: Form) -> dict[str, Any]:
    return {"address": "", "name": "", "zone": "", "excerpts": "", **form.values, "watches": form.every("watches")}


async def _form(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    row: SubscriberRow | None,
    values: Mapping[str, Any],
    said: str | None = None,
) -> Response:
    blank = {"address": "", "name": "", "zone": "", "language": "ko", "format": "html", "excerpts": "", "watches": []}

    def ask(session: Session) -> Mapping[str, Any]:
        return {"row": row, "values": {**blank, **values}, "said": said, "titles": watch_titles(session, desk)}

    return await show(request, desk, visitor, "subscriber", ask, status=422 if said else 200)
