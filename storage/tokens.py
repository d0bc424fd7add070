"""Keys to the API: made from 256 random bits, shown once, kept as a SHA-256. A slow hash would protect nothing here:
nobody can guess 256 bits, and every request would pay for it.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from storage.errors import ZgcwatchError
from storage.models.access import ApiToken
from storage.models.base import table_of

Scope = Literal["read", "fulltext", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MARK = "zgc_"  # lets scanners of leaked secrets, and people, see what it is
PREFIX_LENGTH = 12
_BYTES = 32
_token = table_of(ApiToken).c
# Columns, not an object of the session: every request with a token asks for it.
_BY_DIGEST = select(
    _token.id,
    _token.name,
    _token.prefix,
    _token.scopes,
    _token.rate_per_minute,
    _token.created_at,
    _token.expires_at,
    _token.revoked_at,
).where(_token.digest == bindparam("digest"), _token.revoked_at.is_(None))


class TokenError(ZgcwatchError):
    """A token cannot be made or found; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be shown. `rate_per_minute` None: the setting's."""

    id: int
    name: str
    prefix: str
    scopes: frozenset[str]
    rate_per_minute: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def add_token(
    session: Session,
    name: str,
    scopes: Collection[Scope],
    *,
    now: datetime,
    expires_at: datetime | None = None,
    rate_per_minute: int | None = None,
) -> tuple[Token, str]:
    """Make a token; gives it and its key, which cannot be had again. Raises TokenError where the name is in use."""
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name, ApiToken.revoked_at.is_(None))):
        raise TokenError(f"A token named {name} exists: choose another name, or revoke that one first.")
    key = MARK + secrets.token_urlsafe(_BYTES)
    row = ApiToken(
        name=name,
        prefix=key[:PREFIX_LENGTH],
        digest=_digest(key),
        scopes=[scope for scope in SCOPES if scope in scopes],
        rate_per_minute=rate_per_minute,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return _shown(row), key


def token_of(session: Session, key: str, *, now: datetime) -> Token | None:
    """The token that this key opens, None where it is unknown, revoked or expired.

    It is found by its hash in an index, so how long that takes says nothing about the key.
    """
    row = session.execute(_BY_DIGEST, {"digest": _digest(key)}).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Token(**{**row._mapping, "scopes": frozenset(row.scopes)})  # noqa: SLF001 - SQLAlchemy's public name


def revoke_token(session: Session, which: str, *, now: datetime) -> Token:
    """Close a token, named by its name or its prefix. Raises TokenError where no open one is called so."""
    rows = session.scalars(
        select(ApiToken).where(or_(ApiToken.name == which, ApiToken.prefix == which), ApiToken.revoked_at.is_(None))
    ).all()
    if not rows:
        raise TokenError(f"No open token is called {which}: `zgcwatch token list` shows them.")
    for row in rows:
        row.revoked_at = now
    session.flush()
    return _shown(rows[0])


def tokens(session: Session) -> list[Token]:
    """Every token there ever was and that retention has left, oldest first."""
    return [_shown(row) for row in session.scalars(select(ApiToken).order_by(ApiToken.id))]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def _shown(row: ApiToken) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(row.scopes),
        rate_per_minute=row.rate_per_minute,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
