"""Reading verbs of the archive: `search`, `show`, and `reindex`, which search needs after some upgrades."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.parameters import Moment
from storage.errors import ZgcwatchError

if TYPE_CHECKING:
    from storage.archive import ArticleAsOf
    from storage.models.archive import Revision
    from storage.records import SearchHit


@click.command(epilog='Example: zgcwatch search "중관춘 유니콘" --since 2026-11-01 --limit 5')
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="Hits on one page.")
@click.option("--relevance", is_flag=True, help="Best match first instead of newest first.")
@click.option("--as-typed", is_flag=True, help="Do not look for other names of a company (바이두: 百度, Baidu).")
@click.option("--next", "cursor", help="The `next` value of an earlier answer: the page after it.")
@click.option("--outlet", "outlets", multiple=True, metavar="ID", help="Only this outlet; may be given several times.")
@click.option("--section", "sections", multiple=True, help="Only this section of an outlet, as the outlet calls it.")
@click.option("--since", type=Moment(), help="First seen then or later (day or time, Korean time without a zone).")
@click.option("--until", type=Moment(), help="First seen before then.")
@click.option(
    "--relation",
    type=click.Choice(["original", "duplicate", "copy_of", "excerpt_of", "sibling"]),
    help="original: told for the first time; duplicate: has a head; or what it is to some other article.",
)
@click.option(
    "--state",
    type=click.Choice(["live", "gone", "any"]),
    default="live",
    show_default=True,
    help="gone ones have no words left: leave the query empty.",
)
@database_option
@json_option
@pass_app
def search(
    app: App,
    query: str,
    limit: int,
    relevance: bool,
    as_typed: bool,
    cursor: str | None,
    outlets: tuple[str, ...],
    sections: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    relation: str | None,
    state: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Find articles. Words are ANDed, "quotes" make a phrase; particles and spacing do not matter."""
    from crawler.meaning.aliases import expander
    from storage.records import SearchFilters
    from storage.search import search as search_archive
    from storage.search import standing

    expand = None if as_typed else expander(app.fact_reader.lexicon)
    filters = SearchFilters(since, until, outlets, sections, relation, state)
    with app.reading(database_url) as session:
        index = standing(session)
        result = search_archive(
            session,
            query,
            limit=limit,
            cursor=cursor,
            newest_first=not relevance,
            filters=filters,
            expand=expand,
        )
    if not index.is_current:
        click.echo("The search index is of another version and may miss articles: run `zgcwatch reindex`.", err=True)
    if as_json:
        print_json(
            {
                "total": result.total,
                "total_is_exact": result.total_is_exact,
                "items": [hit_row(hit) for hit in result.items],
                "next": result.next,
            }
        )
        return
    for hit in result.items:
        click.echo(f"{hit.id:>6}  {short_time(hit.published_at or hit.first_seen_at)}  {hit.outlet}  {hit.title}")
    found = f"{result.total} found." if result.total_is_exact else f"At least {result.total} found."
    click.echo(found + (" There is more: --limit or --next." if result.next else ""))


def hit_row(hit: "SearchHit") -> dict[str, Any]:
    """The contract of one item of `search --json`; highlight offsets count characters of the named field."""
    return {
        "id": hit.id,
        "title": hit.title,
        "outlet": hit.outlet,
        "url": hit.url,
        "published_at": shown_time(hit.published_at),
        "first_seen_at": shown_time(hit.first_seen_at),
        "highlights": [
            {"field": mark.field, "text": mark.text, "start": mark.start, "end": mark.end} for mark in hit.highlights
        ],
    }


@click.command(epilog="Example: zgcwatch show 42 --at 2026-11-24T07:40")
@click.argument("article", type=click.IntRange(1))
@click.option("--at", type=Moment(), help="As the archive knew it then (default: now).")
@click.option("--versions", is_flag=True, help="Instead of the text: every version up to then, and what is different.")
@database_option
@json_option
@pass_app
def show(app: App, article: int, at: datetime | None, versions: bool, database_url: str | None, as_json: bool) -> None:
    """One article: its text, its head and what it is to others, now or as known at a time."""
    from storage.archive import as_of, revisions_of

    moment = at or utc_now()
    with app.reading(database_url) as session:
        found = as_of(session, article, moment)
        every = [one for one in revisions_of(session, article) if one.at <= moment] if versions else []
    if found is None:
        raise ZgcwatchError(f"No article {article} was known at {shown_time(moment)}: see `zgcwatch search`.")
    if versions:
        for revision in every:
            if as_json:
                print_json(version_row(revision))
            else:
                _print_version(revision)
        return
    if as_json:
        print_json(known_row(found))
        return
    click.echo(f"{found.title or '(withheld: the outlet took it down)'}\n{found.outlet}  {found.canonical_url}")
    click.echo(f"version {found.revision} of {short_time(found.revised_at)}, {found.state}")
    for tie in found.relations:
        click.echo(f"article {tie.article_id} {tie.kind} {tie.other_id} ({tie.containment:.0%} of the shorter text)")
    if found.duplicate_of:
        click.echo(f"head: article {found.duplicate_of}")
    click.echo("\n" + "\n\n".join(filter(None, (found.subtitle, *found.body))))


def _print_version(revision: "Revision") -> None:
    verdict = f"{revision.verdict} ({', '.join(revision.reasons or [])})" if revision.verdict else "first version"
    again = ", the same page read again" if revision.origin != "visit" else ""
    click.echo(f"version {revision.seq} of {short_time(revision.at)}: {verdict}{again}")
    for field, reason, before, after in revision.edits or []:
        click.echo(f"  {field}, {reason}:  {before or '(nothing)'}  →  {after or '(nothing)'}")


def version_row(revision: "Revision") -> dict[str, Any]:
    """The contract of `show --versions --json`, a line for each version."""
    return {
        "revision": revision.seq,
        "at": shown_time(revision.at),
        "title": revision.title,
        "subtitle": revision.subtitle,
        "body": revision.body,
        "extractor": revision.extractor,
        "origin": revision.origin,
        "verdict": revision.verdict,
        "reasons": revision.reasons or [],
        "edits": [
            dict(zip(("field", "reason", "before", "after"), edit, strict=True)) for edit in revision.edits or []
        ],
    }


def known_row(found: "ArticleAsOf") -> dict[str, Any]:
    """The contract of `show --json`."""
    return {
        "id": found.id,
        "at": shown_time(found.at),
        "outlet": found.outlet,
        "url": found.canonical_url,
        "state": found.state,
        "revision": found.revision,
        "revised_at": shown_time(found.revised_at),
        "title": found.title,
        "subtitle": found.subtitle,
        "body": list(found.body),
        "withheld": found.withheld,
        "duplicate_of": found.duplicate_of,
        "relations": [
            {
                "article_id": tie.article_id,
                "other_id": tie.other_id,
                "kind": tie.kind,
                "containment": tie.containment,
                "shared_numbers": tie.shared_numbers,
                "since": shown_time(tie.since),
            }
            for tie in found.relations
        ],
    }


@click.command(epilog="Example: zgcwatch reindex")
@database_option
@pass_app
def reindex(app: App, database_url: str | None) -> None:
    """Make the search index again while everything else goes on: after an upgrade that says so."""
    from storage.search import reindex as make_again

    with app.database(database_url) as database, click.progressbar(length=1, label="articles", file=sys.stderr) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        count = make_again(database, progress=told)
    click.echo(f"{count} articles indexed.")
