"""Who looks at a page: the person, the key of the visitor's forms, and the language and colours asked for."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, get_args

from fastapi import Depends, Request, Response

from storage.logins import UserRow
from web.access import IMPLIED, Reader, is_local
from web.login.door import Door
from web.login.proxies import named_by_proxy
from web.login.tokens import form_token, new_key
from web.pages.desk import Desk, DeskOf

Language = Literal["ko", "en"]
Theme = Literal["auto", "light", "dark"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
THEMES: tuple[Theme, ...] = get_args(Theme)
SESSION, FORM, LANGUAGE, THEME = "zgcwatch", "zgcwatch-form", "zgcwatch-language", "zgcwatch-theme"
_KEY = re.compile(r"[A-Za-z0-9_-]{20,100}")
_TAGS = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([0-9.]+))?")


class LoginNeeded(Exception):  # noqa: N818 - it sends the visitor to the login, nothing is wrong
    """The page is for people who are logged in."""


class NotAllowed(Exception):  # noqa: N818 - it refuses, nothing is wrong
    """The page is for operators."""


@dataclass(frozen=True)
class Visitor:
    """The visitor of one request. `key` is the secret of the cookie that forms belong to: the session's, if any."""

    user: UserRow | None
    key: str
    language: Language
    theme: Theme
    secure: bool
    is_new: bool = False  # the key is not in a cookie yet
    by_proxy: bool = False

    @property
    def is_operator(self) -> bool:
        return self.user is not None and self.user.role == "operator"

    @cached_property
    def token(self) -> str:
        """The token of the forms on this page."""
        return form_token(self.key)

    @property
    def reader(self) -> Reader:
        """The same person as a reader of articles: somebody the operator let in sees what a licence allows."""
        return Reader(f"user {self.user.name}" if self.user else "", IMPLIED["fulltext"])


def cookie_name(name: str, *, secure: bool) -> str:
    """Over HTTPS the name forbids every other host to set it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def keep(response: Response, name: str, value: str, *, secure: bool, seconds: int | None = None) -> None:
    """Set a cookie that no script reads and no other site sends along with a form."""
    response.set_cookie(
        cookie_name(name, secure=secure), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )


def drop(response: Response, name: str, *, secure: bool) -> None:
    response.delete_cookie(cookie_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def may_log_in(request: Request, desk: Desk) -> bool:
    """Whether a password may be sent to us on this way: over HTTPS, or on this machine, or the operator said so."""
    return request.url.scheme == "https" or is_local(request) or desk.settings.login.plain_http


async def visitor_of(request: Request, desk: Desk) -> Visitor:
    """The visitor behind a request; a session that is over is none."""
    secure = request.url.scheme == "https"
    key = _key(request, SESSION, secure=secure)
    named = named_by_proxy(request, desk.settings.login.user_header, desk.settings.trusted_proxies)
    user = await _user(desk, key, named)
    is_session = user is not None and named is None
    form = key if is_session else _key(request, FORM, secure=secure)
    return Visitor(
        user=user,
        key=form or new_key(),
        language=_language(request),
        theme=_theme(request),
        secure=secure,
        is_new=form is None,
        by_proxy=named is not None,
    )


def _key(request: Request, name: str, *, secure: bool) -> str | None:
    value = request.cookies.get(cookie_name(name, secure=secure), "")
    return value if _KEY.fullmatch(value) else None


async def _user(desk: Desk, key: str | None, named: str | None) -> UserRow | None:
    door: Door = desk.door
    if named is not None:
        return await desk.room.archive.read(lambda session: door.named(session, named))
    if key is None:
        return None
    found = await desk.room.archive.read(lambda session: door.who(session, key))
    if found is None:
        return None
    if door.is_stale(found):
        await desk.room.archive.work(lambda: door.note_use(key))
    return found.user


def _language(request: Request) -> Language:
    chosen = request.cookies.get(LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    wanted = [
        (-_quality(quality), place, tag.lower())
        for place, (tag, quality) in enumerate(_TAGS.findall(request.headers.get("accept-language", "")[:200]))
    ]
    return next((language for *_, tag in sorted(wanted) for language in LANGUAGES if language == tag), "ko")


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def _theme(request: Request) -> Theme:
    chosen = request.cookies.get(THEME)
    return next((theme for theme in THEMES if theme == chosen), "auto")


async def _anyone(request: Request, desk: DeskOf) -> Visitor:
    return await visitor_of(request, desk)


async def _reading(visitor: Annotated[Visitor, Depends(_anyone)]) -> Visitor:
    if visitor.user is None:
        raise LoginNeeded
    return visitor


async def _operating(visitor: Annotated[Visitor, Depends(_reading)]) -> Visitor:
    if not visitor.is_operator:
        raise NotAllowed
    return visitor


Anyone = Annotated[Visitor, Depends(_anyone)]
Reading = Annotated[Visitor, Depends(_reading)]
Operating = Annotated[Visitor, Depends(_operating)]
