"""Reading verbs of the archive: `search`, `changes`."""

from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time

if TYPE_CHECKING:
    from storage.records import SearchHit


@click.command(epilog='Example: zgcwatch search "중관춘 유니콘" --limit 5')
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="Hits on one page.")
@click.option("--relevance", is_flag=True, help="Best match first instead of newest first.")
@click.option("--next", "cursor", help="The `next` value of an earlier answer: the page after it.")
@database_option
@json_option
@pass_app
def search(
    app: App, query: str, limit: int, relevance: bool, cursor: str | None, database_url: str | None, as_json: bool
) -> None:
    """Find articles. Words are ANDed, "quotes" make a phrase; particles and spacing do not matter."""
    from storage.search import search as search_archive

    with app.database(database_url) as database, database.reader() as session:
        result = search_archive(session, query, limit=limit, cursor=cursor, newest_first=not relevance)
    if as_json:
        print_json({"total": result.total, "items": [hit_row(hit) for hit in result.items], "next": result.next})
        return
    for hit in result.items:
        click.echo(f"{hit.id:>6}  {short_time(hit.published_at or hit.first_seen_at)}  {hit.outlet}  {hit.title}")
    click.echo(f"{result.total} found." + (" There is more: --limit or --next." if result.next else ""))


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


@click.command(epilog="Example: zgcwatch changes --after 120 --json")
@click.option("--after", type=click.IntRange(0), default=0, show_default=True, help="The last seq already seen.")
@click.option("--limit", type=click.IntRange(1), help="At most so many changes (default: all).")
@database_option
@json_option
@pass_app
def changes(app: App, after: int, limit: int | None, database_url: str | None, as_json: bool) -> None:
    """What changed in the archive after a cursor, in order: add, update, merge, gone."""
    from storage.changes import changes_after

    left = limit
    with app.database(database_url) as database:
        while left is None or left > 0:
            with database.reader() as session:
                rows = changes_after(session, after, limit=min(1000, left or 1000))
            for change in rows:
                at = shown_time(change.at)
                if as_json:
                    print_json({"seq": change.seq, "op": str(change.op), "article_id": change.article_id, "at": at})
                else:
                    click.echo(f"{change.seq:>8}  {change.op:<6}  article {change.article_id}  {at}")
            if not rows:
                return
            after = rows[-1].seq
            left = None if left is None else left - len(rows)
