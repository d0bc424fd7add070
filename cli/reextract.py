"""`zgcwatch reextract`: stored pages through today's extractor, with a report of what reads differently."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.context import KST, App, database_option, json_option, pass_app, print_json, utc_now

if TYPE_CHECKING:
    from crawler.reextract import Report

Tell = Callable[[int, int], None]
COLUMNS = {
    "pages": "pages",
    "unchanged": "unchanged",
    "noted": "noted",
    "changed": "changed",
    "empty": "now empty",
    "failed": "failed",
    "without_page": "no page",
    "without_outlet": "no outlet",
    "moved_on": "moved on",
    "judged": "judged",
    "found": "found",
}
RARE = ("without_page", "without_outlet", "moved_on", "judged", "found")  # columns shown where they say something


@click.command(epilog="Example: zgcwatch reextract --outlet mk --since 2026-11-01 --dry-run")
@click.option("--outlet", "outlet_id", metavar="OUTLET", help="Only this outlet's pages.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles first seen since this Korean day.")
@click.option("--dry-run", is_flag=True, help="Report only, write nothing.")
@click.option("--all", "every", is_flag=True, help="Judge kept pages again that gave no article or were off topic.")
@click.option("--restart", is_flag=True, help="Begin at the beginning, also where an earlier run was interrupted.")
@click.option("--examples", type=click.IntRange(0, 100), default=3, show_default=True, help="Diffs shown per outlet.")
@database_option
@json_option
@pass_app
def reextract(
    app: App,
    outlet_id: str | None,
    since: datetime | None,
    dry_run: bool,
    every: bool,
    restart: bool,
    examples: int,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Read stored pages again with today's extractor; write what reads differently. Nothing is fetched.

    Articles keep their ids and times of first sight; those that read the same are not touched. An interrupted run goes
    on where it stopped. Look at --dry-run first.
    """
    import asyncio

    from crawler import reextract as room
    from crawler.workers import ParsePool
    from storage.reextraction import Selection

    if outlet_id is not None:
        app.outlet(outlet_id)
    crawler = app.settings.crawler
    selection = Selection(outlet_id, since.replace(tzinfo=KST) if since else None)
    with (
        app.database(database_url) as database,
        ParsePool(crawler.parse_processes, crawler.parse_deadline) as pool,
        _shown(as_json) as tell,
    ):
        context = room.Rereading(
            database=database,
            catalogue=app.catalogue,
            topics=app.topics,
            pool=pool,
            clock=utc_now,
            keep_all=crawler.keep == "all",
            examples=examples,
            progress=tell,
        )
        report = asyncio.run(room.reextract(context, selection, dry_run=dry_run, every=every, restart=restart))
    if as_json:
        print_json(report_row(report))
    else:
        _print(report)


def report_row(report: "Report") -> dict[str, Any]:
    """The contract of `reextract --json`."""
    return {
        "extractor": report.extractor,
        "dry_run": report.dry_run,
        "resumed": report.resumed,
        "total": asdict(report.total()),
        "outlets": {outlet: asdict(counts) for outlet, counts in sorted(report.outlets.items())},
        "examples": [asdict(example) for example in report.examples],
    }


def _print(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    for example in report.examples:
        click.echo(f"[{example.kind}] {example.outlet}  {example.url}\n{example.text}\n")
    total = asdict(report.total())
    columns = [name for name in COLUMNS if name not in RARE or total[name]]
    table = Table(box=None, pad_edge=False)
    table.add_column("outlet")
    for name in columns:
        table.add_column(COLUMNS[name], justify="right")
    for outlet, counts in sorted(report.outlets.items()):
        table.add_row(outlet, *(str(asdict(counts)[name]) for name in columns))
    if len(report.outlets) > 1:
        table.add_row("all", *(str(total[name]) for name in columns))
    if report.outlets:
        Console().print(table)
    if report.resumed:
        click.echo("An interrupted run was gone on with; the counts are of the whole run.")
    click.echo(_sentence(report.dry_run, total))


def _sentence(dry_run: bool, total: dict[str, int]) -> str:
    if not total["pages"] and not total["judged"]:
        return "No stored page to read again."
    if dry_run:
        return f"Nothing was written. Without --dry-run {total['changed']} articles get a revision."
    return f"{total['changed']} articles have a revision, {total['noted']} were amended; the rest is as it was."


@contextmanager
def _shown(as_json: bool) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere nothing but the report."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if as_json or not console.is_terminal:
        yield lambda _done, _planned: None
        return
    columns = (TextColumn("pages read again"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, planned: bar.update(task, total=planned, completed=done)
