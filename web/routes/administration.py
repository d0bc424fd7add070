"""What the addresses share that change something: who may, and the settings they need."""

from typing import Annotated

from fastapi import Depends

from digest.settings import DigestSettings
from web.access import Admitted, Reader
from web.pages.desk import Desk
from web.problems import Refusal


async def _administrator(reader: Admitted) -> Reader:
    if "admin" not in reader.scopes:
        raise Refusal(403, "This needs a token with the scope admin (`zgcwatch token add NAME --scope admin`).")
    return reader


Administrator = Annotated[Reader, Depends(_administrator)]


def digest_settings(desk: Desk) -> DigestSettings:
    """The digest's settings of this installation, which describe the watch `default`."""
    return desk.tools.digest or DigestSettings()
