"""`zgcwatch entities`: the companies the archive has met, names waiting for review, and a re-run over the archive."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.printing import print_rows

if TYPE_CHECKING:
    from storage.database import Database
    from storage.entities import Reindexed
    from storage.meaning import EntityRow
    from storage.meaning.records import CandidateRow


@click.group()
def entities() -> None:
    """Companies, investors, universities, parks and policies in the archive."""


@entities.command("list", epilog="Example: zgcwatch entities list --kind company --limit 20")
@click.option("--kind", help="Only entities of this kind: company, investor, university, park, policy, …")
@click.option("--limit", type=click.IntRange(1, 5000), default=50, show_default=True, help="At most so many.")
@database_option
@json_option
@pass_app
def list_command(app: App, kind: str | None, limit: int, database_url: str | None, as_json: bool) -> None:
    """Entities that stored articles name, the most named first."""
    from storage.meaning.named import list_entities

    with app.reading(database_url) as session:
        rows, _ = list_entities(session, kind=kind, limit=limit)
    print_rows(rows, as_json=as_json, record=_entity, line=_line)
    if not rows and not as_json:
        click.echo("No stored article names an entity yet.")


def _entity(row: "EntityRow") -> dict[str, Any]:
    """The contract of one line of `entities list --json`."""
    known = {name: getattr(row, name) for name in ("id", "name", "kind", "zgc", "articles", "mentions")}
    return {**known, "first_seen_at": shown_time(row.first_seen_at)}


def _line(row: "EntityRow") -> str:
    return f"{row.articles:>6}  {short_time(row.first_seen_at)}  {row.kind:<10}  {row.name} [{row.id}]"


@entities.command(epilog="Example: zgcwatch entities candidates --limit 10")
@click.option("--dismiss", metavar="NAME", help="Do not show this name again.")
@click.option("--accept", metavar="NAME", help="Write this name into a file of your own (--into).")
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that --accept writes to; made if need be. Name it in `crawler.entities`, then reindex.",
)
@click.option("--limit", type=click.IntRange(1, 5000), default=50, show_default=True, help="At most so many.")
@database_option
@json_option
@pass_app
def candidates(
    app: App,
    dismiss: str | None,
    accept: str | None,
    into: Path | None,
    limit: int,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Names that look like companies and are in no lexicon, with the sentences they were seen in."""
    from storage.entities import dismiss_candidate, list_candidates
    from storage.errors import ZgcwatchError

    if (accept is None) != (into is None):
        raise click.UsageError("--accept NAME and --into FILE go together.")
    with app.database(database_url) as database:
        if dismiss is not None:
            with database.writer() as session:
                if not dismiss_candidate(session, dismiss):
                    raise ZgcwatchError(f"No candidate is named {dismiss!r}: `zgcwatch entities candidates` lists all.")
        if accept is not None and into is not None:
            _accept(database, accept, into)
            return
        with database.reader() as session:
            rows = list_candidates(session, limit=limit)
    print_rows(rows, as_json=as_json, record=_candidate, line=_candidate_line)


def _candidate(row: "CandidateRow") -> dict[str, Any]:
    """The contract of one line of `entities candidates --json`."""
    return {
        "name": row.name,
        "alias": row.alias,
        "articles": row.articles,
        "first_seen_at": shown_time(row.first_seen_at),
        "sentences": list(row.sentences),
    }


def _candidate_line(row: "CandidateRow") -> str:
    alias = f" ({row.alias})" if row.alias else ""
    return f"{row.articles:>4}  {row.name}{alias}: {row.sentences[0]}"


def _accept(database: "Database", name: str, into: Path) -> None:
    from crawler.meaning.lexicon.writing import add_entity
    from storage.entities import get_candidate
    from storage.errors import ZgcwatchError

    with database.reader() as session:
        found = get_candidate(session, name)
    if found is None:
        raise ZgcwatchError(f"No candidate is named {name!r}: `zgcwatch entities candidates` lists all.")
    entity_id = add_entity(into, found.name, found.alias)
    click.echo(f"{name} is {entity_id} in {into}. With {into} in `crawler.entities`, run `zgcwatch entities reindex`.")


@entities.command("reindex", epilog="Example: zgcwatch entities reindex")
@database_option
@json_option
@pass_app
def reindex_command(app: App, database_url: str | None, as_json: bool) -> None:
    """Read every stored article again with today's lexicon; what changes goes into the change feed."""
    from crawler.meaning.drafts import read_draft
    from storage.entities import reindex

    def shown(done: "Reindexed") -> None:
        if not as_json and sys.stderr.isatty():
            click.echo(f"\r{done.articles} articles, {done.changed} changed", nl=False, err=True)

    reader = app.fact_reader
    with app.database(database_url) as database:
        done = reindex(
            database, lambda article: read_draft(reader, article.title, article.body), clock=utc_now, progress=shown
        )
    if as_json:
        print_json({"articles": done.articles, "changed": done.changed})
    else:
        click.echo(f"{done.articles} articles read, {done.changed} changed.")
