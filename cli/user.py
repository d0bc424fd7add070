"""`zgcwatch user`: who may log in to the pages."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now

if TYPE_CHECKING:
    from storage.logins import Role, UserRow


@click.group()
def user() -> None:
    """People who may log in to the pages."""


@user.command(epilog="Example: zgcwatch user add minji --role operator")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["reader", "operator"]),
    default="reader",
    show_default=True,
    help="reader: sees everything but readers' addresses and settings; operator: these too, and may change things.",
)
@click.option("--no-password", is_flag=True, help="Only a trusted proxy can log this user in (web.login.user_header).")
@database_option
@pass_app
def add(app: App, name: str, role: "Role", no_password: bool, database_url: str | None) -> None:
    """Make a user. The password is asked for, or read from standard input where that is no terminal."""
    from storage.logins import add_user

    password = None if no_password else _new_password()
    with app.writing(database_url) as session:
        made = add_user(session, name, role, password=password, now=utc_now())
    click.echo(f"{made.name} may log in as {made.role}.")


@user.command(epilog="Example: zgcwatch user passwd minji")
@click.argument("name")
@database_option
@pass_app
def passwd(app: App, name: str, database_url: str | None) -> None:
    """Give a user another password; who is logged in under this name is logged out everywhere."""
    from storage.logins import set_password

    password = _new_password()
    with app.writing(database_url) as session:
        changed = set_password(session, name, password)
    click.echo(f"{changed.name} has a new password and is logged out everywhere.")


@user.command(epilog="Example: zgcwatch user remove minji")
@click.argument("name")
@database_option
@pass_app
def remove(app: App, name: str, database_url: str | None) -> None:
    """Take a user away; who is logged in under this name is logged out everywhere."""
    from storage.logins import remove_user

    with app.writing(database_url) as session:
        removed = remove_user(session, name)
    click.echo(f"{removed.name} is removed.")


@user.command("list", epilog="Example: zgcwatch user list --json")
@database_option
@json_option
@pass_app
def list_users(app: App, database_url: str | None, as_json: bool) -> None:
    """Every user: name, role, last login."""
    from storage.logins import users

    with app.reading(database_url) as session:
        found = users(session)
    if as_json:
        print_json([_row(one) for one in found])
        return
    for one in found:
        way = "" if one.has_password else "  only by proxy"
        click.echo(f"{one.name:<20}  {one.role:<8}  last login {short_time(one.last_login_at)}{way}")
    if not found:
        click.echo("There is no user: make one with `zgcwatch user add NAME --role operator`.")


def _row(one: "UserRow") -> dict[str, Any]:
    times = {name: shown_time(getattr(one, name)) for name in ("created_at", "last_login_at")}
    return {**asdict(one), **times}


def _new_password() -> str:
    """The hash of a password typed twice, or of the first line of standard input. Never an argument: lists of
    processes show those.
    """
    from web.login.passwords import hash_password

    if sys.stdin.isatty():
        return hash_password(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return hash_password(sys.stdin.readline().rstrip("\r\n"))
