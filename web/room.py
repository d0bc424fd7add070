"""What every address of the API works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from storage.database import Session
from web.access import Reader
from web.answers import answer
from web.archive import Archive
from web.rows import InZone, Record, Shape, View
from web.waiting import FeedWatch

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Room:
    """The archive, the readers' zone, the readers who wait for changes, the program's version, and what gives the other
    names of a company that a search is for.
    """

    archive: Archive
    in_zone: InZone
    feed: FeedWatch
    version: str
    expand: Callable[[str], tuple[str, ...]] | None = None

    @property
    def zone(self) -> tzinfo:
        """The zone of the readers' weeks."""
        zone = self.in_zone(_ANY_TIME).tzinfo
        assert zone is not None
        return zone

    def time(self, moment: datetime | None) -> str | None:
        """ISO 8601 in the readers' zone, with its offset."""
        return self.in_zone(moment).isoformat() if moment else None

    def view(self, session: Session, reader: Reader) -> View:
        return View.of(session, reader, self.in_zone)

    async def answer(self, request: Request, question: Callable[[Session], Any]) -> Response:
        """The answer to a question to the archive, made in one of its threads from end to end."""

        def ask() -> Response:
            with self.archive.database.reader() as session:
                value = question(session)
            return answer(request, value)

        return await self.archive.work(ask)

    async def answer_page(
        self,
        request: Request,
        reader: Reader,
        shape: Shape[Record],
        fields: str | None,
        listed: Callable[[Session], tuple[Sequence[Record], str | None]],
    ) -> Response:
        """One page of a list: `listed` gives its records and the cursor of the following page."""

        def page(session: Session) -> dict[str, Any]:
            records, cursor = listed(session)
            view = self.view(session, reader)
            return {"items": [shape.row(record, view, fields) for record in records], "next": cursor}

        return await self.answer(request, page)


def _room(request: Request) -> Room:
    room: Room = request.app.state.room
    return room


RoomOf = Annotated[Room, Depends(_room)]
