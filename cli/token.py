"""`zgcwatch token`: the keys with which programs read the API."""

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now

if TYPE_CHECKING:
    from storage.tokens import Token


@click.group()
def token() -> None:
    """Give and take keys to the API."""


@token.command(epilog="Example: zgcwatch token add crm --scope read --scope fulltext --days 365")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "fulltext", "admin"]),
    multiple=True,
    default=("read",),
    show_default=True,
    help="read: everything but full texts; fulltext: these too, of outlets whose licence is full; admin: all.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires (default: never).")
@click.option("--rate", type=click.IntRange(0), help="Requests a minute in place of `web.rate_per_minute`; 0: any.")
@database_option
@json_option
@pass_app
def add(
    app: App,
    name: str,
    scopes: tuple[Any, ...],
    days: int | None,
    rate: int | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Make a token and print it, once: only its hash is kept. Send it as `Authorization: Bearer …`."""
    from storage.tokens import add_token

    now = utc_now()
    expires_at = now + timedelta(days=days) if days else None
    with app.writing(database_url) as session:
        made, key = add_token(session, name, scopes, now=now, expires_at=expires_at, rate_per_minute=rate)
    if as_json:
        print_json({**_row(made), "token": key})
        return
    click.echo(key)
    click.echo("Keep it now: it is not shown again.", err=True)


@token.command(epilog="Example: zgcwatch token revoke crm")
@click.argument("name_or_prefix")
@database_option
@pass_app
def revoke(app: App, name_or_prefix: str, database_url: str | None) -> None:
    """Close a token; a second later, requests with it are refused."""
    from storage.tokens import revoke_token

    with app.writing(database_url) as session:
        closed = revoke_token(session, name_or_prefix, now=utc_now())
    click.echo(f"{closed.name} ({closed.prefix}…) is revoked.")


@token.command("list", epilog="Example: zgcwatch token list --json")
@database_option
@json_option
@pass_app
def list_tokens(app: App, database_url: str | None, as_json: bool) -> None:
    """Every token: its name, the beginning of its key, what it may, until when."""
    from storage.tokens import tokens

    with app.reading(database_url) as session:
        found = tokens(session)
    if as_json:
        print_json([_row(one) for one in found])
        return
    for one in found:
        until = f"revoked {short_time(one.revoked_at)}" if one.revoked_at else f"until {short_time(one.expires_at)}"
        click.echo(f"{one.prefix}…  {one.name:<20}  {','.join(sorted(one.scopes)):<20}  {until}")
    if not found:
        click.echo("There is no token: make one with `zgcwatch token add NAME`.")


def _row(one: "Token") -> dict[str, Any]:
    times = {name: shown_time(getattr(one, name)) for name in ("created_at", "expires_at", "revoked_at")}
    return {**asdict(one), "scopes": sorted(one.scopes), **times}
