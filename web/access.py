"""Who asks, and what that reader may see (docs/decisions/0011-who-may-read-the-api.md)."""

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from storage.tokens import SCOPES, Token, token_of
from web.archive import Archive
from web.limits import RateLimit, place_of
from web.problems import Refusal
from web.settings import WebSettings

IMPLIED: dict[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "fulltext": frozenset({"read", "fulltext"}),
    "admin": frozenset(SCOPES),
}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="zgcwatch"'}
LONGEST_KEY = 200
REMEMBERED = 1.0  # seconds that a token is not looked up again: so long may a revoked one go on
MOST_KNOWN = 1_000
MINT = "ask the operator for one (`zgcwatch token add`) and send it as `Authorization: Bearer …`"
bearer = HTTPBearer(auto_error=False, description="A token made by `zgcwatch token add`.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: `name` identifies the reader for limits and logs, `scopes` say what may be seen."""

    name: str
    scopes: frozenset[str]


class Access:
    """The door of the API."""

    def __init__(
        self,
        archive: Archive,
        settings: WebSettings,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._archive, self._settings, self._clock = archive, settings, clock
        self._monotonic = monotonic
        self._known: dict[bytes, tuple[Token, float]] = {}
        self._limit = RateLimit(per_minute=settings.rate_per_minute, burst=settings.burst, monotonic=monotonic)

    async def admit(self, request: Request, key: str | None) -> Reader:
        """The reader behind a request. Raises Refusal: 401 without a valid token where one is needed, 429 too often."""
        if key is None:
            return self._without_token(request)
        token = await self._token(key[:LONGEST_KEY])
        if token is None:
            self._count(_place(request), None)
            raise Refusal(401, f"The token is not valid (any more): {MINT}.", CHALLENGE)
        return self._with_token(token)

    async def _token(self, key: str) -> Token | None:
        """The valid token that a key opens. It is looked up once in REMEMBERED seconds, by its hash."""
        digest, now = hashlib.sha256(key.encode("utf-8", "replace")).digest(), self._clock()
        token, since = self._known.get(digest, (None, 0.0))
        if token is None or self._monotonic() - since >= REMEMBERED:
            self._known.pop(digest, None)
            token = await self._archive.read(lambda session: token_of(session, key, now=now))
            if token is not None and len(self._known) < MOST_KNOWN:
                self._known[digest] = token, self._monotonic()
        if token is None or (token.expires_at is not None and token.expires_at <= now):
            return None
        return token

    def _with_token(self, token: Token) -> Reader:
        name = f"token {token.id}"
        self._count(name, token.rate_per_minute)
        return Reader(name, frozenset[str]().union(*(IMPLIED[scope] for scope in token.scopes if scope in IMPLIED)))

    def _without_token(self, request: Request) -> Reader:
        name = _place(request)
        self._count(name, None)
        needed = self._settings.require_token
        if needed == "never" or (needed == "remote" and is_local(request)):
            return Reader(name, IMPLIED["read"])
        raise Refusal(401, f"A token is needed: {MINT}.", CHALLENGE)

    def _count(self, name: str, per_minute: int | None) -> None:
        seconds = self._limit.wait_for(name, per_minute=per_minute)
        if seconds:
            after = math.ceil(seconds)
            raise Refusal(429, f"Too many requests: ask again in {after} s.", {"Retry-After": str(after)})


def is_local(request: Request) -> bool:
    """Whether the request comes from this machine and is meant for it.

    The second half keeps out web pages in a local browser: one whose name was rebound to 127.0.0.1 still sends its own
    name as Host.
    """
    return _is_loopback(_peer(request)) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _place(request: Request) -> str:
    """What requests without a token are counted for."""
    return f"address {place_of(_peer(request))}"


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def _reader(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Reader:
    access: Access = request.app.state.access
    reader = await access.admit(request, credentials.credentials if credentials else None)
    if "read" not in reader.scopes:
        raise Refusal(403, "This token may not read articles: it has not the scope read.")
    return reader


Admitted = Annotated[Reader, Depends(_reader)]
