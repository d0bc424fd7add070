"""What an operator may change while the service runs: outlets, topics, names. Taken up at once, or refused."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, Self, TypeVar

import structlog

from crawler.catalogue import Catalogue, load_catalogue
from crawler.meaning.facts import load_reader
from crawler.meaning.topics import Topics, load_topics
from crawler.settings import CrawlerSettings
from storage.errors import ConfigurationError

log = structlog.get_logger()

Fingerprint = tuple[tuple[str, int, int], ...]
Value = TypeVar("Value")


class Watched(Generic[Value]):
    """Gives the value in force; loads it again when one of its files has changed.

    A change that makes the files wrong changes nothing: the value of before stays in force, and `problem` says why.
    """

    name = "files"

    def __init__(self, load: Callable[[], Value], value: Value | None = None) -> None:
        self._load = load
        self._seen = self._fingerprint()
        self._value = load() if value is None else value
        self.problem: str | None = None

    def current(self, *, again: bool = False) -> Value:
        """The value in force. Looks at the files, so it belongs in a thread; `again` loads them even if unchanged."""
        found = self._fingerprint()
        if found == self._seen and not again:
            return self._value
        self._seen = found
        try:
            self._value = self._load()
        except (ConfigurationError, OSError) as error:
            self.problem = f"{error} The {self.name} of before stay in force."
            log.error(self.name + ".refused", error=self.problem)  # noqa: TRY400, G003 - the sentence says it all
        else:
            self.problem = None
            log.info(self.name + ".reloaded", number=self._count(self._value))  # noqa: G003
        return self._value

    def _files(self) -> Iterable[Path]:
        raise NotImplementedError

    def _count(self, value: Value) -> int:
        raise NotImplementedError

    def _fingerprint(self) -> Fingerprint:
        """Names, times and sizes of the files; one that cannot be read has none."""
        return tuple(sorted((str(file), *_stamp(file)) for file in self._files()))


class CatalogueWatcher(Watched[Catalogue]):
    """The catalogue, as the operator's folders make it."""

    name = "catalogue"

    def __init__(self, folders: Sequence[Path], *, packaged: bool, catalogue: Catalogue | None = None) -> None:
        self._folders = tuple(folders)
        super().__init__(lambda: load_catalogue(*self._folders, packaged=packaged), catalogue)

    @classmethod
    def for_settings(cls, settings: CrawlerSettings, catalogue: Catalogue | None = None) -> Self:
        return cls(settings.outlets, packaged=settings.packaged_outlets, catalogue=catalogue)

    def _files(self) -> Iterable[Path]:
        for folder in self._folders:
            try:
                yield from [file for file in folder.iterdir() if file.suffix == ".toml"]
            except OSError:
                yield folder

    def _count(self, value: Catalogue) -> int:
        return len(value.enabled())


class TopicsWatcher(Watched[Topics]):
    """The topics and the names they know, as the operator's files make them."""

    name = "topics"

    def __init__(self, settings: CrawlerSettings, topics: Topics | None = None) -> None:
        self._settings = settings
        super().__init__(lambda: load_topics(settings.topics, load_reader(*settings.entities)), topics)

    def _files(self) -> Iterable[Path]:
        given = self._settings.topics
        return [*self._settings.entities, *([given] if given else [])]

    def _count(self, value: Topics) -> int:
        return len(tuple(value))


def _stamp(file: Path) -> tuple[int, int]:
    """A folder in place of its files is one that could not be read."""
    try:
        stat = file.stat()
    except OSError:
        return (-1, -1)
    return (-1, -1) if file.is_dir() else (stat.st_mtime_ns, stat.st_size)
