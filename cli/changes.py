"""`zgcwatch changes`: the change feed, and the readers who follow it by name."""

import sys
from typing import TYPE_CHECKING

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.parameters import FeedPlace
from storage.errors import ZgcwatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database
    from storage.position import Place
    from storage.records import Change


@click.command(epilog="Example: zgcwatch changes --after 120 --follow --json")
@click.option("--after", type=FeedPlace(), help="The last seq or cursor already seen (default: 0, or the reader's).")
@click.option("--limit", type=click.IntRange(1), help="At most so many changes (default: all).")
@click.option("--follow", is_flag=True, help="Wait for what is to come, until stopped.")
@click.option(
    "--reader", metavar="NAME", help="Go on where this reader stopped last, and keep its place once all was printed."
)
@click.option("--readers", "list_readers", is_flag=True, help="Instead: the named readers and how far they are.")
@click.option("--forget", metavar="NAME", help="Instead: forget this reader.")
@database_option
@json_option
@pass_app
def changes(
    app: App,
    after: "Place | None",
    limit: int | None,
    follow: bool,
    reader: str | None,
    list_readers: bool,
    forget: str | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """What changed in the archive after a cursor, in order: add, update, merge, gone.

    The `cursor` of each line of --json is what to give as --after; it notices a restore from an older backup.
    """
    with app.database(database_url) as database:
        if list_readers or forget:
            _readers(database, forget, as_json=as_json)
            return
        place = _place_of(database, reader) if after is None else after
        for page in _pages(database, place, limit, follow=follow):
            for change in page:
                _print_change(change, as_json=as_json)
            sys.stdout.flush()
            if reader:
                _keep_place(database, reader, page[-1].seq)


def _place_of(database: "Database", reader: str | None) -> "Place":
    """Where a named reader goes on; the beginning for everybody else."""
    from storage.changes import consumer_seq
    from storage.position import Place, PlaceLost

    if reader is None:
        return Place()
    try:
        with database.reader() as session:
            return Place(consumer_seq(session, reader))
    except PlaceLost as error:
        raise ZgcwatchError(
            f"The archive was restored from a backup, and {reader} may have had changes that are no more: drop what it "
            f"has and read everything again, with --reader {reader} --after 0."
        ) from error


def _readers(database: "Database", forget: str | None, *, as_json: bool) -> None:
    from storage.changes import LOST, consumers, forget_consumer

    if forget is not None:
        with database.writer() as session:
            if not forget_consumer(session, forget):
                raise ZgcwatchError(f"There is no reader {forget}: `zgcwatch changes --readers` lists them.")
        click.echo(f"{forget} is forgotten.", err=True)
        return
    with database.reader() as session:
        found = consumers(session)
    if as_json:
        print_json(
            [
                {"name": name, "seq": None if seq == LOST else seq, "updated_at": shown_time(at)}
                for name, seq, at in found
            ]
        )
        return
    for name, seq, at in found:
        click.echo(f"{'begins again' if seq == LOST else seq:>12}  {short_time(at)}  {name}")


def _pages(database: "Database", after: "Place", limit: int | None, *, follow: bool) -> "Iterator[list[Change]]":
    """The changes, page by page as they become known, at most `limit` of them."""
    from storage.changes import pages_after

    left = limit
    for page in pages_after(database, after, follow=follow):
        yield page[:left]
        left = None if left is None else left - len(page)
        if left is not None and left <= 0:
            return


def _print_change(change: "Change", *, as_json: bool) -> None:
    from storage.position import Place

    at = shown_time(change.at)
    if as_json:
        cursor = str(Place.of(change))
        row = {"seq": change.seq, "op": str(change.op), "article_id": change.article_id, "at": at, "cursor": cursor}
        print_json(row | ({"head_id": change.head_id} if change.op == "merge" else {}))
        return
    head = f"  head {change.head_id or 'none'}" if change.op == "merge" else ""
    click.echo(f"{change.seq:>8}  {change.op:<6}  article {change.article_id}  {at}{head}")


def _keep_place(database: "Database", reader: str, seq: int) -> None:
    from storage.changes import set_consumer

    with database.writer() as session:
        set_consumer(session, reader, seq, now=utc_now())
