from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import cursor
from storage.errors import CursorError

NUMBERS = st.integers(-(2**62), 2**62)


@given(NUMBERS | st.floats(-1e15, 1e15), NUMBERS)
def test_what_goes_in_comes_out(key, row_id):
    made = cursor.encode("list", key, row_id)
    assert cursor.decode("list", made) == (key, row_id)
    assert made.isascii()
    assert not set("+/=& ") & set(made)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_anything_else_is_one_error(text):
    with pytest.raises(CursorError):
        cursor.decode("list", text)


@pytest.mark.parametrize(
    "parts", [("list",), ("list", 1, 2, 3), ("list", 1.0, 2.5), ("list", 2**70, 1), ("list", 1, 2**70)]
)
def test_parts_that_do_not_fit_are_refused(parts):
    with pytest.raises(CursorError):
        cursor.decode("list", cursor.encode(*parts))


@pytest.mark.parametrize(
    "packed", ["[]", "{}", "null", '["list",true,1]', '["list",1,"x"]', '["list",NaN,1]', "[" * 999]
)
def test_json_of_another_shape_is_refused(packed):
    import base64

    with pytest.raises(CursorError):
        cursor.decode("list", base64.urlsafe_b64encode(packed.encode()).decode().rstrip("="))


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(CursorError):
        cursor.decode("list", cursor.encode("other", 1, 2))


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_times_survive_as_microseconds(naive):
    given_time = naive.replace(tzinfo=UTC)
    assert cursor.moment(cursor.microseconds(given_time)) == given_time


def test_a_time_outside_the_calendar_is_refused():
    with pytest.raises(CursorError):
        cursor.moment(2.0**62)
