"""`zgcwatch db`: the archive's schema and whether it is whole; keeping.py has the rest."""

import click

from cli.context import App, database_option, json_option, pass_app, print_json, utc_now
from cli.drill import drill
from cli.keeping import VERBS

COUNTED = ("articles", "live", "gone", "duplicates", "revisions", "pages")


@click.group()
def db() -> None:
    """Make or bring the archive up to date, and check it."""


@db.command(epilog="Example: zgcwatch db upgrade --database sqlite:///archive.db")
@click.option("--no-copy", is_flag=True, help="Make no copy of an SQLite archive before its tables change.")
@database_option
@pass_app
def upgrade(app: App, no_copy: bool, database_url: str | None) -> None:
    """Bring the archive's tables to this version; makes them in an empty database. Safe to run again.

    An SQLite archive is copied before, beside it; the three newest such copies are kept. Of two that run at once, the
    second waits for the first.
    """
    from storage.schema import state
    from storage.schema import upgrade as upgrade_schema
    from storage.upkeep import upgrade_safely

    url = database_url or app.settings.storage.database
    before = state(url).revision
    copy = None
    if no_copy:
        upgrade_schema(url)
    else:
        copy = upgrade_safely(url, now=utc_now())
    after = state(url).revision
    if copy is not None:
        click.echo(f"As it was before: {copy} (`zgcwatch db restore` takes it, and so does the zgcwatch of before).")
    click.echo(
        f"The archive is at {after}." if before == after else f"The archive went from {before or 'empty'} to {after}."
    )


@db.command(epilog="Example: zgcwatch db check --json")
@click.option("--restored", is_flag=True, help="After a pg_restore by hand: named readers of changes begin again.")
@database_option
@json_option
@pass_app
def check(app: App, restored: bool, database_url: str | None, as_json: bool) -> None:
    """Whether the archive fits this version and keeps its promises, and what is in it. Exit code 1 when it does not.

    Reads all of it: counters, the change feed without gaps, references, the search index, the file itself.
    """
    from storage.archive import archive_counts
    from storage.changes import lose_consumers
    from storage.errors import ZgcwatchError
    from storage.integrity import broken_promises
    from storage.schema import state

    url = database_url or app.settings.storage.database
    schema = state(url)
    with app.database(url) as database:
        if restored:
            with database.writer() as session:
                lose_consumers(session)
        broken = broken_promises(database)
        with database.reader() as session:
            counts = archive_counts(session)
    row = {"schema": schema.revision, **{name: getattr(counts, name) for name in COUNTED}}
    if as_json:
        print_json({**row, "broken": [{"promise": one.promise, "count": one.count} for one in broken]})
    for one in broken:
        click.echo(f"Not so: {one.promise} ({one.count} times).", err=True)
    if broken:
        raise ZgcwatchError("The archive is damaged: restore a backup (`zgcwatch db restore`), and report this.")
    if not as_json:
        click.echo("The archive is in order. " + ", ".join(f"{name} {value}" for name, value in row.items()) + ".")


for verb in (*VERBS, drill):
    db.add_command(verb)
