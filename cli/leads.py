"""`zgcwatch leads`: headlines that news searches found and that are not fetched."""

from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, short_time, shown_time
from cli.printing import print_rows

if TYPE_CHECKING:
    from storage.records import StoredLead

NAMES = ("id", "url", "finder", "outlet", "title", "publisher", "state")


@click.command(epilog="Example: zgcwatch leads --limit 20")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Newest leads to show.")
@click.option("--all", "every", is_flag=True, help="Also those handed to their own outlet's visit.")
@database_option
@json_option
@pass_app
def leads(app: App, limit: int, every: bool, database_url: str | None, as_json: bool) -> None:
    """The headlines that news searches found on pages we do not fetch. They are no articles."""
    from storage.leads import lead_counts, list_leads

    with app.reading(database_url) as session:
        rows, counts = list_leads(session, limit=limit, state=None if every else "lead"), lead_counts(session)
    print_rows(rows, as_json=as_json, record=_record, line=_line)
    if not as_json:
        waiting, taken = counts["waiting"], counts["taken"]
        click.echo(f"{counts['lead']} leads; {waiting} wait for their outlet's visit, {taken} were taken by it.")


def _record(row: "StoredLead") -> dict[str, Any]:
    """The contract of one line of `leads --json`."""
    times = {"published_at": shown_time(row.published_at), "found_at": shown_time(row.found_at)}
    return {**{name: getattr(row, name) for name in NAMES}, **times}


def _line(row: "StoredLead") -> str:
    state = "" if row.state == "lead" else f"  ({row.state})"
    return f"{short_time(row.published_at)}  {row.title or '–'}  · {row.publisher or '–'}{state}\n  {row.url}"
