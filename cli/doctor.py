"""`zgcwatch doctor` and `zgcwatch ready`: what is wrong around zgcwatch, and whether a running process can work."""

import json
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import click

from cli.context import App, database_option, json_option, pass_app, print_json, utc_now

if TYPE_CHECKING:
    from scheduler.doctor import Finding

MARKS = {"well": "ok  ", "warning": "warn", "bad": "BAD "}
PATIENCE = 15.0  # seconds; a process looks for ten at most


@click.command(epilog="Example: zgcwatch doctor --no-outlets --json")
@click.option("--outlets/--no-outlets", "asks_outlets", default=True, help="Whether every outlet's robots.txt is read.")
@database_option
@json_option
@pass_app
def doctor(app: App, asks_outlets: bool, database_url: str | None, as_json: bool) -> None:
    """Look at everything zgcwatch leans on: settings, names, clock, disk, database, mail server, outlets' robots.txt.

    Nothing is stored and no mail is sent. Exit code 1 when something is bad, 78 when the settings are wrong.
    """
    from scheduler.doctor import Verdict

    findings = []
    for finding in _look(app, database_url or app.settings.storage.database, asks_outlets=asks_outlets):
        findings.append(finding)
        if not as_json:
            click.echo(f"{MARKS[finding.verdict.value]} {finding.check:<10} {finding.said}")
    bad = sum(finding.verdict is Verdict.BAD for finding in findings)
    if as_json:
        rows = [{"check": one.check, "verdict": one.verdict.value, "said": one.said} for one in findings]
        print_json({"bad": bad, "findings": rows})
    else:
        click.echo("All is well." if not bad else f"{bad} of {len(findings)} checks are bad.")
    sys.exit(1 if bad else 0)


def _look(app: App, url: str, *, asks_outlets: bool) -> "list[Finding]":
    from crawler.fetch.checkup import check_robots
    from crawler.runtime import run_in_reactor
    from scheduler import doctor as checks

    settings, catalogue = app.settings, app.catalogue
    found = [
        *checks.contact(settings.crawler),
        *checks.names(catalogue, settings.digest),
        *checks.disk(url, settings.storage.backups),
        *checks.database(url, utc_now()),
        *checks.mail(settings.digest),
    ]
    if not any(one.check == "database" and one.verdict is checks.BAD for one in found):
        found += checks.database_clock(url, utc_now())
    if asks_outlets and (settings.crawler.contact or settings.crawler.allow_private_addresses):
        outlets = catalogue.enabled()
        found += checks.robots(run_in_reactor(lambda: check_robots(outlets, settings.crawler, utc_now)))
    return found


@click.command(epilog="Example: zgcwatch ready --url http://127.0.0.1:9464")
@click.option("--url", help="The process's monitoring door; default: that of the settings.")
@json_option
@pass_app
def ready(app: App, url: str | None, as_json: bool) -> None:
    """Whether the zgcwatch that runs on this machine can work now, as its health check. Exit code 1 when not."""
    from storage.errors import ZgcwatchError

    if url is None:
        monitor = app.settings.monitor
        url = f"http://{monitor.host if monitor.host != '0.0.0.0' else '127.0.0.1'}:{monitor.port}"  # noqa: S104
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE) as reply:  # noqa: S310 - the operator's own
            report = json.load(reply)
    except urllib.error.HTTPError as error:
        report = json.load(error)
    except (OSError, ValueError) as error:
        raise ZgcwatchError(f"No zgcwatch answers at {url} ({error}): start it, or see its log.") from error
    if as_json:
        print_json(report)
    else:
        click.echo(report["status"] + "".join(f"\n{check}: {said}" for check, said in report["checks"].items()))
    sys.exit(0 if report["status"] == "ready" else 1)
