"""`zgcwatch outlets boilerplate`: last lines that recur, suggested by the archive, decided by a person."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, shown_time, utc_now

if TYPE_CHECKING:
    from storage.boilerplate import LearnedLine


@click.group()
def boilerplate() -> None:
    """Lines an outlet prints under its articles: learned as suggestions, removed once approved."""


@boilerplate.command("list", epilog="Example: zgcwatch outlets boilerplate list --outlet mk")
@click.option("--outlet", "outlet_id", metavar="OUTLET", help="Only this outlet's lines.")
@click.option(
    "--state", type=click.Choice(["suggested", "approved", "rejected", "all"]), default="suggested", show_default=True
)
@database_option
@json_option
@pass_app
def list_lines(app: App, outlet_id: str | None, state: str, database_url: str | None, as_json: bool) -> None:
    """Learned lines with how many articles end with them, what speaks against them, and articles to look at."""
    from storage.boilerplate import learned_lines

    with app.reading(database_url) as session:
        lines = learned_lines(session, outlet=outlet_id, state=None if state == "all" else state)
    for line in lines:
        _show(line, as_json)
    if not lines and not as_json:
        click.echo(
            "No such line. `zgcwatch outlets boilerplate learn` looks for them now; the service does so nightly."
        )


@boilerplate.command(epilog="Example: zgcwatch outlets boilerplate learn --outlet mk")
@click.option("--outlet", "outlet_id", metavar="OUTLET", help="Only this outlet's articles.")
@database_option
@json_option
@pass_app
def learn(app: App, outlet_id: str | None, database_url: str | None, as_json: bool) -> None:
    """Look for lines that recur at the end of stored articles. Nothing is removed by it."""
    from crawler.boilerplate import learn as learn_lines

    outlets = [app.outlet(outlet_id).id] if outlet_id else [outlet.id for outlet in app.catalogue]
    with app.database(database_url) as database:
        new = learn_lines(database, outlets, app.settings.crawler.boilerplate, now=utc_now())
    if as_json:
        print_json({"new": new})
    else:
        click.echo(f"{new} new suggestions. `zgcwatch outlets boilerplate list` shows them.")


@boilerplate.command(epilog="Example: zgcwatch outlets boilerplate approve 3 4")
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1, required=True)
@database_option
@json_option
@pass_app
def approve(app: App, numbers: tuple[int, ...], database_url: str | None, as_json: bool) -> None:
    """Remove these lines from the end of their outlet's articles from now on; they are kept under `removed`."""
    _decide(app, numbers, "approved", database_url, as_json=as_json)


@boilerplate.command(epilog="Example: zgcwatch outlets boilerplate reject 5")
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1, required=True)
@database_option
@json_option
@pass_app
def reject(app: App, numbers: tuple[int, ...], database_url: str | None, as_json: bool) -> None:
    """Keep these lines as text, and do not suggest them again."""
    _decide(app, numbers, "rejected", database_url, as_json=as_json)


def _decide(app: App, numbers: tuple[int, ...], state: str, database_url: str | None, *, as_json: bool) -> None:
    from storage.boilerplate import decide
    from storage.errors import ZgcwatchError

    with app.writing(database_url) as session:
        decided = decide(session, numbers, state, now=utc_now())
        unknown = sorted(set(numbers) - {line.id for line in decided})
        if unknown:
            named = ", ".join(map(str, unknown))
            raise ZgcwatchError(
                f"No learned line has the number {named}, nothing was changed: "
                "see `zgcwatch outlets boilerplate list --state all`."
            )
    for line in decided:
        _show(line, as_json)
    if not as_json:
        outlets = " and ".join(
            f"`zgcwatch reextract --outlet {one}`" for one in sorted({line.outlet for line in decided})
        )
        click.echo(f"Holds for pages read from now on; {outlets} applies it to stored articles.")


def _show(line: "LearnedLine", as_json: bool) -> None:
    if as_json:
        print_json(line_row(line))
        return
    click.echo(f"{line.id:>5}  {line.outlet}  {line.articles} of {line.looked_at} articles  ({line.state})")
    click.echo(f"       {line.line}")
    if line.doubt:
        click.echo(f"       but {line.doubt}")
    for url in line.sample_urls:
        click.echo(f"       {url}")


def line_row(line: "LearnedLine") -> dict[str, Any]:
    """The contract of one line of `outlets boilerplate list --json`."""
    times = {name: shown_time(getattr(line, name)) for name in ("suggested_at", "seen_at", "decided_at")}
    return {**asdict(line), "sample_urls": list(line.sample_urls), **times}
