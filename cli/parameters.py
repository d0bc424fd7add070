"""Kinds of parameters that several commands take."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.context import KST

if TYPE_CHECKING:
    from storage.position import Place


class Moment(click.ParamType[datetime]):
    """A day or a time; without a zone it is Korean time."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: write 2026-11-24 or 2026-11-24T07:40.", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=KST)


class FeedPlace(click.ParamType["Place"]):
    """A place in the change feed: a seq, or a cursor that the feed gave."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Place":
        from storage.errors import CursorError
        from storage.position import Place

        try:
            return value if isinstance(value, Place) else Place.parse(value)
        except CursorError as error:
            self.fail(str(error), param, ctx)
