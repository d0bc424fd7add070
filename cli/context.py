"""What every command shares: the settings, the archive, the catalogue, and the way results and errors are shown."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from cli.settings import Settings
    from crawler.catalogue import Catalogue, Outlet
    from crawler.meaning.facts import FactReader
    from crawler.meaning.topics import Topics
    from storage.database import Database, Session

KST = ZoneInfo("Asia/Seoul")
Command = TypeVar("Command", bound=Callable[..., Any])


def utc_now() -> datetime:
    """The clock that commands hand to the rooms; only the command line reads it."""
    return datetime.now(UTC)


@dataclass
class App:
    """The options given before the command, and what is loaded from them when a command asks."""

    config: Path | None
    verbose: bool

    @cached_property
    def settings(self) -> "Settings":
        from cli.logging import configure_logging
        from cli.settings import load_settings

        settings = load_settings(self.config)
        configure_logging(settings.log, verbose=self.verbose)
        return settings

    @contextmanager
    def database(self, url: str | None = None, *, check_schema: bool = True) -> Iterator["Database"]:
        """The archive at `url`, else that of the settings; closed on leaving."""
        from storage.database import Database

        database = Database.open(url or self.settings.storage.database, check_schema=check_schema)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def reading(self, url: str | None = None) -> Iterator["Session"]:
        """One consistent state of the archive, to read."""
        with self.database(url) as database, database.reader() as session:
            yield session

    @contextmanager
    def writing(self, url: str | None = None) -> Iterator["Session"]:
        """One transaction of the archive, kept when the block ends well."""
        with self.database(url) as database, database.writer() as session:
            yield session

    @cached_property
    def catalogue(self) -> "Catalogue":
        from crawler.catalogue import load_catalogue

        crawler = self.settings.crawler
        return load_catalogue(*crawler.outlets, packaged=crawler.packaged_outlets)

    @cached_property
    def topics(self) -> "Topics":
        from crawler.meaning.topics import load_topics

        return load_topics(self.settings.crawler.topics, self.fact_reader)

    @cached_property
    def fact_reader(self) -> "FactReader":
        from crawler.meaning.facts import load_reader

        return load_reader(*self.settings.crawler.entities)

    def outlet(self, outlet_id: str) -> "Outlet":
        """An outlet named on the command line; an unknown one is a usage error (exit code 2)."""
        from storage.errors import ConfigurationError

        try:
            return self.catalogue.get(outlet_id)
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from error


pass_app = click.make_pass_decorator(App)


def database_option(command: Command) -> Command:
    """`--database URL` for commands that read or write the archive."""
    return click.option(
        "--database", "database_url", metavar="URL", help="The archive to use instead of the settings' one."
    )(command)


def json_option(command: Command) -> Command:
    """`--json` for commands that print something a program may want."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def print_json(value: Any) -> None:
    """One JSON value on one line; Korean stays readable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def shown_time(moment: datetime | None) -> str | None:
    """ISO 8601 in Korean time with its offset, or None."""
    return moment.astimezone(KST).isoformat() if moment else None


def short_time(moment: datetime | None) -> str:
    """`11-24 07:40` in Korean time, for tables; a dash where there is none."""
    return moment.astimezone(KST).strftime("%m-%d %H:%M") if moment else "–"
