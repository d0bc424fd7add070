"""Logging in and out: how often one may try, whether name and password fit, and the session that begins."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from anyio import CapacityLimiter, to_thread

from storage.database import Database, Session
from storage.logins import (
    MostAttempts,
    OpenSession,
    UserRow,
    close_session,
    forget_attempts,
    has_users,
    note_attempt,
    open_session,
    prune_sessions,
    session_of,
    set_password,
    touch_session,
    user_named,
)
from web.limits import place_of
from web.login.passwords import hash_password, is_outdated, opens
from web.login.settings import LoginSettings

WINDOW = timedelta(minutes=15)
MOST = MostAttempts(pair=5, address=20, name=50)  # within the window, before the next has to wait
TOUCH_EVERY = timedelta(minutes=5)  # how exactly the end by idleness is kept
HASHES_AT_A_TIME = 2  # each takes 64 MiB


class TooMany(Exception):  # noqa: N818 - it refuses a try, nothing is wrong
    """So many tries that the next has to wait for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Door:
    """Lets people in. Its methods that touch the database run in threads of their own."""

    def __init__(self, database: Database, settings: LoginSettings, *, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._lifetime = timedelta(hours=settings.session_hours)
        self._limiter: CapacityLimiter | None = None

    async def log_in(self, name: str, password: str, *, address: str, before: str | None) -> str | None:
        """The key of a new session, None where name and password do not fit. `before` is the key it replaces.

        Raises TooMany. A try is counted before the password is looked at, so that many at once gain nothing.
        """
        if self._limiter is None:
            self._limiter = CapacityLimiter(HASHES_AT_A_TIME)
        return await to_thread.run_sync(partial(self._log_in, name, password, address, before), limiter=self._limiter)

    def _log_in(self, name: str, password: str, address: str, before: str | None) -> str | None:
        now, address = self._clock(), place_of(address)
        with self._database.writer() as session:
            free_at = note_attempt(session, name, address, most=MOST, now=now, window=WINDOW)
        if free_at is not None:
            raise TooMany(math.ceil((free_at - now).total_seconds()))
        with self._database.reader() as session:
            found = user_named(session, name)
        user, kept = found or (None, None)
        if not opens(password, kept) or user is None or kept is None:
            return None
        again = hash_password(password) if is_outdated(kept) else None
        with self._database.writer() as session:
            return self._begin(session, user, address, before, again)

    def _begin(self, session: Session, user: UserRow, address: str, before: str | None, again: str | None) -> str:
        now = self._clock()
        forget_attempts(session, user.name, address)
        prune_sessions(session, now=now, idle=self._idle, lifetime=self._lifetime)
        if before is not None:
            close_session(session, before)
        if again is not None:
            set_password(session, user.name, again, end_sessions=False)
        return open_session(session, user.id, now=now)

    def who(self, session: Session, key: str) -> OpenSession | None:
        """Whose session a key opens."""
        return session_of(session, key, now=self._clock(), idle=self._idle, lifetime=self._lifetime)

    def named(self, session: Session, name: str) -> UserRow | None:
        """The user whom a trusted proxy names."""
        found = user_named(session, name)
        return found[0] if found else None

    def knows_anybody(self, session: Session) -> bool:
        return has_users(session)

    def is_stale(self, found: OpenSession) -> bool:
        """Whether the session's use has to be noted again."""
        return self._clock() - found.last_seen_at >= min(TOUCH_EVERY, self._idle / 2)

    def note_use(self, key: str) -> None:
        with self._database.writer() as session:
            touch_session(session, key, now=self._clock())

    def log_out(self, key: str) -> None:
        with self._database.writer() as session:
            close_session(session, key)
