"""Where readers come and leave by themselves. These pages are for everybody who has the link; a GET changes nothing."""

import math
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from digest.links import Purpose, subscriber_of_token
from digest.settings import DigestSettings
from digest.watches import Watch, load_watches
from digest.watchfile import Reader
from storage.database import Session
from storage.subscribers import SubscriberRow, ask_to_confirm, confirm, unsubscribe
from web.pages.answering import show
from web.pages.desk import Desk, DeskOf
from web.pages.forms import MOST_BYTES, Form, read_form
from web.pages.visitor import Anyone, Visitor
from web.problems import Refusal

router = APIRouter(include_in_schema=False)


@router.get("/unsubscribe/{token}")
async def ask_to_leave(request: Request, desk: DeskOf, visitor: Anyone, token: str) -> Response:
    """The page with the button; mail programs and their scanners may open it as often as they like."""
    return await _page(request, desk, visitor, "unsubscribe", token, "ask")


@router.post("/unsubscribe/{token}")
async def leave(request: Request, desk: DeskOf, visitor: Anyone, token: str) -> Response:
    """One click, from a mail program (RFC 8058) or from our page. The link is the proof: no cookie is asked for."""
    body = await _small_body(request)
    is_from_all = b"all=1" in body.split(b"&")

    def task(session: Session) -> None:
        subscriber, watch = _of(session, "unsubscribe", token)
        watches = subscriber.watches if is_from_all else (watch,)
        unsubscribe(session, subscriber, watches, now=desk.clock())

    await desk.room.archive.write(task)
    return await _page(request, desk, visitor, "unsubscribe", token, "done")


@router.get("/confirm/{token}")
async def ask_to_confirm_it(request: Request, desk: DeskOf, visitor: Anyone, token: str) -> Response:
    """The page with the button."""
    return await _page(request, desk, visitor, "confirm", token, "ask")


@router.post("/confirm/{token}")
async def confirm_it(request: Request, desk: DeskOf, visitor: Anyone, token: str) -> Response:
    """The reader gets the watch from now on."""
    await _small_body(request)
    done = []

    def task(session: Session) -> None:
        subscriber, watch = _of(session, "confirm", token)
        done.append(confirm(session, subscriber, watch, now=desk.clock()))

    await desk.room.archive.write(task)
    return await _page(request, desk, visitor, "confirm", token, "done" if all(done) else "over")


@router.get("/subscribe")
async def ask_for_address(request: Request, desk: DeskOf, visitor: Anyone) -> Response:
    """The form, where the operator lets people sign up by themselves."""
    return await _sign_up_page(request, desk, visitor)


@router.post("/subscribe")
async def sign_up(request: Request, desk: DeskOf, visitor: Anyone) -> Response:
    """Notes the wish. What is answered is the same whoever it is about, so nobody learns who is a reader here."""
    settings = _open_settings(desk)
    form = await read_form(request, visitor)
    wanted = _reader(form)
    if wanted is None:
        return await _sign_up_page(request, desk, visitor, form=form, said="subscription.bad_address", status=400)
    _count(request, desk)

    def task(session: Session) -> None:
        (watch,) = wanted.watches
        if watch not in {one.name for one in _open_watches(session, settings)}:
            raise HTTPException(404)
        if not form.one("website"):  # people do not see this field
            ask_to_confirm(session, wanted.address, wanted.profile, watch, now=desk.clock())

    await desk.room.archive.write(task)
    return await _sign_up_page(request, desk, visitor, said="subscription.mail_is_coming", is_done=True)


def _reader(form: Form) -> Reader | None:
    values: dict[str, Any] = {name: form.one(name) for name in ("address", "name", "language", "format")}
    try:
        return Reader.model_validate({**values, "watches": (form.one("watch"),)})
    except ValidationError:
        return None


async def _page(request: Request, desk: Desk, visitor: Visitor, purpose: Purpose, token: str, step: str) -> Response:
    settings = desk.tools.digest or DigestSettings()

    def ask(session: Session) -> dict[str, Any]:
        subscriber, watch = _of(session, purpose, token)
        titles = {one.name: one.title for one in load_watches(session, settings)}
        others = [titles.get(name, name) for name in subscriber.watches if name != watch]
        return {"purpose": purpose, "step": step, "watch": titles.get(watch, watch), "others": others}

    # Nobody is told who the reader is, and the page speaks the language of the mail it was opened from.
    language = await desk.room.archive.read(lambda session: _of(session, purpose, token)[0].profile.language)
    return await show(request, desk, replace(visitor, language=language), "subscription", ask)


async def _sign_up_page(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    *,
    form: Form | None = None,
    said: str | None = None,
    is_done: bool = False,
    status: int = 200,
) -> Response:
    settings = _open_settings(desk)

    def ask(session: Session) -> dict[str, Any]:
        watches = _open_watches(session, settings)
        if not watches:
            raise HTTPException(404)
        return {"watches": watches, "said": said, "is_done": is_done, "given": form.values if form else {}}

    return await show(request, desk, visitor, "subscribe", ask, status=status)


def _open_settings(desk: Desk) -> DigestSettings:
    settings = desk.tools.digest
    if settings is None or not settings.sign_up:
        raise HTTPException(404)
    return settings


def _open_watches(session: Session, settings: DigestSettings) -> list[Watch]:
    return [watch for watch in load_watches(session, settings) if watch.open_to_all and not watch.paused]


def _of(session: Session, purpose: Purpose, token: str) -> tuple[SubscriberRow, str]:
    found = subscriber_of_token(session, purpose, token)
    if found is None:
        raise HTTPException(404)
    return found


def _count(request: Request, desk: Desk) -> None:
    seconds = desk.sign_ups.wait_for(request.client.host if request.client else "")
    if seconds:
        raise Refusal(429, "Too many sign-ups: try again in a minute.", {"Retry-After": str(math.ceil(seconds))})


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    return body
