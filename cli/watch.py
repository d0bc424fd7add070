"""`zgcwatch watch`: what is watched for, and when it is told."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.files import read_text, write_text
from cli.printing import print_rows

if TYPE_CHECKING:
    from digest.readers import Match, WatchState

Command = TypeVar("Command", bound=Callable[..., Any])
LISTS = ("topics", "entities", "outlets", "must", "not", "channels")


@click.group()
def watch() -> None:
    """Watches: what is told to whom and when. `default` is the one of the settings."""


def rule_options(command: Command) -> Command:
    """The options that describe a watch."""
    many: dict[str, Any] = {"multiple": True}
    options = (
        click.option("--title", help="Name of the mail."),
        click.option("--kind", type=click.Choice(["daily", "weekly", "alert"]), help="How often it tells."),
        click.option("--topic", "topics", metavar="ID", help="Told is what has one of these topics …", **many),
        click.option("--entity", "entities", metavar="ID", help="… or names one of these entities.", **many),
        click.option("--outlet", "outlets", metavar="ID", help="Only reports of these outlets.", **many),
        click.option("--must", metavar="WORD|WORD", help="A word, or one of several, that has to be there.", **many),
        click.option("--not", "not_", metavar="WORD|WORD", help="A word that keeps an article out.", **many),
        click.option("--minimum-relevance", type=float, help="Articles scored below this are left out."),
        click.option("--cutoff", metavar="HH:MM", help="Hour at which the window closes."),
        click.option("--deliver-at", metavar="HH:MM", help="Hour at which the mail goes out."),
        click.option("--timezone", metavar="ZONE", help="Zone of the hours."),
        click.option("--days", metavar="every|business|mon,thu", help="Days with a mail; one day for a weekly watch."),
        click.option("--no-news", type=click.Choice(["note", "skip", "always"]), help="When there is nothing to tell."),
        click.option("--quiet", metavar="HH:MM-HH:MM", help="Hours in which an alert keeps still; none: no such."),
        click.option("--channel", "channels", metavar="NAME", help="Also into these channels of the settings.", **many),
        click.option("--paused/--resumed", default=None, help="Close no window for the time being, or again."),
        click.option("--open/--closed", "open_to_all", default=None, help="Whether people may sign up by themselves."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def described(values: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, as a watch names them."""
    given = {name.rstrip("_"): value for name, value in values.items() if value not in (None, ())}
    days = given.get("days")
    if days is not None and days not in {"every", "business"}:
        given["days"] = tuple(days.split(","))
    quiet = given.pop("quiet", None)
    if quiet is not None:
        start, dash, end = quiet.partition("-")
        given |= {"quiet_from": start, "quiet_until": end} if dash else {"quiet_from": None, "quiet_until": None}
    if given.get("kind") == "weekly":
        given.setdefault("days", ("mon",))
    return given


@watch.command(epilog="Example: zgcwatch watch add robots --title 로봇 --topic china-startups --must '로봇|휴머노이드'")
@click.argument("name")
@rule_options
@database_option
@pass_app
def add(app: App, /, name: str, database_url: str | None, **values: Any) -> None:
    """Make a watch; `zgcwatch subscriber add` gives it readers."""
    from digest.readers import add_watch
    from digest.watches import parse_watch

    made = parse_watch({"title": name, **described(values), "name": name}, where=f"The watch {name}")
    with app.writing(database_url) as session:
        add_watch(session, made, now=utc_now())
    click.echo(f"{name} is watched for from now on; `zgcwatch watch test {name}` shows what it would have told.")


@watch.command(name="list", epilog="Example: zgcwatch watch list --json")
@database_option
@json_option
@pass_app
def list_(app: App, database_url: str | None, as_json: bool) -> None:
    """Every watch: how often it tells, its readers, its last window."""
    from digest.readers import watch_states

    with app.reading(database_url) as session:
        states = watch_states(session, app.settings.digest)
    print_rows(states, as_json=as_json, record=_row, line=_line)


def _line(state: "WatchState") -> str:
    one = state.watch
    when = "as it happens" if one.kind == "alert" else f"{one.cutoff}/{one.deliver_at} {one.timezone}"
    told = f"{state.readers:4} readers  last {short_time(state.last_cutoff)}"
    return f"{one.name:20} {one.kind:7} {when:26} {told}  {one.title}{' paused' if one.paused else ''}"


@watch.command(epilog="Example: zgcwatch watch show robots")
@click.argument("name")
@database_option
@json_option
@pass_app
def show(app: App, name: str, database_url: str | None, as_json: bool) -> None:
    """One watch as a file describes it."""
    from digest.watches import load_watch
    from digest.watchfile import write_watches

    with app.reading(database_url) as session:
        found = load_watch(session, app.settings.digest, name)
    if as_json:
        print_json(found.described())
    else:
        click.echo(write_watches([found]).partition("\n")[2].strip())


@watch.command(epilog="Example: zgcwatch watch edit robots --days business --clear outlets")
@click.argument("name")
@click.option("--clear", type=click.Choice(LISTS), multiple=True, help="Empty this list of rules.")
@rule_options
@database_option
@pass_app
def edit(app: App, /, name: str, clear: tuple[str, ...], database_url: str | None, **values: Any) -> None:
    """Change a watch; a list that is given replaces the one there was."""
    from digest.readers import edit_watch

    changes = {**dict.fromkeys(clear, ()), **described(values)}
    if not changes:
        raise click.UsageError("Nothing to change was given: see --help.")
    with app.writing(database_url) as session:
        edit_watch(session, app.settings.digest, name, changes, now=utc_now())
    click.echo(f"{name} is changed; it holds from its next window.")


@watch.command(epilog="Example: zgcwatch watch remove robots")
@click.argument("name")
@database_option
@pass_app
def remove(app: App, name: str, database_url: str | None) -> None:
    """Remove a watch and who reads it. What was mailed stays on record."""
    from digest.readers import drop_watch

    with app.writing(database_url) as session:
        drop_watch(session, name)
    click.echo(f"{name} is removed.")


@watch.command(epilog="Example: zgcwatch watch test robots --days 7")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 90), default=1, show_default=True, help="How far back to look.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Matches to show.")
@database_option
@json_option
@pass_app
def test(app: App, name: str, days: int, limit: int, database_url: str | None, as_json: bool) -> None:
    """What a watch matches of the newest articles, and why. Mails and changes nothing."""
    from digest.readers import try_watch
    from digest.watches import load_watch

    until = utc_now()
    with app.reading(database_url) as session:
        found = load_watch(session, app.settings.digest, name)
        matches = try_watch(session, found, since=until - timedelta(days=days), until=until, topics=app.topics)
    print_rows(matches[:limit], as_json=as_json, record=_match, line=_match_line)
    if not as_json:
        shown = f", the newest {limit} of them above" if len(matches) > limit else ""
        click.echo(f"{name}: {len(matches)} articles of the last {days} day(s) match{shown}.", err=True)


def _match(match: "Match") -> dict[str, Any]:
    """The contract of one line of `watch test --json`."""
    return {
        "article": match.article_id,
        "outlet": match.outlet,
        "title": match.title,
        "relevance": match.relevance,
        "first_seen_at": shown_time(match.first_seen_at),
        "reasons": match.reasons,
    }


def _match_line(match: "Match") -> str:
    why = f"  [{' · '.join(match.reasons)}]" if match.reasons else ""
    return f"{short_time(match.first_seen_at)}  {match.article_id:7} {match.outlet:14} {match.title}{why}"


@watch.command(name="import", epilog="Example: zgcwatch watch import watches.toml")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@database_option
@pass_app
def import_(app: App, file: Path, database_url: str | None) -> None:
    """Take watches from a file: new ones are made, known ones become what the file says, others stay."""
    from digest.watches import DEFAULT, keep_watch
    from digest.watchfile import parse

    watches = [one for one in parse(read_text(file), where=str(file)).watch if one.name != DEFAULT]
    with app.writing(database_url) as session:
        changed = sum(keep_watch(session, one, now=utc_now()) for one in watches)
    click.echo(f"{len(watches)} watches read, {changed} of them new or changed.")


@watch.command(epilog="Example: zgcwatch watch export --out watches.toml")
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@database_option
@pass_app
def export(app: App, out: Path | None, database_url: str | None) -> None:
    """Every watch but that of the settings, as a file that `zgcwatch watch import` takes."""
    from digest.watches import DEFAULT, load_watches
    from digest.watchfile import write_watches

    with app.reading(database_url) as session:
        watches = [one for one in load_watches(session, app.settings.digest) if one.name != DEFAULT]
    write_text(out, write_watches(watches))


def _row(state: "WatchState") -> dict[str, Any]:
    return {
        **state.watch.described(),
        "kind": state.watch.kind,
        "paused": state.watch.paused,
        "readers": state.readers,
        "last_cutoff": shown_time(state.last_cutoff),
    }
