"""`zgcwatch backfill`: an outlet's past, read through its sitemaps and lists; goes on where it was left."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from cli.context import KST, App, database_option, json_option, pass_app, print_json
from cli.crawl import crawl_context, require_contact

if TYPE_CHECKING:
    import asyncio

    from crawler.catalogue import Outlet
    from crawler.visit import CrawlContext, VisitEvent, VisitReport
    from storage.records import BackfillRow, VisitCounts

STEPS_A_ROUND = 20
Tell = Callable[[dict[str, int], "VisitCounts"], None]


@click.command(epilog="Example: zgcwatch backfill mk --from 2026-08-01 --to 2026-08-08")
@click.argument("outlet_id", metavar="OUTLET")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, in Korean time.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day, in Korean time.")
@database_option
@json_option
@pass_app
def backfill(
    app: App, outlet_id: str, first: datetime, last: datetime, database_url: str | None, as_json: bool
) -> None:
    """Read an outlet's past through its sitemaps and paged lists, politely.

    What is left to do is kept in the database: after an interruption the same command goes on where it stopped, and so
    does the running service.
    """
    from crawler.runtime import run_in_reactor
    from crawler.spiders.stretch import Stretch
    from storage.errors import ZgcwatchError

    outlet = app.outlet(outlet_id)
    stretch = Stretch(first.replace(tzinfo=KST), last.replace(tzinfo=KST) + timedelta(days=1))
    if stretch.end <= stretch.start:
        raise click.UsageError("--to is before --from: give the earlier day first.")
    if outlet.is_search:
        raise click.UsageError(f"{outlet.id} is a news search: it has no past of its own; name an outlet.")
    require_contact(app.settings.crawler)
    with app.database(database_url) as database, crawl_context(app, database) as context, _shown(as_json) as tell:
        counts, steps, failed = run_in_reactor(lambda: read_past(context, outlet, stretch, tell))
    if as_json:
        print_json({"outlet": outlet.id, "steps": steps, **asdict(counts)})
    else:
        click.echo(
            f"{outlet.id}: {steps.get('done', 0)} sitemaps and lists read, "
            f"{counts.fetched} pages fetched, {counts.stored} articles stored, {counts.off_topic} off topic."
        )
        for url, error in failed:
            click.echo(f"{url}: {error}", err=True)
    if steps.get("open"):
        raise ZgcwatchError(f"{steps['open']} steps are left: run the same command again later to go on.")
    if failed and not steps.get("done"):
        raise ZgcwatchError(f"Nothing of {outlet.id}'s past could be read: see the sentences above.")


async def read_past(
    context: "CrawlContext", outlet: "Outlet", stretch: Any, tell: Tell
) -> "tuple[VisitCounts, dict[str, int], list[tuple[str, str]]]":
    """Visits the outlet for the steps of its backfill until none is left, or a round brings nothing forward."""
    import asyncio

    from crawler.visit import sync_catalogue, visit_outlet
    from storage.backfills import backfill_steps, failed_steps
    from storage.records import VisitCounts

    row = await asyncio.to_thread(_begin, context, outlet, stretch, sync_catalogue)
    total = VisitCounts()
    pages = 0

    def steps_now() -> dict[str, int]:
        with context.database.reader() as session:
            return backfill_steps(session, row.id)

    def shown(event: "VisitEvent") -> None:
        tell({**steps, "pages": pages + event.done}, total)

    steps = steps_now()
    while steps.get("open"):
        visit = asyncio.ensure_future(visit_outlet(outlet, context, sources=[], steps=STEPS_A_ROUND, progress=shown))
        report = await _or_stop(visit, context)
        _add(total, report.counts)
        pages += report.counts.fetched
        before, steps = steps, await asyncio.to_thread(steps_now)
        tell({**steps, "pages": pages}, total)
        if steps == before and not report.counts.fetched and not report.counts.failed:
            break
    with context.database.reader() as session:
        return total, steps, failed_steps(session, row.id)


async def _or_stop(visit: "asyncio.Future[VisitReport]", context: "CrawlContext") -> "VisitReport":
    """The visit's report. When the command is interrupted, what is under way ends and is written before it leaves."""
    import asyncio

    try:
        return await asyncio.shield(visit)
    except asyncio.CancelledError:
        context.manners.pace.stop()
        await context.runner.stop()
        await asyncio.wait([visit], timeout=context.settings.download_timeout + context.settings.parse_deadline)
        raise


def _begin(context: "CrawlContext", outlet: "Outlet", stretch: Any, sync: Callable[..., None]) -> "BackfillRow":
    from crawler.spiders.past import begin_backfill

    now = context.clock()
    with context.database.writer() as session:
        sync(session, context.catalogue, now=now)
        return begin_backfill(session, outlet, stretch, reason="asked", now=now)


def _add(total: "VisitCounts", counts: "VisitCounts") -> None:
    for field in fields(counts):
        value = getattr(counts, field.name)
        if isinstance(value, int):
            setattr(total, field.name, getattr(total, field.name) + value)


@contextmanager
def _shown(as_json: bool) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a line a round, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if as_json or not console.is_terminal:
        yield (lambda _steps, _counts: None) if as_json else _plain()
        return
    columns = (TextColumn("sitemaps and lists"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("", total=None)

        def tell(steps: dict[str, int], counts: "VisitCounts") -> None:
            done = steps.get("done", 0) + steps.get("failed", 0)
            words = f"{steps.get('pages', 0)} articles fetched, {counts.stored} stored"
            bar.update(task, total=done + steps.get("open", 0), completed=done, description=words)

        with _logs_above_the_bar():
            yield tell


@contextmanager
def _logs_above_the_bar() -> Iterator[None]:
    """While a bar is shown, the terminal's standard error is the bar's: log lines go through it, not across it."""
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, logging.StreamHandler)]
    before = [handler.setStream(sys.stderr) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, before, strict=True):
            if stream is not None:
                handler.setStream(stream)


def _plain() -> Tell:
    told: list[tuple[int, int]] = []

    def tell(steps: dict[str, int], counts: "VisitCounts") -> None:
        now = (steps.get("done", 0), steps.get("open", 0))
        if not told or told[-1] != now:
            told.append(now)
            click.echo(f"{now[0]} steps done, {now[1]} open, {counts.stored} articles stored", err=True)

    return tell
