"""`zgcwatch run`: the service in one process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cli.context import KST, App, database_option, pass_app, utc_now
from cli.crawl import crawl_context, require_contact

if TYPE_CHECKING:
    import uvicorn

    from crawler.visit import CrawlContext
    from scheduler.settings import MonitorSettings
    from scheduler.work import Work
    from storage.database import Database
    from storage.readiness import Readiness
    from web.settings import WebSettings


@click.command(epilog="Example: zgcwatch --config zgcwatch.toml run --role crawler --role web")
@click.option(
    "--role",
    "roles",
    type=click.Choice(["scheduler", "crawler", "web"]),
    multiple=True,
    help="Do only this (may be given again); default: all, or `scheduler.roles`.",
)
@database_option
@pass_app
def run(app: App, roles: tuple[str, ...], database_url: str | None) -> None:
    """Run the service: visits, digests and the archive API, until SIGTERM."""
    from crawler.runtime import run_in_reactor
    from scheduler.service import Door, Service
    from storage import heap
    from storage.readiness import Readiness

    heap.keep_small()
    settings = app.settings
    scheduler = settings.scheduler.model_copy(update={"roles": roles}) if roles else settings.scheduler
    if "crawler" in scheduler.roles:
        require_contact(settings.crawler)
    with (
        app.database(database_url) as database,
        crawl_context(app, database, starts_workers="crawler" in scheduler.roles) as crawl,
        _port(settings.web, "web", wanted="web" in scheduler.roles) as sockets,
        _port(settings.monitor, "monitor", wanted=settings.monitor.port > 0) as monitor,
    ):
        if scheduler.dispatch == "procrastinate":
            _require_queue(database)
        readiness = Readiness(database, utc_now)
        service = Service(
            _work(app, crawl),
            scheduler,
            readiness,
            web=Door(_server(app, crawl, readiness), sockets) if sockets else None,
            monitor=monitor,
        )
        heap.settle()
        run_in_reactor(service.run)


def _work(app: App, crawl: "CrawlContext") -> "Work":
    from crawler.watch import CatalogueWatcher, TopicsWatcher
    from scheduler.metrics import Metrics
    from scheduler.work import Work
    from storage.version import version

    settings = app.settings
    return Work(
        database=crawl.database,
        crawl=crawl,
        digest=settings.digest,
        storage=settings.storage,
        metrics=Metrics(version()),
        operator=settings.operator,
        health=settings.health,
        watcher=CatalogueWatcher.for_settings(settings.crawler, app.catalogue),
        topics=TopicsWatcher(settings.crawler, app.topics),
        clock=utc_now,
    )


def _require_queue(database: "Database") -> None:
    from storage.errors import ConfigurationError, SchemaError
    from storage.queue import queue_is_ready

    if database.dialect != "postgresql":
        raise ConfigurationError(
            'scheduler.dispatch = "procrastinate" needs PostgreSQL, the archive is on SQLite: use "embedded", or move '
            "it with `zgcwatch db copy`."
        )
    if not queue_is_ready(database.url):
        raise SchemaError("The tables of the queue are missing or older than this zgcwatch: run `zgcwatch db upgrade`.")


@contextmanager
def _port(door: "WebSettings | MonitorSettings", section: str, *, wanted: bool) -> Iterator[list[socket.socket]]:
    """A listening socket, taken before anything starts: a busy port stops the service at once."""
    if not wanted:
        yield []
        return
    from storage.errors import ConfigurationError

    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((door.host, door.port))
        except OSError as error:
            raise ConfigurationError(
                f"Cannot listen on {door.host}:{door.port}: {error.strerror}; set another `{section}.port` "
                f"or stop the program that uses it."
            ) from error
        yield [listener]


def _server(app: App, crawl: "CrawlContext", readiness: "Readiness") -> "uvicorn.Server":
    from cli.pages import page_tools
    from crawler.meaning.aliases import expander
    from storage.version import version
    from web.app import create_app
    from web.server import create_server

    application = create_app(
        crawl.database,
        version=version(),
        in_zone=lambda moment: moment.astimezone(KST),
        settings=app.settings.web,
        clock=utc_now,
        expand=expander(app.fact_reader.lexicon),
        readiness=readiness,
        tools=page_tools(app, crawl),
    )
    return create_server(application)
