"""Labelled reports of events: which of them belong in one story, and which events go on from an older one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.gold import FOLDER

FILES = {"stories.txt": False, "stories_held_out.txt": True}
EVE = datetime(2026, 11, 10, tzinfo=ZoneInfo("Asia/Seoul"))  # day 1 of the sets is the 11th


@dataclass(frozen=True)
class Report:
    """A headline with its lead, and the event it is of."""

    number: int
    event: str
    outlet: str
    at: datetime
    title: str
    lead: str
    held_out: bool


def labelled_reports() -> list[Report]:
    found: list[Report] = []
    for file, held_out in FILES.items():
        for line in _lines(file):
            if not line.startswith(">"):
                event, at, outlet, title, lead = line.split(" | ")
                found.append(Report(len(found), event, outlet, _moment(at), title, lead, held_out))
    return found


def labelled_follow_ups() -> dict[str, str]:
    """The older event of each event that goes on from one."""
    lines = [line for file in FILES for line in _lines(file) if line.startswith(">")]
    found: dict[str, str] = {}
    for line in lines:
        newer, older = line.strip("> ").split(" < ")
        found[newer] = older
    return found


def _lines(file: str) -> Iterator[str]:
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def _moment(text: str) -> datetime:
    day, _, clock = text.partition(" ")
    hours, _, minutes = clock.partition(":")
    return EVE + timedelta(days=int(day), hours=int(hours), minutes=int(minutes))
