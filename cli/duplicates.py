"""The `duplicates` verbs: why articles are called copies of one report."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time

if TYPE_CHECKING:
    from storage.duplicates import Explanation, Tie

_SAID = {
    ("copy_of", True): "is a copy of",
    ("copy_of", False): "is copied by",
    ("excerpt_of", True): "is an excerpt of",
    ("excerpt_of", False): "is excerpted by",
    ("sibling", True): "has the template of",
    ("sibling", False): "has the template of",
}


@click.group()
def duplicates() -> None:
    """Copies, excerpts and siblings of one report in several outlets."""


@duplicates.command(epilog="Example: zgcwatch duplicates show 42")
@click.argument("article", type=click.IntRange(1))
@database_option
@json_option
@pass_app
def show(app: App, article: int, database_url: str | None, as_json: bool) -> None:
    """Explain an article's likeness to others: shared sentences, shared text, numbers, exchanged names."""
    from storage.duplicates import explain
    from storage.errors import ZgcwatchError

    with app.reading(database_url) as session:
        found = explain(session, article)
    if found is None:
        raise ZgcwatchError(f"There is no article {article}: `zgcwatch search` shows the numbers of articles.")
    if as_json:
        print_json(explanation_row(found))
        return
    click.echo(f"article {found.article_id}  {found.outlet}  {short_time(found.first_seen_at)}  {found.title}")
    click.echo(_standing(found))
    for tie in found.ties:
        _print_tie(tie)


def _standing(found: "Explanation") -> str:
    if found.head_id is not None:
        return f"head: article {found.head_id}"
    if found.followers:
        return f"head of {', '.join(map(str, found.followers))}"
    return "no copy of it is known" if not found.ties else "stands on its own"


def _print_tie(tie: "Tie") -> None:
    click.echo(f"\n{_SAID[tie.kind, tie.is_subject]} article {tie.article_id}  {tie.outlet}  {tie.title}")
    click.echo(
        f"  first seen {short_time(tie.first_seen_at)}, {tie.containment:.0%} of the shorter text is in the other"
    )
    click.echo(f"  {tie.sentences_shared} of {tie.sentences_all} sentences the same")
    for sentence in tie.sentences[:3]:
        click.echo(f"    {sentence}")
    click.echo(f"  {tie.shared_numbers:.0%} of the numbers: {_numbers(tie.numbers) or 'none'}")
    if tie.numbers_apart:
        click.echo(f"  only in one of them: {_numbers(tie.numbers_apart)}")
    for one, other in tie.names:
        click.echo(f"  {one} here stands where {other} stands there")


def _numbers(numbers: tuple[Decimal, ...]) -> str:
    return ", ".join(f"{number:,f}" for number in numbers[:20])


def explanation_row(found: "Explanation") -> dict[str, Any]:
    """The contract of `duplicates show --json`; numbers are texts, so that none is rounded."""
    return {
        "article_id": found.article_id,
        "outlet": found.outlet,
        "title": found.title,
        "url": found.url,
        "state": found.state,
        "first_seen_at": shown_time(found.first_seen_at),
        "wire_source": found.wire_source,
        "head_id": found.head_id,
        "followers": list(found.followers),
        "ties": [_tie_row(tie) for tie in found.ties],
    }


def _tie_row(tie: "Tie") -> dict[str, Any]:
    return {
        "article_id": tie.article_id,
        "outlet": tie.outlet,
        "title": tie.title,
        "url": tie.url,
        "first_seen_at": shown_time(tie.first_seen_at),
        "kind": tie.kind,
        "is_subject": tie.is_subject,
        "containment": tie.containment,
        "shared_numbers": tie.shared_numbers,
        "sentences": list(tie.sentences),
        "sentences_shared": tie.sentences_shared,
        "sentences_all": tie.sentences_all,
        "numbers": [str(number) for number in tie.numbers],
        "numbers_apart": [str(number) for number in tie.numbers_apart],
        "names": [list(pair) for pair in tie.names],
    }
