"""`zgcwatch subscriber`: who reads which watch, and how."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.context import App, database_option, json_option, pass_app, shown_time, utc_now
from cli.files import read_text, write_text
from cli.printing import print_rows

if TYPE_CHECKING:
    from digest.watchfile import Reader
    from storage.subscribers import SubscriberRow

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def subscriber() -> None:
    """Readers: who gets which watch, in which form."""


def reader_options(command: Command) -> Command:
    """The options that describe a reader."""
    options = (
        click.option("--watch", "watches", metavar="NAME", multiple=True, help="A watch of this reader (repeatable)."),
        click.option("--name", help="Name of the reader, for lists."),
        click.option("--language", type=click.Choice(["ko", "en"]), help="Language of the frame."),
        click.option("--zone", metavar="ZONE", help="Zone of the times shown (default: that of the watch)."),
        click.option("--format", type=click.Choice(["html", "text"]), help="HTML, or plain text alone."),
        click.option("--excerpts/--headlines", default=None, help="Whether openings are shown where outlets allow it."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _reader(address: str, values: dict[str, Any], known: "Reader | None" = None) -> "Reader":
    from pydantic import ValidationError

    from digest.watchfile import Reader
    from storage.errors import ZgcwatchError, explain_validation

    before = known.model_dump() if known else {}
    given = {name: value for name, value in values.items() if value not in (None, ())}
    try:
        return Reader.model_validate({**before, **given, "address": address})
    except ValidationError as error:
        raise ZgcwatchError(f"{address}: {explain_validation(error, Reader)}") from error


@subscriber.command(epilog="Example: zgcwatch subscriber add analyst@example.com --watch robots --language en")
@click.argument("address")
@reader_options
@database_option
@pass_app
def add(app: App, /, address: str, database_url: str | None, **values: Any) -> None:
    """Add a reader who agreed to be one; without --watch, of the watch `default`."""
    from digest.readers import add_reader

    with app.writing(database_url) as session:
        row = add_reader(session, app.settings.digest, _reader(address, values), now=utc_now())
    click.echo(f"{row.address} reads {', '.join(row.watches)}.")


@subscriber.command(name="list", epilog="Example: zgcwatch subscriber list --watch robots")
@click.option("--watch", "watch_name", metavar="NAME", help="Only the readers of this watch.")
@database_option
@json_option
@pass_app
def list_(app: App, watch_name: str | None, database_url: str | None, as_json: bool) -> None:
    """Every reader, also those who still have to confirm or who left."""
    from storage.subscribers import subscribers

    with app.reading(database_url) as session:
        rows = subscribers(session, watch=watch_name)
    print_rows(rows, as_json=as_json, record=shown, line=_line)


def _line(row: "SubscriberRow") -> str:
    form = f"{row.profile.language} {row.profile.format}{'' if row.profile.excerpts else ' headlines'}"
    return f"{row.address:36} {row.state:12} {form:18} {', '.join(row.watches)}"


@subscriber.command(epilog="Example: zgcwatch subscriber edit analyst@example.com --watch default --watch robots")
@click.argument("address")
@reader_options
@database_option
@pass_app
def edit(app: App, /, address: str, database_url: str | None, **values: Any) -> None:
    """Change what a reader gets; --watch names all watches from now on, also those the reader had left."""
    from digest.readers import edit_reader, require_reader
    from digest.watchfile import Reader

    with app.writing(database_url) as session:
        known = Reader.of(require_reader(session, address))
        row = edit_reader(session, app.settings.digest, _reader(known.address, values, known), now=utc_now())
    click.echo(f"{row.address} reads {', '.join(row.watches) or 'nothing'}.")


@subscriber.command(epilog="Example: zgcwatch subscriber remove analyst@example.com")
@click.argument("address")
@click.option("--forget", is_flag=True, help="Erase the reader, and with it that the reader left.")
@database_option
@pass_app
def remove(app: App, address: str, forget: bool, database_url: str | None) -> None:
    """Mail a reader no more. It stays on record that the reader left, so that no file brings the reader back."""
    from digest.readers import require_reader
    from storage.subscribers import remove_subscriber, unsubscribe

    with app.writing(database_url) as session:
        row = require_reader(session, address)
        if forget:
            remove_subscriber(session, row, now=utc_now())
        else:
            unsubscribe(session, row, row.watches, now=utc_now())
    click.echo(f"{address} is {'forgotten' if forget else 'unsubscribed'}.")


@subscriber.command(name="import", epilog="Example: zgcwatch subscriber import readers.toml")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@database_option
@pass_app
def import_(app: App, file: Path, database_url: str | None) -> None:
    """Take readers who agreed to be some from a file: new ones are added, known ones brought up to date."""
    from digest.readers import import_readers
    from digest.watchfile import parse

    readers = parse(read_text(file), where=str(file)).subscriber
    with app.writing(database_url) as session:
        count, kept_away = import_readers(session, app.settings.digest, readers, now=utc_now())
    click.echo(f"{count} readers read.")
    if kept_away:
        click.echo(f"Left alone, because they had unsubscribed: {', '.join(kept_away)}.", err=True)


@subscriber.command(epilog="Example: zgcwatch subscriber export --out readers.toml")
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@database_option
@pass_app
def export(app: App, out: Path | None, database_url: str | None) -> None:
    """Every reader in force, as a file that `zgcwatch subscriber import` takes."""
    from digest.watchfile import Reader, write_readers
    from storage.subscribers import subscribers

    with app.reading(database_url) as session:
        rows = [row for row in subscribers(session) if row.state == "active"]
    write_text(out, write_readers([Reader.of(row) for row in rows]))


def shown(row: "SubscriberRow") -> dict[str, Any]:
    """A reader for programs; never the secret."""
    profile = row.profile
    return {
        "address": row.address,
        "name": profile.name,
        "language": profile.language,
        "zone": profile.zone,
        "format": profile.format,
        "excerpts": profile.excerpts,
        "state": row.state,
        "origin": row.origin,
        "watches": row.watches,
        "created_at": shown_time(row.created_at),
        "opted_in_at": shown_time(row.opted_in_at),
        "unsubscribed_at": shown_time(row.unsubscribed_at),
    }
