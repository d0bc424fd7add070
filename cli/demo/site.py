"""The sample site as a value: its outlets and every answer of both editions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from cli.demo.folder import EDITIONS, SampleArticle, SampleOutlet, read_folder
from cli.demo.pages import Answer, answers_of, message

DEFAULT_PORT = 8753


@dataclass(frozen=True)
class Site:
    """The sample outlets on their loopback addresses; `answer` is all a server needs."""

    outlets: tuple[SampleOutlet, ...]
    port: int
    now: datetime
    answers: Mapping[tuple[int, str, str], Answer]

    def outlet(self, outlet_id: str) -> SampleOutlet:
        return next(outlet for outlet in self.outlets if outlet.id == outlet_id)

    def answer(self, host: str, path: str, edition: int) -> Answer:
        """The answer to a path (with its query) on a host in an edition; an unknown path is a 404."""
        found = self.answers.get((edition, host, path)) or self.answers.get((edition, host, _untracked(path)))
        return found or message(next(o for o in self.outlets if o.host == host), HTTPStatus.NOT_FOUND)

    def articles(self, edition: int = 1) -> list[SampleArticle]:
        """The articles an outlet announces and lets us read, in this edition."""
        return [article for outlet in self.outlets for article in outlet.articles[edition] if article.listed]

    def write_catalogue(self, folder: Path) -> None:
        """One outlet file for each sample outlet, as the crawler's catalogue reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        for outlet in self.outlets:
            (folder / f"{outlet.id}.toml").write_text(outlet.catalogue_toml, encoding="utf-8")


def load_site(now: datetime, base_port: int = DEFAULT_PORT) -> Site:
    """The sample site as it stands at `now` (aware): articles are dated within the 20 hours before it."""
    outlets = read_folder(now, base_port)
    answers = {
        (edition, outlet.host, path): answer
        for outlet in outlets
        for edition in EDITIONS
        for path, answer in answers_of(outlet, edition)
    }
    return Site(outlets, base_port, now, answers)


def _untracked(path: str) -> str:
    address, _, query = path.partition("?")
    kept = "&".join(part for part in query.split("&") if not part.startswith("utm_"))
    return f"{address}?{kept}" if kept else address
