"""The catalogue of a running service: an operator's file that appears or changes is taken up without a restart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import structlog

from crawler.catalogue import Catalogue, load_catalogue
from crawler.settings import CrawlerSettings
from storage.errors import ConfigurationError

log = structlog.get_logger()

Fingerprint = tuple[tuple[str, int, int], ...]


class CatalogueWatcher:
    """Gives the catalogue in force; reads the operator's folders again when a file in them has changed.

    A change that makes the files wrong changes nothing: the outlets of before stay in force, and `problem` says why.
    """

    def __init__(self, folders: Sequence[Path], *, packaged: bool, catalogue: Catalogue | None = None) -> None:
        self._folders, self._packaged = tuple(folders), packaged
        self._seen = self._fingerprint()
        self._catalogue = catalogue or load_catalogue(*self._folders, packaged=packaged)
        self.problem: str | None = None

    @classmethod
    def for_settings(cls, settings: CrawlerSettings, catalogue: Catalogue | None = None) -> Self:
        return cls(settings.outlets, packaged=settings.packaged_outlets, catalogue=catalogue)

    def current(self) -> Catalogue:
        """The catalogue in force. Looks at the folders, so it belongs in a thread."""
        found = self._fingerprint()
        if found == self._seen:
            return self._catalogue
        self._seen = found
        try:
            self._catalogue = load_catalogue(*self._folders, packaged=self._packaged)
        except (ConfigurationError, OSError) as error:
            self.problem = f"{error} The outlets of before stay in force."
            log.error("catalogue.refused", error=self.problem)  # noqa: TRY400 - the sentence says it all
        else:
            self.problem = None
            log.info("catalogue.reloaded", outlets=len(self._catalogue.enabled()))
        return self._catalogue

    def _fingerprint(self) -> Fingerprint:
        """Names, times and sizes of the outlet files; a folder that cannot be read has none."""
        rows = []
        for folder in self._folders:
            try:
                rows += [(str(file), *_stamp(file)) for file in folder.iterdir() if file.suffix == ".toml"]
            except OSError:
                rows.append((str(folder), -1, -1))
        return tuple(sorted(rows))


def _stamp(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size
