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

    from cli.settings import Settings
    from storage.database import Database


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
    from crawler.watch import CatalogueWatcher
    from scheduler.service import Service

    settings = app.settings
    scheduler = settings.scheduler.model_copy(update={"roles": roles}) if roles else settings.scheduler
    if "crawler" in scheduler.roles:
        require_contact(settings.crawler)
    with (
        app.database(database_url) as database,
        crawl_context(app, database) as crawl,
        _port(settings, scheduler.roles) as sockets,
    ):
        service = Service(
            database=database,
            crawl=crawl,
            digest=settings.digest,
            storage=settings.storage,
            operator=settings.operator,
            health=settings.health,
            settings=scheduler,
            server=_server(app, database) if sockets else None,
            sockets=sockets,
            watcher=CatalogueWatcher.for_settings(settings.crawler, app.catalogue),
            clock=utc_now,
        )
        run_in_reactor(service.run)


@contextmanager
def _port(settings: "Settings", roles: tuple[str, ...]) -> Iterator[list[socket.socket]]:
    """The web role's listening socket, taken before anything starts: a busy port stops the service at once."""
    if "web" not in roles:
        yield []
        return
    from storage.errors import ConfigurationError

    web = settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((web.host, web.port))
        except OSError as error:
            raise ConfigurationError(
                f"Cannot listen on {web.host}:{web.port}: {error.strerror}; set another `web.port` "
                f"or stop the program that uses it."
            ) from error
        yield [listener]


def _server(app: App, database: "Database") -> "uvicorn.Server":
    from crawler.meaning.aliases import expander
    from storage.version import version
    from web.app import create_app
    from web.server import create_server

    application = create_app(
        database,
        version=version(),
        in_zone=lambda moment: moment.astimezone(KST),
        settings=app.settings.web,
        clock=utc_now,
        expand=expander(app.fact_reader.lexicon),
    )
    return create_server(application)
