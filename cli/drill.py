"""`zgcwatch db drill`: a backup is worth what its restore is worth, so it is tried."""

from pathlib import Path

import click

from cli.context import App, json_option, pass_app, print_json, utc_now


@click.command(epilog="Example: zgcwatch db drill /var/backups/zgcwatch")
@click.argument("backup", type=click.Path(path_type=Path), required=False)
@click.option("--into", metavar="URL", help="An empty database to restore into; needed for a backup of PostgreSQL.")
@json_option
@pass_app
def drill(app: App, backup: Path | None, into: str | None, as_json: bool) -> None:
    """Restore a backup beside the archive, check it, count what is in it, and remove it again.

    BACKUP is a file, or a folder whose newest backup is taken; default: the folder `storage.backups`.
    """
    from storage.errors import ConfigurationError
    from storage.upkeep import backups_in
    from storage.upkeep import drill as try_backup

    chosen = backup or app.settings.storage.backups
    if chosen is None:
        raise ConfigurationError("There is nothing to try: name a backup, or a folder in storage.backups.")
    if chosen.is_dir():
        found = backups_in(chosen, into or app.settings.storage.database)
        if not found:
            raise ConfigurationError(
                f"{chosen} holds no backup of such an archive: make one with `zgcwatch db backup`."
            )
        chosen = found[0]
    done = try_backup(chosen, into, now=utc_now())
    if as_json:
        print_json(
            {"file": str(done.file), "seconds": round(done.seconds, 1), "articles": done.counts.articles,
             "revisions": done.counts.revisions, "pages": done.counts.pages}
        )  # fmt: skip
        return
    click.echo(
        f"{done.file}: restored and checked in {done.seconds:.1f} s; {done.counts.articles} articles, "
        f"{done.counts.revisions} revisions, {done.counts.pages} raw pages."
    )
