"""Where the change feed stands, and a reader's place in it.

A place is the number of a change and a mark of that change. After a restore from an older backup the feed gives the
same numbers to other changes: the mark tells a reader who had gone further, even once the feed has grown past it. A
plain number is a place without a mark; nothing but its being in the feed can be checked of it.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import cursor
from storage.errors import CursorError, ZgcwatchError
from storage.models.archive import ChangeCounter, ChangeRow
from storage.records import Change, ChangeOp

PATTERN = r"^(0|[1-9][0-9]{0,14})(-[0-9a-f]{8})?$"
_TEXT = re.compile(PATTERN.removesuffix("$"))


class PlaceLost(ZgcwatchError):  # noqa: N818 - named for what the reader is told
    """The feed has not the change at which a reader stopped: its archive was restored from a backup."""

    def __init__(self) -> None:
        super().__init__(
            "This place is not in the change feed: the archive was restored from an older backup or is another one; "
            "drop what you have of it and read everything again, from 0."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """The last change a reader has dealt with; 0 is the beginning."""

    seq: int = 0
    mark: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that `str` made this text of. Raises CursorError."""
        if not _TEXT.fullmatch(text):
            raise CursorError("This is no place in the change feed: give one that the feed gave, or 0 for everything.")
        number, _, mark = text.partition("-")
        return cls(int(number), mark or None)

    @classmethod
    def of(cls, change: Change) -> Self:
        """The place right behind a change."""
        told = f"{change.op} {change.article_id} {cursor.microseconds(change.at)}"
        return cls(change.seq, hashlib.blake2b(told.encode(), digest_size=4).hexdigest())

    def __str__(self) -> str:
        return f"{self.seq}-{self.mark}" if self.mark else str(self.seq)


BEGINNING = Place()


def last_seq(session: Session) -> int:
    """The number of the newest change this session sees; 0 in an empty archive."""
    return session.scalar(select(ChangeCounter.value).where(ChangeCounter.id == 1)) or 0


def last_place(session: Session) -> Place:
    """The place behind the newest change."""
    return found_place(session, Place(last_seq(session)))


def found_place(session: Session, place: Place) -> Place:
    """The place as this feed has it, with its mark. Raises PlaceLost where it has not."""
    if place.seq == 0:
        return BEGINNING
    row = session.execute(
        select(ChangeRow.seq, ChangeRow.op, ChangeRow.article_id, ChangeRow.at).where(ChangeRow.seq == place.seq)
    ).one_or_none()
    if row is None:
        raise PlaceLost
    found = Place.of(Change(row.seq, ChangeOp(row.op), row.article_id, row.at))
    if place.mark not in {None, found.mark}:
        raise PlaceLost
    return found
