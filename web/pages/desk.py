"""What every page works with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from digest.settings import DigestSettings
from web.limits import SignUps
from web.login.door import Door
from web.room import Room
from web.settings import WebSettings


@dataclass(frozen=True, slots=True)
class TestStep:
    """One step of looking at an outlet without storing anything."""

    name: str
    url: str
    ok: bool
    said: str
    milliseconds: float


@dataclass(frozen=True)
class Tools:
    """What pages may ask of the rooms above them; whoever makes the application hands it in.

    `settings` gives the settings in force, secrets masked, by section. `test_outlet` looks at an outlet by its id;
    None where this process cannot. `digest` makes the preview of the next issue possible.
    """

    settings: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    test_outlet: Callable[[str], Awaitable[Sequence[TestStep]]] | None = None
    digest: DigestSettings | None = None


@dataclass(frozen=True)
class Desk:
    """The room of the API, the door, the settings, and what this process keeps in mind: what was last found out by hand
    about each outlet, and who signed up lately.
    """

    room: Room
    door: Door
    settings: WebSettings
    tools: Tools
    clock: Callable[[], datetime]
    tests: dict[str, tuple[datetime, Sequence[TestStep]]] = field(default_factory=dict)
    testing: set[str] = field(default_factory=set)
    sign_ups: SignUps = field(default_factory=SignUps)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskOf = Annotated[Desk, Depends(_desk)]
