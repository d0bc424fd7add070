"""`zgcwatch digest`: look at the next issue, or send it now."""

import sys
from pathlib import Path

import click

from cli.context import App, database_option, json_option, pass_app, print_json, utc_now


@click.group()
def digest() -> None:
    """The daily mail."""


@digest.command(epilog="Example: zgcwatch digest preview --format html --out preview.html")
@click.option("--format", "form", type=click.Choice(["txt", "html", "eml"]), default="txt", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@database_option
@pass_app
def preview(app: App, form: str, out: Path | None, database_url: str | None) -> None:
    """Show the issue that would be mailed if the window closed now. Changes nothing."""
    from digest.service import preview as preview_issue
    from storage.errors import ZgcwatchError

    with app.database(database_url) as database:
        issue = preview_issue(database, app.settings.digest, now=utc_now(), topics=app.topics)
    if issue is None:
        click.echo("No new story since the last issue: nothing would be mailed.", err=True)
        return
    content = {"txt": issue.text.encode(), "html": issue.html.encode(), "eml": issue.eml}[form]
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ZgcwatchError(f"Cannot write {out}: {error.strerror}; choose another --out.") from error
    click.echo(f"{out}: {issue.subject}", err=True)


@digest.command(epilog="Example: zgcwatch digest send --json")
@database_option
@json_option
@pass_app
def send(app: App, database_url: str | None, as_json: bool) -> None:
    """Close the window now, compose the issue and mail it to the recipients of the settings."""
    from digest.service import send_now
    from storage.errors import ZgcwatchError

    with app.database(database_url) as database:
        report = send_now(database, app.settings.digest, clock=utc_now, topics=app.topics)
    row = {
        "issue": report.issue_id,
        "stories": report.stories,
        "sent": report.sent,
        "deferred": report.deferred,
        "failed": report.failed,
        "uncertain": report.uncertain,
        "waiting": report.waiting,
    }
    if as_json:
        print_json(row)
    elif report.issue_id is None:
        click.echo("No new story since the last issue: nothing was mailed.")
    else:
        click.echo(", ".join(f"{name} {value}" for name, value in row.items()) + ".")
    if report.errors:
        raise ZgcwatchError(" ".join(report.errors))
