"""`zgcwatch outbox`: what is on its way to readers, what came back, and who is sent nothing."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, print_json, short_time, shown_time, utc_now
from cli.printing import print_rows

if TYPE_CHECKING:
    from storage.outbox import DeliveryRow

STATES = ("waiting", "sending", "sent", "deferred", "uncertain", "failed")


@click.group()
def outbox() -> None:
    """What is on its way to readers, what came back, and who is sent nothing."""


@outbox.command("list", epilog="Example: zgcwatch outbox list --state failed --state uncertain")
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="Only these.")
@click.option("--issue", "issue_id", type=int, metavar="ISSUE", help="Only of this issue.")
@click.option("--to", "recipient", metavar="ADDRESS", help="Only to this reader.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@database_option
@json_option
@pass_app
def list_rows(
    app: App,
    states: tuple[str, ...],
    issue_id: int | None,
    recipient: str | None,
    limit: int,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Deliveries, newest first, each with the last answer of the server."""
    from storage.outbox import DeliveryState, list_deliveries

    wanted = [DeliveryState(state) for state in states]
    with app.reading(database_url) as session:
        rows = list_deliveries(session, states=wanted, issue_id=issue_id, recipient=recipient, limit=limit)
    print_rows(rows, as_json=as_json, record=_record, line=_line, none="Nothing like that in the outbox.")


def _record(row: "DeliveryRow") -> dict[str, Any]:
    """The contract of one line of `outbox list --json`."""
    return {
        "delivery": row.id,
        "issue": row.issue_id,
        "watch": row.watch,
        "edition": row.edition,
        "recipient": row.recipient,
        "state": row.state.value,
        "attempts": row.attempts,
        "due_at": shown_time(row.due_at),
        "settled_at": shown_time(row.settled_at),
        "answer": row.answer,
    }


def _line(row: "DeliveryRow") -> str:
    when = short_time(row.settled_at or row.due_at)
    return f"{row.id:>7}  issue {row.issue_id}  {when}  {row.state.value:<9}  {row.recipient}  {row.answer or ''}"


@outbox.command(epilog="Example: zgcwatch outbox retry --issue 12")
@click.argument("delivery_ids", metavar="[DELIVERY]...", type=int, nargs=-1)
@click.option("--issue", "issue_id", type=int, metavar="ISSUE", help="All of this issue that are not sent.")
@database_option
@pass_app
def retry(app: App, delivery_ids: tuple[int, ...], issue_id: int | None, database_url: str | None) -> None:
    """Try deliveries again at once, also those that were given up. What was sent is not sent again."""
    from digest.service import deliver_due
    from storage.errors import ZgcwatchError
    from storage.outbox import retry as try_again

    if not delivery_ids and issue_id is None:
        raise click.UsageError("Name deliveries (`zgcwatch outbox list`), or an --issue.")
    with app.database(database_url) as database:
        with database.writer() as session:
            waiting = try_again(session, delivery_ids=delivery_ids, issue_id=issue_id, now=utc_now())
        report = deliver_due(database, app.settings.digest, clock=utc_now)
    click.echo(f"{waiting} tried again: sent {report.sent}, deferred {report.deferred}, failed {report.failed}.")
    if report.errors:
        raise ZgcwatchError(" ".join(report.errors))


@outbox.command(epilog="Example: zgcwatch outbox bounces /var/mail/bounces")
@click.argument("files", metavar="FILE|DIR...", type=click.Path(path_type=Path), nargs=-1, required=True)
@database_option
@json_option
@pass_app
def bounces(app: App, files: tuple[Path, ...], database_url: str | None, as_json: bool) -> None:
    """Read mails that came back (files, mboxes, folders) and send those addresses nothing any more."""
    from digest.bounces import take_bounces

    with app.database(database_url) as database:
        report = take_bounces(database, files, now=utc_now())
    row = {
        "suppressed": report.suppressed,
        "known": report.known,
        "delayed": report.delayed,
        "foreign": report.foreign,
        "unreadable": report.unreadable,
    }
    if as_json:
        print_json(row)
        return
    for address in report.suppressed:
        click.echo(f"{address} is sent nothing any more.")
    for why in report.unreadable:
        click.echo(why, err=True)
    click.echo(
        f"{len(report.suppressed)} new, {report.known} known, {report.delayed} only delayed, "
        f"{report.foreign} not of our mails, {len(report.unreadable)} not readable."
    )


@outbox.command(epilog="Example: zgcwatch outbox suppressed --remove analyst@example.com")
@click.option("--add", "added", metavar="ADDRESS", help="Send this address nothing.")
@click.option("--remove", "removed", metavar="ADDRESS", help="Send this address mail again.")
@database_option
@json_option
@pass_app
def suppressed(app: App, added: str | None, removed: str | None, database_url: str | None, as_json: bool) -> None:
    """The addresses that are sent nothing, each with its reason."""
    from storage.errors import ZgcwatchError
    from storage.suppressions import release_address, suppress, suppressions

    with app.database(database_url) as database:
        if added or removed:
            with database.writer() as session:
                if added:
                    suppress(session, added, "operator", "by `zgcwatch outbox suppressed`", now=utc_now())
                if removed and not release_address(session, removed):
                    raise ZgcwatchError(f"{removed} is not on the list: `zgcwatch outbox suppressed` shows it.")
        with database.reader() as session:
            rows = suppressions(session)
    print_rows(
        rows,
        as_json=as_json,
        record=lambda row: {**asdict(row), "added_at": shown_time(row.added_at)},
        line=lambda row: f"{short_time(row.added_at)}  {row.source:<8}  {row.address}  {row.reason}",
    )
