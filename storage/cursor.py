"""Opaque keyset cursors: where the next page begins, as a text that fits into a URL."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storage.errors import CursorError
from storage.models.base import BigId, UtcDateTime

_Column = ColumnElement[Any] | InstrumentedAttribute[Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 200
_PLAIN = re.compile(r"[a-z0-9-]{1,60}\Z")
_FOREIGN = "The cursor is not one of this list: take the `next` of the page before, or leave it out."


def encode(kind: str, *parts: float | str) -> str:
    """A cursor of one kind of list; `decode` with the same kind gives the parts back."""
    packed = json.dumps([kind, *parts], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(kind: str, cursor: str) -> tuple[float, int]:
    """The sort key and the id a cursor stands for. Raises CursorError for anything `encode` did not make."""
    match _unpacked(cursor):
        case [name, int() | float() as key, int() as row_id] if name == kind and _fits(key) and _fits(row_id):
            return key, row_id
    raise CursorError(_FOREIGN)


def decode_text(kind: str, cursor: str) -> tuple[float, str]:
    """The same where ids are texts."""
    match _unpacked(cursor):
        case [name, int() | float() as key, str() as row_id] if name == kind and _fits(key) and _PLAIN.match(row_id):
            return key, row_id
    raise CursorError(_FOREIGN)


def _unpacked(cursor: str) -> Any:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)) if len(cursor) <= _LONGEST else None
    except (binascii.Error, ValueError, RecursionError):
        return None


def _fits(number: float) -> bool:
    return not isinstance(number, bool) and abs(number) < 1 << 63


def microseconds(moment: datetime) -> int:
    """A time as whole microseconds since 1970 UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds_since_1970: float) -> datetime:
    """The inverse of `microseconds`. Raises CursorError outside the years a datetime knows."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds_since_1970)
    except OverflowError:
        raise CursorError("The cursor points outside the calendar: start again without it.") from None


def older_than(kind: str, cursor: str, seen: _Column, row_id: _Column) -> ColumnElement[bool]:
    """The condition that a row comes after the cursor in newest-first order. Raises CursorError as `decode` does."""
    key, last_id = decode(kind, cursor)
    return tuple_(seen, row_id) < tuple_(literal(moment(key), UtcDateTime), literal(last_id, BigId))
