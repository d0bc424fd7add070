"""`zgcwatch digest`: look at the next issue, send it, and what was sent before."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.files import writing_to
from cli.printing import print_rows

if TYPE_CHECKING:
    from digest.issue import Preview
    from storage.database import Database
    from storage.views import IssueRow

FORMATS = ("txt", "html", "eml")


@click.group()
def digest() -> None:
    """The mails: look at the next one, send it, and what was sent before."""


@digest.command(epilog="Example: zgcwatch digest preview --watch robots --format html --open")
@click.option("--watch", "watch_name", default="default", show_default=True, metavar="NAME", help="Which watch.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The issue whose window ends that day: as it was mailed, or as it would be. Default: a window that ends now.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="txt", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
@database_option
@pass_app
def preview(
    app: App,
    watch_name: str,
    day: datetime | None,
    form: str,
    out: Path | None,
    show: bool,
    database_url: str | None,
) -> None:
    """Show the issue that would be mailed if the window closed now. Changes nothing."""
    with app.database(database_url) as database:
        issue = _preview(app, database, watch_name, day)
    if issue is None:
        click.echo("No new story since the last issue: nothing would be mailed.", err=True)
        return
    _show(issue, form, out, opened=show)
    if out is not None:
        click.echo(f"{out}: {issue.subject}", err=True)


def _preview(app: App, database: "Database", watch_name: str, day: datetime | None) -> "Preview | None":
    from digest.editions import issue_of_day
    from digest.service import preview as preview_issue
    from digest.watches import load_watch
    from digest.windows import at

    settings = app.settings.digest
    with database.reader() as session:
        watch = load_watch(session, settings, watch_name)
        window_end = at(day.date(), watch.cutoff_time, watch.zone) if day else None
        stored = issue_of_day(session, settings, watch.name, day.date(), watch.zone) if day else None
    if stored is not None:
        return stored
    now = utc_now()
    return preview_issue(database, settings, now=now, topics=app.topics, watch=watch, window_end=window_end)


def _show(issue: "Preview", form: str, out: Path | None, *, opened: bool) -> None:
    """An issue in one of its forms: in a file, on standard output, or in the browser."""
    content = {"txt": issue.text.encode(), "html": issue.html.encode(), "eml": issue.eml}[form]
    if out is None and not opened:
        sys.stdout.buffer.write(content)
        return
    file = out or _temporary(form)
    with writing_to(file):
        file.write_bytes(content)
    if opened:
        click.launch(str(file.resolve()))


def _temporary(form: str) -> Path:
    """A file that outlives the command: the browser opens it after we are gone."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="zgcwatch-preview-")) / f"issue.{form}"


@digest.command(epilog="Example: zgcwatch digest send --test operator@example.com")
@click.option("--watch", "watch_name", default="default", show_default=True, metavar="NAME", help="Which watch.")
@click.option(
    "--test",
    "address",
    metavar="ADDRESS",
    help="Mail a preview to this address alone, marked [TEST]. No window closes, nothing is kept.",
)
@database_option
@json_option
@pass_app
def send(app: App, watch_name: str, address: str | None, database_url: str | None, as_json: bool) -> None:
    """Close the window now, compose the issue and mail it to its readers."""
    from digest.service import send_now
    from digest.watches import load_watch
    from storage.errors import ZgcwatchError

    settings = app.settings.digest
    with app.database(database_url) as database:
        if address is not None:
            _send_test(app, database, watch_name, address)
            return
        with database.reader() as session:
            watch = load_watch(session, settings, watch_name)
        report = send_now(database, settings, clock=utc_now, topics=app.topics, watch=watch)
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


def _send_test(app: App, database: "Database", watch_name: str, address: str) -> None:
    from digest.trial import send_test

    issue = _preview(app, database, watch_name, None)
    if issue is None:
        click.echo("No new story since the last issue: there is nothing to try.")
        return
    answer = send_test(issue.eml, address, app.settings.digest, now=utc_now())
    click.echo(f"[TEST] {issue.subject} → {address} ({answer})")


@digest.command(epilog="Example: zgcwatch digest resend 12 --to analyst@example.com")
@click.argument("issue_id", metavar="ISSUE", type=int)
@click.option(
    "--to",
    "recipients",
    metavar="ADDRESS",
    multiple=True,
    help="To this address, whether it has the issue or not; default: to those whose delivery failed.",
)
@database_option
@pass_app
def resend(app: App, issue_id: int, recipients: tuple[str, ...], database_url: str | None) -> None:
    """Send an issue again: the same bytes with the same Message-ID."""
    from digest.editions import resend as send_again

    settings = app.settings.digest
    with app.database(database_url) as database:
        waiting = send_again(database, issue_id, recipients, settings=settings, now=utc_now())
        click.echo(f"{waiting} mail{'' if waiting == 1 else 's'} back in the outbox.")
        _deliver(app, database)


@digest.command(epilog="Example: zgcwatch digest reissue 12")
@click.argument("issue_id", metavar="ISSUE", type=int)
@database_option
@pass_app
def reissue(app: App, issue_id: int, database_url: str | None) -> None:
    """Make an issue anew from its articles as they are now, and mail it marked [정정] to everyone who has it."""
    from digest.editions import reissue as make_anew

    with app.database(database_url) as database:
        edition = make_anew(database, issue_id, settings=app.settings.digest, now=utc_now())
        click.echo(f"Edition {edition.number + 1} of issue {issue_id} for {edition.recipients}: {edition.subject}")
        _deliver(app, database)


def _deliver(app: App, database: "Database") -> None:
    from digest.service import deliver_due
    from storage.errors import ZgcwatchError

    report = deliver_due(database, app.settings.digest, clock=utc_now)
    click.echo(f"sent {report.sent}, deferred {report.deferred}, failed {report.failed}, uncertain {report.uncertain}.")
    if report.errors:
        raise ZgcwatchError(" ".join(report.errors))


@digest.command("list", epilog="Example: zgcwatch digest list --watch robots --json")
@click.option("--watch", "watch_name", metavar="NAME", help="Only issues of this watch.")
@click.option("--all", "every", is_flag=True, help="Windows with nothing to say, too.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@database_option
@json_option
@pass_app
def list_issues(
    app: App, watch_name: str | None, every: bool, limit: int, database_url: str | None, as_json: bool
) -> None:
    """The issues there were, newest first, and how their deliveries stand."""
    from storage.views import list_issues as read_issues

    with app.reading(database_url) as session:
        rows, _ = read_issues(session, limit=limit, watch=watch_name, mailed_only=not every)
    print_rows(rows, as_json=as_json, record=_record, line=_line, none="No issue yet.")


def _record(row: "IssueRow") -> dict[str, Any]:
    """The contract of one line of `digest list --json`."""
    return {
        "issue": row.id,
        "watch": row.watch,
        "window_start": shown_time(row.window_start),
        "window_end": shown_time(row.window_end),
        "stories": row.stories,
        "subject": row.subject,
        "deliveries": {str(state): count for state, count in row.deliveries.items()},
    }


def _line(row: "IssueRow") -> str:
    states = ", ".join(f"{state} {count}" for state, count in row.deliveries.items()) or "no deliveries"
    return f"{row.id:>6}  {short_time(row.window_end)}  {row.watch}  {row.subject or '–'}  [{states}]"


@digest.command(epilog="Example: zgcwatch digest show 12 --format html --out issue.html")
@click.argument("issue_id", metavar="ISSUE", type=int)
@click.option("--format", "form", type=click.Choice(FORMATS), default="txt", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
@database_option
@pass_app
def show(app: App, issue_id: int, form: str, out: Path | None, show: bool, database_url: str | None) -> None:
    """An issue as it was mailed."""
    from digest.editions import as_mailed, stored_issue

    with app.reading(database_url) as session:
        issue = as_mailed(session, stored_issue(session, issue_id), app.settings.digest)
    _show(issue, form, out, opened=show)
