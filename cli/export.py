"""`zgcwatch export`: the archive as files for other programs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import KST, App, database_option, json_option, pass_app, print_json, utc_now
from cli.files import writing_to
from cli.parameters import FeedPlace

if TYPE_CHECKING:
    from storage.export.folder import Progress
    from storage.export.formats import Format
    from storage.export.manifest import Manifest
    from storage.position import Place
    from storage.records import StoredArticle

FORMATS = ("jsonl", "csv", "parquet", "sqlite")
PLAIN = {"jsonl": ".jsonl", "csv": ".csv"}


class FolderOrFile(click.Group):
    """A group whose own options do the export; `verify` is its one subcommand."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[OPTIONS] | verify FOLDER")


@click.group(
    cls=FolderOrFile,
    invoke_without_command=True,
    epilog="Example: zgcwatch export --format parquet --out articles-2026-11",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to write, with a manifest; or one file without, where it ends in .jsonl or .csv. "
    "Default: JSON lines to standard output.",
)
@click.option("--since", type=FeedPlace(), default="0", help="Only articles changed after this cursor or seq.")
@click.option("--resume", is_flag=True, help="Go on with an export into this folder that was cut off.")
@database_option
@click.pass_context
def export(
    ctx: click.Context, form: str, out: Path | None, since: "Place", resume: bool, database_url: str | None
) -> None:
    """Write every article as JSON lines, CSV, Parquet or an SQLite file. A gone article is written without its text.

    Each export says a cursor, in the manifest of a folder, too: with it as --since the next one has what changed since.
    `verify FOLDER` compares a folder with its manifest.
    """
    if ctx.invoked_subcommand:
        return
    app = ctx.ensure_object(App)
    with app.database(database_url) as database:
        if out is None or out.suffix in PLAIN.values():
            _plain(database, out, form=form, since=since, resume=resume)
        else:
            _folder(database, out, form=form, since=since, resume=resume)


def _plain(database: Any, out: Path | None, *, form: str, since: "Place", resume: bool) -> None:
    from storage.export.formats import FORMATS as WRITERS
    from storage.export.stream import stream
    from storage.position import found_place, last_place

    form = "csv" if out is not None and out.suffix == ".csv" else form
    if resume or form not in PLAIN or (out is not None and out.suffix != PLAIN[form]):
        raise click.UsageError(f"For {'--resume' if resume else form}, let --out name a folder.")
    with database.reader() as session:
        seq, cursor = found_place(session, since).seq, last_place(session)
        rows = map(export_row, stream(session, since_seq=seq))
        if out is None:
            WRITERS[form].write(_standard_output(), rows)
        else:
            _write_file(out, WRITERS[form], rows)
    click.echo(f"The next export: --since {cursor}.", err=True)


def _write_file(out: Path, form: "Format", rows: "Iterator[dict[str, Any]]") -> None:
    partial = out.with_name(out.name + ".part")
    with writing_to(out):
        count = form.write(partial, rows)
        partial.replace(out)
    click.echo(f"{count} articles written to {out}.", err=True)


def _standard_output() -> Any:
    """Standard output as something that opens like a path; it is left open for whoever started us."""

    class Output:
        def open(self, _mode: str, *, encoding: str, newline: str) -> Any:
            return open(sys.stdout.fileno(), "w", encoding=encoding, newline=newline, closefd=False)

    return Output()


def _folder(database: Any, out: Path, *, form: str, since: "Place", resume: bool) -> None:
    from storage.export.folder import Plan, export_folder

    plan = Plan(form, since=since, resume=resume)
    with _progress_bar() as progress:
        manifest = export_folder(database, out, plan, now=utc_now(), zone=KST, progress=progress)
    click.echo(f"{_counted(manifest)} written to {out}. The next export: --since {manifest.cursor}.", err=True)


def _counted(manifest: "Manifest") -> str:
    files = "1 file" if len(manifest.files) == 1 else f"{len(manifest.files)} files"
    return f"{manifest.articles} articles ({manifest.gone} of them gone) in {files}"


@contextmanager
def _progress_bar() -> "Iterator[Progress | None]":
    """A bar on a terminal; nothing elsewhere, where it would fill a log."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = ("articles", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("export", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@export.command(epilog="Example: zgcwatch export verify articles-2026-11")
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@pass_app
def verify(app: App, folder: Path, as_json: bool) -> None:
    """Compare an exported folder with its manifest: files, checksums, counts, schema version."""
    from dataclasses import asdict

    from storage.export.manifest import verify as verify_folder

    del app
    manifest = verify_folder(folder)
    if as_json:
        print_json(asdict(manifest))
    else:
        click.echo(f"{folder} is whole: {_counted(manifest)}, schema {manifest.schema_version}.")


def export_row(article: "StoredArticle") -> dict[str, Any]:
    """One exported article, its times in Korean time."""
    from storage.export import export_row as row

    return row(article, KST)
