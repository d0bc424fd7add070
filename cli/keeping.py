"""`zgcwatch db backup|restore|prune|copy`: keeping the archive, and letting go of what has had its time."""

from dataclasses import asdict
from pathlib import Path

import click

from cli.context import App, database_option, json_option, pass_app, print_json, utc_now


@click.command(epilog="Example: zgcwatch db backup /var/backups/zgcwatch")
@click.argument("target", type=click.Path(path_type=Path))
@database_option
@json_option
@pass_app
def backup(app: App, target: Path, database_url: str | None, as_json: bool) -> None:
    """Copy the whole archive into a file or folder while the service runs. PostgreSQL needs pg_dump."""
    from storage.backup import back_up

    made = back_up(database_url or app.settings.storage.database, target, now=utc_now())
    if as_json:
        print_json({"file": str(made.file), "bytes": made.bytes})
    else:
        click.echo(f"{made.file}: {made.bytes / 1e6:.1f} MB. Try it: zgcwatch db restore {made.file} --database …")


@click.command(epilog="Example: zgcwatch db restore zgcwatch-20261124T000000Z.db --database sqlite:///archive.db")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the archive that is there: it is set aside under a new name.")
@click.option(
    "--keep-readers", is_flag=True, help="Nothing was written since the backup: named readers of changes go on."
)
@database_option
@pass_app
def restore(app: App, file: Path, force: bool, keep_readers: bool, database_url: str | None) -> None:
    """Make the archive what a backup holds, checked before anything is replaced. Stop the service first.

    Readers of the change feed that were further than the backup are told so and read everything again: those with a
    cursor of their own once they ask, those with a name (`changes --reader`) all of them.
    """
    from storage.backup import restore as restore_backup

    url = database_url or app.settings.storage.database
    done = restore_backup(file, url, force=force, keep_readers=keep_readers, now=utc_now())
    click.echo(
        f"Restored from {file} and checked." + (f" The archive before it is {done.aside}." if done.aside else "")
    )
    if done.readers:
        click.echo(
            f"{done.readers} named readers of the change feed have to begin again; see `zgcwatch changes --readers`."
        )


@click.command(epilog="Examples: zgcwatch db prune --dry-run; zgcwatch db prune --url https://outlet.example/news/41")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--url", help="Instead: erase the article at this address, on request, for good.")
@click.option("--reason", default="on request", show_default=True, help="Kept with --url, for whoever asks later.")
@database_option
@json_option
@pass_app
def prune(app: App, dry_run: bool, url: str | None, reason: str, database_url: str | None, as_json: bool) -> None:
    """Let go of what is older than the settings say: raw pages, visits, leads, deliveries. The service does it nightly.

    With --url one article is erased on request: its text, every version, raw pages and index entries go, its id and
    addresses stay so that it is not read again. Mails that were sent keep their bytes.
    """
    if url is not None:
        _remove(app, url, reason, dry_run=dry_run, database_url=database_url, as_json=as_json)
        return
    from storage.retention import prune as prune_tables

    with app.database(database_url) as database:
        counts = prune_tables(database, app.settings.storage, now=utc_now(), dry_run=dry_run)
    if as_json:
        print_json(counts)
        return
    said = ", ".join(f"{table} {count}" for table, count in counts.items() if count) or "nothing"
    click.echo(f"{'Would go' if dry_run else 'Gone'}: {said}.")


def _remove(app: App, url: str, reason: str, *, dry_run: bool, database_url: str | None, as_json: bool) -> None:
    from storage.removal import look, remove

    with app.database(database_url) as database:
        if dry_run:
            with database.reader() as session:
                report = look(session, url)
        else:
            report = remove(database, url, now=utc_now(), reason=reason)
    if as_json:
        print_json(asdict(report))
        return
    verb = "would be erased" if dry_run else "is erased"
    click.echo(
        f"Article {report.article_id} {verb}: {report.versions} versions, {report.pages} raw pages. {report.url}"
    )
    if report.issues:
        click.echo(
            f"{report.issues} digests told of it: what was mailed stays as it was sent, and so does its web view."
        )
    click.echo("Backups and exports made before still have it: delete them, or erase it in them.")


@click.command(epilog="Example: zgcwatch db copy sqlite:///zgcwatch.db postgresql://zgcwatch@db/zgcwatch")
@click.argument("source_url", metavar="FROM")
@click.argument("target_url", metavar="TO")
@json_option
@pass_app
def copy(app: App, source_url: str, target_url: str, as_json: bool) -> None:
    """Copy an archive into an empty database, SQLite to PostgreSQL or back, ids and cursors as they are.

    Stop the service first. Both ends are compared at the end.
    """
    from storage.schema import upgrade
    from storage.transfer import copy as copy_archive

    upgrade(target_url)
    with app.database(source_url) as source, app.database(target_url) as target:
        counts = copy_archive(
            source, target, progress=lambda table, rows: None if as_json else click.echo(f"{rows:>10}  {table}")
        )
    if as_json:
        print_json(counts)
    else:
        click.echo(f"{sum(counts.values())} rows in {len(counts)} tables copied and compared.")


VERBS = (backup, restore, prune, copy)
