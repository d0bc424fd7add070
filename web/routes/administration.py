"""What the addresses share that change something: who may, the settings they need, and writing."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from digest.settings import DigestSettings
from storage.database import Session
from web.access import Admitted, Reader
from web.pages.desk import Desk
from web.problems import Refusal
from web.room import Room

Answer = TypeVar("Answer")


async def _administrator(reader: Admitted) -> Reader:
    if "admin" not in reader.scopes:
        raise Refusal(403, "This needs a token with the scope admin (`zgcwatch token add NAME --scope admin`).")
    return reader


Administrator = Annotated[Reader, Depends(_administrator)]


def digest_settings(desk: Desk) -> DigestSettings:
    """The digest's settings of this installation, which describe the watch `default`."""
    return desk.tools.digest or DigestSettings()


async def write(room: Room, task: Callable[[Session], Answer]) -> Answer:
    """Change the archive, in one transaction in one of its threads; what `task` gives."""

    def work() -> Answer:
        with room.archive.database.writer() as session:
            return task(session)

    return await room.archive.work(work)
