"""`zgcwatch outlets`: the catalogue, and one outlet tried without storing anything."""

import tempfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, json_option, pass_app, print_json

if TYPE_CHECKING:
    from crawler.catalogue import Outlet
    from crawler.visit import VisitReport


@click.group()
def outlets() -> None:
    """The outlets that are watched."""


@outlets.command("list", epilog="Example: zgcwatch outlets list --json")
@json_option
@pass_app
def list_outlets(app: App, as_json: bool) -> None:
    """Every outlet of the catalogue, the packaged ones and yours."""
    for outlet in app.catalogue:
        if as_json:
            print_json(_row(outlet))
        else:
            state = "" if outlet.enabled else "  (off)"
            sources = ", ".join(sorted({source.kind for source in outlet.sources}))
            click.echo(f"{outlet.id:<20} {outlet.name}  {sources}{state}")


def _row(outlet: "Outlet") -> dict[str, Any]:
    return {
        "id": outlet.id,
        "name": outlet.name,
        "home": outlet.home,
        "licence": outlet.licence,
        "enabled": outlet.enabled,
        "sources": [{"kind": source.kind, "url": source.url} for source in outlet.sources],
        "measured": outlet.evidence.measured.isoformat() if outlet.evidence.measured else None,
        "verified": outlet.evidence.verified,
    }


@outlets.command(epilog="Example: zgcwatch outlets test hankyung")
@click.argument("outlet_id", metavar="OUTLET")
@click.option("--pages", type=click.IntRange(1, 20), default=3, show_default=True, help="Article pages to read.")
@json_option
@pass_app
def test(app: App, outlet_id: str, pages: int, as_json: bool) -> None:
    """Visit one outlet into a throw-away archive and show what would be stored."""
    from storage.errors import ZgcwatchError

    outlet = app.outlet(outlet_id)
    few = outlet.politeness.model_copy(update={"max_pages": pages})
    with tempfile.TemporaryDirectory(prefix="zgcwatch-test-") as folder:
        report, articles = _try(app, outlet.model_copy(update={"politeness": few}), f"sqlite:///{folder}/test.db")
    if as_json:
        print_json({"outlet": outlet.id, **asdict(report.counts), "articles": articles})
    else:
        click.echo(
            f"{outlet.name} ({outlet.id}): {report.counts.candidates} candidates, {report.counts.fetched} pages read."
        )
        for article in articles:
            click.echo(
                f"\n{article['title']}\n  {article['url']}\n  {article['published_at']} · {article['extractor']}"
            )
            click.echo(f"  {len(article['body'])} paragraphs, {len(article['removed'])} blocks removed")
        for error in report.counts.errors:
            click.echo(error, err=True)
    if report.counts.errors and not articles:
        raise ZgcwatchError(f"{outlet.id} gave no article: see the sentences above.")


def _try(app: App, outlet: "Outlet", url: str) -> "tuple[VisitReport, list[dict[str, Any]]]":
    from cli.archive import export_row
    from cli.crawl import crawl_context, visit_all
    from crawler.catalogue import Catalogue
    from crawler.runtime import run_in_reactor
    from storage.export import iter_articles
    from storage.schema import upgrade

    upgrade(url)
    settings = app.settings.crawler.model_copy(update={"keep": "all"})
    with app.database(url) as database, crawl_context(app, database) as context:
        context.catalogue = Catalogue([outlet])
        context.settings = settings
        report = run_in_reactor(lambda: visit_all(context, [outlet], show=False))[0]
        return report, [export_row(article) for article in iter_articles(database)]
