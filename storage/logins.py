"""Who may look at the pages: users, their open sessions, and tries to log in.

A session's key is 256 random bits; only its SHA-256 is kept, for the reason told in `storage.tokens`. Passwords come
here hashed already.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.errors import ZgcwatchError
from storage.models.logins import LoginAttempt, User, WebSession

Role = Literal["reader", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)
LONGEST_NAME = 64
LONGEST_ADDRESS = 64
_NAME = re.compile(r"[a-z0-9가-힣][a-z0-9가-힣._@+-]{0,63}")
_KEY_BYTES = 32


class UserError(ZgcwatchError):
    """A user cannot be made or found; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as it may be shown. Without `has_password` only a trusted proxy can log the person in."""

    id: int
    name: str
    role: Role
    has_password: bool
    created_at: datetime
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session in force, and when it was last noted as used."""

    user: UserRow
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class MostAttempts:
    """How many tries may be open: of one name from one address, from one address, of one name from anywhere."""

    pair: int
    address: int
    name: int


def login_name(text: str) -> str:
    """A name as it is kept and compared: without outer spaces, in small letters."""
    return text.strip().lower()


def add_user(session: Session, name: str, role: Role, *, password: str | None, now: datetime) -> UserRow:
    """Make a user with a hashed password (None: only by a trusted proxy). Raises UserError: odd name, or in use."""
    name = login_name(name)
    if not _NAME.fullmatch(name):
        raise UserError(
            "A user's name has letters, digits and . _ @ + - only, begins with a letter or digit, and is not longer "
            f"than {LONGEST_NAME} characters: choose another one."
        )
    if session.scalar(select(User.id).where(User.name == name)):
        raise UserError(f"A user named {name} exists: choose another name, or `zgcwatch user passwd {name}`.")
    row = User(name=name, role=role, password=password, created_at=now)
    session.add(row)
    session.flush()
    return _shown(row)


def set_password(session: Session, name: str, password: str, *, end_sessions: bool = True) -> UserRow:
    """Give a user another hashed password and, unless told otherwise, end all their sessions. Raises UserError."""
    row = _named(session, name)
    row.password = password
    if end_sessions:
        session.execute(delete(WebSession).where(WebSession.user_id == row.id))
    session.flush()
    return _shown(row)


def remove_user(session: Session, name: str) -> UserRow:
    """Take a user away, with all their sessions. Raises UserError where there is none of this name."""
    row = _named(session, name)
    shown = _shown(row)
    session.execute(delete(WebSession).where(WebSession.user_id == row.id))
    session.delete(row)
    session.flush()
    return shown


def users(session: Session) -> list[UserRow]:
    """Every user, by name."""
    return [_shown(row) for row in session.scalars(select(User).order_by(User.name))]


def has_users(session: Session) -> bool:
    """Whether anybody could log in."""
    return session.scalar(select(User.id).limit(1)) is not None


def user_named(session: Session, name: str) -> tuple[UserRow, str | None] | None:
    """A user and the hash of the password; None where there is none of this name."""
    row = session.scalar(select(User).where(User.name == login_name(name)[:LONGEST_NAME]))
    return (_shown(row), row.password) if row else None


def open_session(session: Session, user_id: int, *, now: datetime) -> str:
    """A new session of a user; gives its key, which cannot be had again."""
    key = secrets.token_urlsafe(_KEY_BYTES)
    session.add(WebSession(digest=_digest(key), user_id=user_id, created_at=now, last_seen_at=now))
    session.execute(update(User).where(User.id == user_id).values(last_login_at=now))
    session.flush()
    return key


def session_of(
    session: Session, key: str, *, now: datetime, idle: timedelta, lifetime: timedelta
) -> OpenSession | None:
    """The session this key opens; None where there is none, or it was unused for `idle` or is older than `lifetime`."""
    found = session.execute(
        select(User, WebSession.last_seen_at)
        .join(WebSession, WebSession.user_id == User.id)
        .where(
            WebSession.digest == _digest(key),
            WebSession.created_at > now - lifetime,
            WebSession.last_seen_at > now - idle,
        )
    ).one_or_none()
    return OpenSession(_shown(found[0]), found[1]) if found else None


def touch_session(session: Session, key: str, *, now: datetime) -> None:
    """Note that a session is in use."""
    session.execute(update(WebSession).where(WebSession.digest == _digest(key)).values(last_seen_at=now))


def close_session(session: Session, key: str) -> None:
    """End a session; nothing happens where there is none."""
    session.execute(delete(WebSession).where(WebSession.digest == _digest(key)))


def prune_sessions(session: Session, *, now: datetime, idle: timedelta, lifetime: timedelta) -> None:
    """Forget sessions that are over."""
    for over in (WebSession.created_at <= now - lifetime, WebSession.last_seen_at <= now - idle):
        session.execute(delete(WebSession).where(over))


def note_attempt(
    session: Session, name: str, address: str, *, most: MostAttempts, now: datetime, window: timedelta
) -> datetime | None:
    """Count a try to log in before it is made; or, where too many are open in the `window`, when the next may be."""
    name, address = login_name(name)[:LONGEST_NAME], address[:LONGEST_ADDRESS]
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= now - window))
    of_name, of_address = LoginAttempt.name == name, LoginAttempt.address == address
    limits = ((most.pair, (of_name, of_address)), (most.address, (of_address,)), (most.name, (of_name,)))
    for limit, conditions in limits:
        newest = select(LoginAttempt.at).where(*conditions).order_by(LoginAttempt.at.desc()).limit(limit)
        open_ones = session.scalars(newest).all()
        if len(open_ones) == limit:
            return open_ones[-1] + window
    session.add(LoginAttempt(name=name, address=address, at=now))
    session.flush()
    return None


def forget_attempts(session: Session, name: str, address: str) -> None:
    """A login succeeded: what this person mistyped here before counts no more."""
    name, address = login_name(name)[:LONGEST_NAME], address[:LONGEST_ADDRESS]
    session.execute(delete(LoginAttempt).where(LoginAttempt.name == name, LoginAttempt.address == address))


def _named(session: Session, name: str) -> User:
    row = session.scalar(select(User).where(User.name == login_name(name)))
    if row is None:
        raise UserError(f"There is no user named {login_name(name)}: `zgcwatch user list` shows them.")
    return row


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def _shown(row: User) -> UserRow:
    role: Role = "operator" if row.role == "operator" else "reader"
    return UserRow(row.id, row.name, role, row.password is not None, row.created_at, row.last_login_at)
