"""`zgcwatch crawl`: one round of visits by hand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, utc_now

if TYPE_CHECKING:
    from crawler.catalogue import Outlet
    from crawler.settings import CrawlerSettings
    from crawler.visit import CrawlContext, VisitReport
    from storage.database import Database

COLUMNS = ("candidates", "fetched", "stored", "duplicates", "corrected", "gone", "off_topic", "failed")
RARE = ("leads", "closed")  # shown where there are any


@click.command(epilog="Example: zgcwatch crawl hankyung mk")
@click.argument("outlet_ids", metavar="[OUTLET]...", nargs=-1)
@database_option
@json_option
@pass_app
def crawl(app: App, outlet_ids: tuple[str, ...], database_url: str | None, as_json: bool) -> None:
    """Visit outlets now and store what is new: the ones named, or every enabled one with a due source."""
    from crawler.runtime import run_in_reactor
    from storage.errors import ZgcwatchError

    named = [app.outlet(outlet_id) for outlet_id in outlet_ids]
    require_contact(app.settings.crawler)
    with app.database(database_url) as database, crawl_context(app, database) as context:
        reports = run_in_reactor(lambda: visit_all(context, named, show=not as_json))
    for report in reports:
        if as_json:
            print_json({"outlet": report.outlet, **asdict(report.counts)})
    if not as_json:
        _table(reports)
    broken = [report.outlet for report in reports if report.counts.errors]
    if reports and len(broken) == len(reports):
        raise ZgcwatchError(f"Every outlet visited had errors ({', '.join(broken)}): see the sentences above.")


def require_contact(settings: "CrawlerSettings") -> None:
    """Nobody is visited anonymously: raises ConfigurationError (exit code 78) where an outlet could not reach us."""
    from storage.errors import ConfigurationError

    if not settings.contact and not settings.allow_private_addresses:
        raise ConfigurationError(
            "`crawler.contact` is empty: no outlet is visited before it can reach you; set a web or mail address there "
            "(zgcwatch.toml, or ZGCWATCH_CRAWLER__CONTACT)."
        )


@contextmanager
def crawl_context(app: App, database: "Database", *, starts_workers: bool = True) -> Iterator["CrawlContext"]:
    """What a visit needs, from the settings; the parse processes end with it.

    Without `starts_workers` they begin with the first page, for who is not going to visit anybody.
    """
    from crawler.turns import HostTurns
    from crawler.visit import CrawlContext
    from crawler.workers import ParsePool

    crawler = app.settings.crawler
    with ParsePool(crawler.parse_processes, crawler.parse_deadline, starts=starts_workers) as pool:
        yield CrawlContext(
            database=database,
            catalogue=app.catalogue,
            topics=app.topics,
            pool=pool,
            settings=crawler,
            clock=utc_now,
            duplicate_window=app.settings.storage.duplicate_window,
            turns=HostTurns(database, utc_now),
        )


async def visit_all(context: "CrawlContext", named: "Sequence[Outlet]", *, show: bool) -> "list[VisitReport]":
    """Visits the named outlets, or all with due sources, side by side; a line for each as it ends.

    What searches among them found of other outlets is fetched after them, by a visit of the outlet it belongs to.
    """
    import asyncio

    from crawler.runtime import Visits
    from crawler.visit import due_outlets, sync_catalogue

    def due() -> "list[Outlet]":
        with context.database.reader() as session:
            return due_outlets(session, context.catalogue, now=context.clock())

    with context.database.writer() as session:
        sync_catalogue(session, context.catalogue, now=context.clock())
    outlets = list(named) or due()
    visits = Visits(context)

    async def visit(outlet: "Outlet", *, all_sources: bool = bool(named)) -> "VisitReport":
        report = await visits.visit(outlet, all_sources=all_sources)
        if show:
            for error in report.counts.errors:
                click.echo(f"{outlet.id}: {error}", err=True)
        return report

    reports = await asyncio.gather(*(visit(outlet) for outlet in outlets))
    if any(outlet.is_search for outlet in outlets):
        waiting = await asyncio.to_thread(_with_finds, context)
        reports += await asyncio.gather(*(visit(outlet, all_sources=False) for outlet in waiting))
    return list(reports)


def _with_finds(context: "CrawlContext") -> "list[Outlet]":
    from storage.leads import outlets_with_waiting

    with context.database.reader() as session:
        waiting = outlets_with_waiting(session, now=context.clock())
    return [outlet for outlet in context.catalogue.enabled() if outlet.id in waiting]


def _table(reports: "Sequence[VisitReport]") -> None:
    from rich.console import Console
    from rich.table import Table

    if not reports:
        click.echo("No outlet is due; name one to visit it now.")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("outlet")
    rows: dict[str, dict[str, Any]] = {report.outlet: asdict(report.counts) for report in reports}
    columns = [*COLUMNS, *(column for column in RARE if any(counts[column] for counts in rows.values()))]
    for column in columns:
        table.add_column(column.replace("_", "-"), justify="right")
    for outlet, counts in rows.items():
        table.add_row(outlet, *(str(counts[column]) for column in columns))
    Console().print(table)
