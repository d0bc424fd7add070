"""`zgcwatch outlets health|disable|enable|mute`: how the outlets are, and what the operator decides about them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.context import KST, App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now

if TYPE_CHECKING:
    from storage.database import Database
    from storage.health import HealthRow, MarkRow, OutletState
    from storage.records import SourceState

WIDTH = 80


@click.command("health", epilog="Example: zgcwatch outlets health --json")
@click.option("--sources", "with_sources", is_flag=True, help="Show every source, not only those unlike their outlet.")
@database_option
@json_option
@pass_app
def health(app: App, with_sources: bool, database_url: str | None, as_json: bool) -> None:
    """Every outlet's state, worst first: failing, blocked, degraded, quiet, ok or disabled, since when and why.

    Quiet means: it answers, but had nothing new for longer than its habit, weekends and Korean holidays not counted.
    Degraded means: what is read from its pages is unlike its own two weeks before.
    """
    with app.database(database_url) as database:
        rows = health_table(app, database, with_sources=with_sources)
    for row in rows:
        if as_json:
            print_json(row)
    if not as_json:
        _print(rows)


@click.command("disable", epilog='Example: zgcwatch outlets disable mk --why "asks us to stay away"')
@click.argument("outlet_id", metavar="ID")
@click.option("--why", help="The reason, shown in `outlets health`.")
@database_option
@pass_app
def disable(app: App, outlet_id: str, why: str | None, database_url: str | None) -> None:
    """Visit an outlet no more, until `outlets enable`. Its articles stay; a running service obeys at its next tick."""
    from storage.health import disable_outlet

    outlet = app.outlet(outlet_id)
    with app.writing(database_url) as session:
        was_on = disable_outlet(session, outlet.id, now=utc_now(), why=why)
    click.echo(f"{outlet.id} is {'disabled' if was_on else 'disabled already'}.")


@click.command("enable", epilog="Example: zgcwatch outlets enable mk")
@click.argument("outlet_id", metavar="ID")
@database_option
@pass_app
def enable(app: App, outlet_id: str, database_url: str | None) -> None:
    """Visit an outlet again, and measure its habits anew: also after a redesign that is as it should be."""
    from storage.health import enable_outlet

    outlet = app.outlet(outlet_id)
    with app.writing(database_url) as session:
        was_off = enable_outlet(session, outlet.id, now=utc_now())
    click.echo(f"{outlet.id} is {'enabled again' if was_off else 'on'}; its habits are measured anew from now.")
    if not outlet.enabled:
        click.echo(f"Its file still says enabled = false: nothing is visited until that is changed ({outlet.id}.toml).")


@click.command("mute", epilog="Example: zgcwatch outlets mute mk --until 2027-02-10")
@click.argument("outlet_id", metavar="ID")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Day (or time) in Korea at which messages begin again; a past one, or none, ends a mute at once.",
)
@database_option
@pass_app
def mute(app: App, outlet_id: str, until: datetime | None, database_url: str | None) -> None:
    """Send no message about an outlet until a day. What is still wrong on that day is told then."""
    from storage.health import mute_outlet

    outlet = app.outlet(outlet_id)
    end = until.replace(tzinfo=KST) if until else None
    if end is not None and end <= utc_now():
        end = None
    with app.writing(database_url) as session:
        mute_outlet(session, outlet.id, until=end)
    click.echo(f"{outlet.id} is muted until {end:%Y-%m-%d %H:%M} (KST)." if end else f"{outlet.id} is not muted.")


def health_table(app: App, database: "Database", *, with_sources: bool = False) -> list[dict[str, Any]]:
    """The rows of `outlets health --json`, worst first; the judgement is brought up to date first."""
    from scheduler.watch import judge_outlets, rows_by_outlet
    from storage.health import health_rows, outlet_marks
    from storage.sources import sources_of

    now = utc_now()
    judge_outlets(database, {o.id: o.enabled for o in app.catalogue}, now=now, rules=app.settings.health.rules)
    with database.reader() as session:
        judged, marks = rows_by_outlet(health_rows(session)), outlet_marks(session)
        rows = []
        for outlet in app.catalogue:
            sources = {source.id: source for source in sources_of(session, outlet.id)}
            whole = judged[outlet.id][0]
            row = _row(whole, list(sources.values()), marks.get(outlet.id), now)
            others = [part for key, part in judged[outlet.id].items() if key in sources]
            row["sources"] = [
                {**_state(part), "url": sources[part.source_id].url, **_times([sources[part.source_id]])}
                for part in others
                if with_sources or part.state is not whole.state
            ]
            rows.append({"outlet": outlet.id, "name": outlet.name, **row})
    return sorted(rows, key=lambda row: (_rank(row["state"]), row["outlet"]))


def _rank(state: "OutletState | str") -> int:
    from storage.health import OutletState

    return [str(one) for one in OutletState].index(str(state))


def _row(whole: "HealthRow", sources: "list[SourceState]", mark: "MarkRow | None", now: datetime) -> dict[str, Any]:
    muted = mark.muted_until if mark and mark.is_muted(now) else None
    return {**_state(whole), **_times(sources), "muted_until": shown_time(muted)}


def _state(row: "HealthRow") -> dict[str, Any]:
    return {"state": row.state.value, "since": shown_time(row.since), "why": row.why}


def _times(sources: "list[SourceState]") -> dict[str, Any]:
    successes = [source.last_success_at for source in sources if source.last_success_at]
    news = [source.last_new_at for source in sources if source.last_new_at]
    return {
        "last_success": shown_time(max(successes, default=None)),
        "last_new": shown_time(max(news, default=None)),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    """A table of 80 columns; the reason stands below what is not well."""
    if not rows:
        click.echo("The catalogue has no outlet.")
        return
    click.echo(f"{'outlet':<20} {'state':<9} {'since':<12} {'last answer':<12} {'last new':<12}")
    for row in rows:
        _print_line(row["outlet"], row)
        for source in row["sources"]:
            _print_line("", source, note=source["url"])
    states = [row["state"] for row in rows]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    click.echo(f"{len(rows)} outlets: {counts}.")


def _print_line(name: str, row: dict[str, Any], note: str = "") -> None:
    import textwrap

    moments = (_moment(row[key]) for key in ("since", "last_success", "last_new"))
    line = f"{name:<20} {row['state']:<9} " + " ".join(f"{moment:<12}" for moment in moments)
    click.echo(f"{line.rstrip()}{' muted' if row.get('muted_until') else ''}")
    if row["state"] == "ok" and not note:
        return
    text = f"{note} {row['why']}".strip()
    click.echo(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


def _moment(shown: str | None) -> str:
    return short_time(datetime.fromisoformat(shown) if shown else None)
