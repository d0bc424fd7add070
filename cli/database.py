"""`zgcwatch db`: the archive's schema."""

import click

from cli.context import App, database_option, json_option, pass_app, print_json


@click.group()
def db() -> None:
    """Make or bring the archive up to date, and check it."""


@db.command(epilog="Example: zgcwatch db upgrade --database sqlite:///archive.db")
@database_option
@pass_app
def upgrade(app: App, database_url: str | None) -> None:
    """Bring the archive's tables to this version; makes them in an empty database. Safe to run again."""
    from storage.schema import state
    from storage.schema import upgrade as upgrade_schema

    url = database_url or app.settings.storage.database
    before = state(url).revision
    upgrade_schema(url)
    after = state(url).revision
    click.echo(
        f"The archive is at {after}." if before == after else f"The archive went from {before or 'empty'} to {after}."
    )


@db.command(epilog="Example: zgcwatch db check --json")
@database_option
@json_option
@pass_app
def check(app: App, database_url: str | None, as_json: bool) -> None:
    """Say whether the archive can be used by this version, and what is in it."""
    from storage.archive import archive_counts
    from storage.schema import state

    url = database_url or app.settings.storage.database
    schema = state(url)
    with app.database(url) as database, database.reader() as session:
        counts = archive_counts(session)
    row = {
        "schema": schema.revision,
        "articles": counts.articles,
        "live": counts.live,
        "gone": counts.gone,
        "duplicates": counts.duplicates,
        "revisions": counts.revisions,
        "pages": counts.pages,
    }
    if as_json:
        print_json(row)
    else:
        click.echo("The archive is in order. " + ", ".join(f"{name} {value}" for name, value in row.items()) + ".")
