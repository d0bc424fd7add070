"""`zgcwatch outlets new`: the draft of an outlet file, from the outlet's address."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import KST, App, pass_app, utc_now

if TYPE_CHECKING:
    from crawler.drafting.draft import Draft
    from storage.records import PageDraft

DELAY_SECONDS = 2.0


@click.command("new", epilog="Example: zgcwatch outlets new https://www.example.com/ --out outlets/")
@click.argument("url", metavar="URL")
@click.option("--id", "outlet_id", metavar="ID", help="The outlet's id (default: from its host).")
@click.option("--name", metavar="NAME", help="The outlet's name (default: what its front page says).")
@click.option(
    "--out", type=click.Path(path_type=Path), help="A file or a folder to write to (default: print the draft)."
)
@pass_app
def new(app: App, url: str, outlet_id: str | None, name: str | None, out: Path | None) -> None:
    """Draft an outlet file: look for feeds, sitemaps and the article's place on three of its pages.

    The draft is marked as verified by nobody: read the outlet's robots.txt and terms, then try it with `outlets test`.
    """
    from crawler.runtime import run_in_reactor
    from storage.errors import ConfigurationError

    draft = run_in_reactor(lambda: _draft(app, url, outlet_id, name))
    if out is None:
        click.echo(draft.text, nl=False)
    else:
        file = out / f"{draft.outlet.id}.toml" if out.is_dir() else out
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(draft.text)
        except FileExistsError as error:
            raise ConfigurationError(f"{file} is there already: name another file, or take it away.") from error
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be written ({error.strerror}): name another place.") from error
        click.echo(f"Wrote {file}; try it: zgcwatch outlets test {draft.outlet.id}", err=True)
    kinds = ", ".join(sorted({source.kind for source in draft.outlet.sources}))
    click.echo(f"Found by: {kinds}. Compared {len(draft.tried)} article pages.", err=True)
    if not draft.outlet.profiles:
        click.echo("No selector fits all of them: pages will be read without a profile.", err=True)


async def _draft(app: App, url: str, outlet_id: str | None, name: str | None) -> "Draft":
    from crawler.drafting.draft import Drafter
    from crawler.fetch.manners import Manners
    from crawler.fetch.once import fetch_once
    from crawler.workers import ParsePool

    settings = app.settings.crawler
    manners = Manners.for_settings(settings)
    delay = DELAY_SECONDS if settings.delay is None else settings.delay

    async def fetch(address: str) -> "PageDraft":
        return await fetch_once(address, settings, manners=manners, delay=delay, clock=utc_now)

    with ParsePool(1, settings.parse_deadline + timedelta(seconds=5).total_seconds()) as pool:
        today = utc_now().astimezone(KST).date()
        drafter = Drafter(fetch=fetch, pool=pool, today=today, tell=lambda words: click.echo(words, err=True))
        return await drafter.draft(url, outlet_id=outlet_id, name=name)
