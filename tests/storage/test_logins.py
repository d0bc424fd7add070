"""Users, sessions and counted tries, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.logins import (
    MostAttempts,
    UserError,
    add_user,
    close_session,
    forget_attempts,
    has_users,
    note_attempt,
    open_session,
    prune_sessions,
    remove_user,
    session_of,
    set_password,
    touch_session,
    user_named,
    users,
)
from storage.models.logins import LoginAttempt, WebSession
from tests.web.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIT = {"idle": HOUR, "lifetime": DAY}


def add(database, name="op", role="operator", password="$argon2id$hash"):
    with database.writer() as session:
        return add_user(session, name, role, password=password, now=NOON)


def test_a_user_is_added_once_and_found_in_any_case(database):
    with database.reader() as session:
        assert not has_users(session)
    made = add(database, "  Min.Ji ")
    assert (made.name, made.role, made.has_password, made.last_login_at) == ("min.ji", "operator", True, None)
    with pytest.raises(UserError, match=r"zgcwatch user passwd min\.ji"):
        add(database, "MIN.JI")
    with database.reader() as session:
        assert user_named(session, "Min.Ji") == (made, "$argon2id$hash")
        assert user_named(session, "nobody") is None
        assert has_users(session)
        assert users(session) == [made]


@pytest.mark.parametrize("name", ["", " ", "a b", "a\x00", "-a", "<b>", "a" * 65, "a/b", "a\nb"])
def test_odd_names_are_refused(sqlite_database, name):
    with pytest.raises(UserError, match="choose another one"):
        add(sqlite_database, name)


def test_a_session_is_over_by_idleness_or_age(database):
    user = add(database)
    with database.writer() as session:
        key = open_session(session, user.id, now=NOON)

    def is_open(after):
        with database.reader() as session:
            return session_of(session, key, now=NOON + after, **FIT) is not None

    assert is_open(HOUR - timedelta(seconds=1))
    assert not is_open(HOUR)
    for hours in range(1, 30):
        with database.writer() as session:
            touch_session(session, key, now=NOON + timedelta(minutes=50) * hours)
    assert is_open(DAY - timedelta(seconds=1))
    assert not is_open(DAY)
    with database.reader() as session:
        assert session_of(session, key[:-1], now=NOON, **FIT) is None
        assert users(session)[0].last_login_at == NOON


def test_sessions_end_with_the_password_and_with_the_user(database):
    user = add(database)
    with database.writer() as session:
        key = open_session(session, user.id, now=NOON)
        set_password(session, "op", "other", end_sessions=False)
        assert session_of(session, key, now=NOON, **FIT)
        set_password(session, "op", "other")
        assert session_of(session, key, now=NOON, **FIT) is None
        key = open_session(session, user.id, now=NOON)
        close_session(session, key)
        assert session_of(session, key, now=NOON, **FIT) is None
        key = open_session(session, user.id, now=NOON)
        remove_user(session, "OP")
        assert session_of(session, key, now=NOON, **FIT) is None
        for verb in (lambda: remove_user(session, "op"), lambda: set_password(session, "op", "x")):
            with pytest.raises(UserError, match="zgcwatch user list"):
                verb()


def test_sessions_that_are_over_are_forgotten(database):
    user = add(database)
    with database.writer() as session:
        for hours in (0, 2, 30):
            open_session(session, user.id, now=NOON + timedelta(hours=hours))
        prune_sessions(session, now=NOON + timedelta(hours=30, minutes=30), **FIT)
        assert [row.created_at for row in session.scalars(select(WebSession))] == [NOON + timedelta(hours=30)]


def test_tries_are_counted_by_name_and_by_address(database):
    most, window = MostAttempts(pair=2, address=4, name=5), timedelta(minutes=15)

    def attempt(name, address, minutes=0):
        with database.writer() as session:
            now = NOON + timedelta(minutes=minutes)
            free_at = note_attempt(session, name, address, most=most, now=now, window=window)
            return free_at and free_at - NOON

    assert [attempt("op", "a", minute) for minute in (0, 1)] == [None, None]
    # The third waits until the first is out of the window.
    assert attempt("OP ", "a", 2) == window
    assert attempt("op", "b", 2) is None
    assert [attempt(name, "a", 3) for name in ("x", "y", "z")] == [None, None, window]
    assert [attempt("op", address, 4) for address in ("c", "d", "e")] == [None, None, window]
    assert attempt("op", "a", 15) is None
    with database.writer() as session:
        forget_attempts(session, "op", "a")
        left = session.scalars(select(LoginAttempt.address).where(LoginAttempt.name == "op")).all()
    assert set(left) == {"b", "c", "d"}
    # Absurdly long ones are cut, never refused by the database.
    assert attempt("x" * 10_000, "y" * 10_000, 16) is None
