"""`zgcwatch outlets golden`: what the extractor makes of kept look-alike pages, written down to be compared with."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, json_option, pass_app, print_json

if TYPE_CHECKING:
    from crawler.catalogue import Outlet

FOLDER = Path("tests/crawler/golden/pages")


@click.command(epilog="Example: zgcwatch outlets golden mk --folder tests/crawler/golden/pages")
@click.argument("outlet_ids", metavar="[OUTLET]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every outlet that has a folder with pages.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where the pages are: <outlet>/<profile>.html; the JSON is written beside each.",
)
@json_option
@pass_app
def golden(app: App, outlet_ids: tuple[str, ...], every: bool, folder: Path, as_json: bool) -> None:
    """Write the article of each golden page as JSON. Read it by eye before you keep it: it becomes what is right."""
    from storage.errors import ZgcwatchError

    if bool(outlet_ids) == every:
        raise click.UsageError("Name the outlets, or give --all.")
    named = [app.outlet(outlet_id) for outlet_id in outlet_ids]
    outlets = named or [outlet for outlet in app.catalogue if (folder / outlet.id).is_dir()]
    written = 0
    for outlet in outlets:
        pages = sorted((folder / outlet.id).glob("*.html"))
        if not pages and named:
            raise ZgcwatchError(f"There is no page in {folder / outlet.id}: put <profile>.html there first.")
        for page in pages:
            state = _write(page, golden_text(golden_row(page, outlet)))
            written += state != "same"
            if as_json:
                print_json({"outlet": outlet.id, "page": str(page), "state": state})
            else:
                click.echo(f"{outlet.id:<20} {page.name:<24} {state}")
    if not as_json:
        click.echo(f"{written} files written in {folder}.")


def golden_row(page: Path, outlet: "Outlet") -> dict[str, Any]:
    """What the extractor makes of a golden page; a page without an article is `{"error": …}`."""
    from cli.extract import article_row
    from crawler.extract import NoArticle, extract

    try:
        article = extract(page.read_bytes(), url=outlet.home, profiles=outlet.profiles, outlet=outlet.id)
    except NoArticle as error:
        return {"error": str(error)}
    # The versions in an extractor's name change without its result.
    return {**article_row(article), "extractor": article.extractor.partition("+")[0]}


def golden_text(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, indent=1) + "\n"


def _write(page: Path, text: str) -> str:
    """Whether the JSON beside the page is new, changed or the same."""
    file = page.with_suffix(".json")
    before = file.read_text(encoding="utf-8") if file.exists() else None
    if before == text:
        return "same"
    file.write_text(text, encoding="utf-8")
    return "new" if before is None else "changed"
