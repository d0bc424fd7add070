"""`zgcwatch stories`: events as several outlets told them, and one of them whole."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.parameters import Moment
from cli.printing import print_rows

if TYPE_CHECKING:
    from storage.stories import StoryDetail, StoryReport

_PAGE = 100


@click.group(epilog="Example: zgcwatch stories list --entity sensetime")
def stories() -> None:
    """Events as several outlets told them: who was first, who else, and why they are together."""


@stories.command("list", epilog="Example: zgcwatch stories list --since 2026-11-20 --json")
@click.option("--entity", metavar="ID", help="Only stories that name this entity.")
@click.option("--outlet", metavar="ID", help="Only stories that this outlet reported.")
@click.option("--since", type=Moment(), help="Only stories with a report then or later (Korean time without a zone).")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@database_option
@json_option
@pass_app
def list_them(
    app: App,
    entity: str | None,
    outlet: str | None,
    since: datetime | None,
    limit: int,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Stories, the latest first report first."""
    from storage.stories import list_stories

    after, left = None, limit
    with app.reading(database_url) as session:
        while left:
            found, after = list_stories(
                session,
                since=since,
                entity=entity,
                outlet=outlet,
                limit=min(left, _PAGE),
                after=after,
            )
            print_rows(found, as_json=as_json, record=story_record, line=_line)
            left = left - len(found) if after else 0


@stories.command(epilog="Example: zgcwatch stories show 3421535660905681")
@click.argument("story_id", metavar="ID", type=int)
@database_option
@json_option
@pass_app
def show(app: App, story_id: int, database_url: str | None, as_json: bool) -> None:
    """One story whole: its reports in time order, names, deals, and what it follows."""
    from storage.errors import ZgcwatchError
    from storage.stories import story_detail

    with app.reading(database_url) as session:
        story = story_detail(session, story_id)
        if story is None:
            raise ZgcwatchError(f"There is no story {story_id}: `zgcwatch stories list` has those there are.")
        if as_json:
            print_json(story_record(story))
        else:
            click.echo("\n".join(_lines(story)))


@stories.command(epilog="Example: zgcwatch stories update")
@database_option
@pass_app
def update(app: App, database_url: str | None) -> None:
    """Put new articles into stories now; closing a digest's window does it, too."""
    from digest.stories import assign_stories

    with app.writing(database_url) as session:
        changed = assign_stories(session, now=utc_now())
    click.echo(f"{changed} stories made or changed.")


@stories.command(epilog="Example: zgcwatch stories embed")
@database_option
@pass_app
def embed(app: App, database_url: str | None) -> None:
    """Let a small model read new headlines and leads, and group by what it says, too; needs the extra `semantic`."""
    from digest.stories import assign_stories
    from digest.stories.semantic import embed_new, load_embedder

    embedder = load_embedder()
    with app.database(database_url) as database:
        read = embed_new(database, embedder, now=utc_now())
        with database.writer() as session:
            changed = assign_stories(session, now=utc_now(), again=read)
    click.echo(f"{len(read)} articles read, {changed} stories made or changed.")


def story_record(story: "StoryDetail") -> dict[str, Any]:
    """The contract of one line of `stories --json`."""
    return {
        "id": story.id,
        "title": story.title,
        "first_reported_at": shown_time(story.first_reported_at),
        "last_reported_at": shown_time(story.last_reported_at),
        "reason": {"ko": story.reason.ko, "en": story.reason.en},
        "articles": [_report(one) for one in story.articles],
        "entities": [
            {"id": one.id, "name": one.name, "kind": one.kind, "articles": one.articles} for one in story.entities
        ],
        "deals": [
            {
                "id": one.id,
                "company": one.company,
                "kind": one.kind,
                "value": one.value,
                "currency": one.currency,
                "krw": one.krw,
                "round": one.round,
            }
            for one in story.deals
        ],
        "follows": story.follows
        and {"id": story.follows.id, "title": story.follows.title, "reason": story.follows.reason.ko},
        "followed_by": list(story.followed_by),
        "merged_into": story.merged_into,
    }


def _report(report: "StoryReport") -> dict[str, Any]:
    return {
        "article_id": report.article_id,
        "outlet": report.outlet,
        "url": report.url,
        "title": report.title,
        "reported_at": shown_time(report.reported_at),
        "relation": report.relation,
        "wire_source": report.wire_source,
    }


def _line(story: "StoryDetail") -> str:
    told = f"{len(story.articles)} reports" if len(story.articles) > 1 else story.articles[0].outlet
    return f"{short_time(story.first_reported_at)}  {story.id}  {story.title}  [{told}]"


def _lines(story: "StoryDetail") -> list[str]:
    if story.merged_into is not None:
        return [f"Story {story.id} is part of {story.merged_into} now: zgcwatch stories show {story.merged_into}"]
    lines = [story.title or "(every report was taken down)"]
    lines += [
        f"  {short_time(one.reported_at)}  {one.outlet}  {one.title}  [{one.relation}]  {one.url}"
        for one in story.articles
    ]
    if story.reason.ko:
        lines.append(f"together: {story.reason.ko}")
    if story.entities:
        lines.append("names: " + ", ".join(f"{one.name} ({one.articles})" for one in story.entities))
    for deal in story.deals:
        money = f"{deal.currency} {deal.value:,.0f}" if deal.value is not None else "no amount"
        lines.append(f"deal: {deal.company}  {deal.kind}  {money}  {deal.round or ''}".rstrip())
    if story.follows:
        lines.append(f"follows: {story.follows.id}  {story.follows.title}  ({story.follows.reason.ko})")
    lines += [f"followed by: {one}" for one in story.followed_by]
    return lines
