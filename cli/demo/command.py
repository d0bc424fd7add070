"""`zgcwatch demo`: the whole job on sample outlets, on this machine alone."""

import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, json_option, pass_app, print_json, utc_now

if TYPE_CHECKING:
    from cli.demo.process import SiteProcess
    from crawler.visit import VisitReport
    from digest.settings import DigestSettings
    from storage.database import Database
    from storage.records import VisitCounts

ARCHIVE = "archive.db"
OUTLETS = "outlets"
DIGEST = "digest"
READER = "analyst@zgcwatch.example"
SENDER = "zgcwatch <digest@zgcwatch.example>"


@dataclass(frozen=True)
class Outcome:
    """What the demo did: the counts of each outlet (by its name) over both visits, what failed, and the mail."""

    counts: "dict[str, VisitCounts]"
    failures: tuple[str, ...]
    mail: int
    paths: dict[str, Path]

    def totals(self) -> dict[str, int]:
        names = ("fetched", "stored", "duplicates", "corrected", "gone")
        sums = {name: sum(getattr(counts, name) for counts in self.counts.values()) for name in names}
        return {"outlets": len(self.counts), **sums, "mail": self.mail, "failed": len(self.failures)}


@click.command(epilog="Example: zgcwatch demo --out demo-out")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Folder for the archive and the digest. A second run continues in it.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port of the sample outlets on 127.0.0.11 and up (default: 8753, or the one the folder was filled from).",
)
@json_option
@pass_app
def demo(app: App, folder: Path, port: int | None, as_json: bool) -> None:
    """Show the whole job on sample outlets: visit, archive, digest, mail. Nothing leaves this machine.

    Serves seven made-up outlets on loopback, visits them twice (the second time an article has been corrected and one
    is gone), and delivers the digest over SMTP to a mailbox of its own.
    """
    from cli.logging import configure_logging
    from cli.settings import LogSettings
    from storage.errors import ZgcwatchError

    configure_logging(LogSettings(level="error"), verbose=app.verbose)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ZgcwatchError(f"Cannot make the folder {folder}: {error.strerror}; choose another --out.") from error
    outcome = run_demo(folder, port)
    if as_json:
        paths = {name: str(path) for name, path in outcome.paths.items()}
        print_json({**outcome.totals(), "paths": paths})
    else:
        _show(outcome, folder)


def run_demo(folder: Path, port: int | None) -> Outcome:
    """The job itself. Whatever happens, the site's process and the mail sink are gone when it returns."""
    from cli.demo.process import SiteProcess, SiteState
    from cli.demo.rounds import Watch, watch_twice
    from cli.demo.show import narrator
    from storage import schema
    from storage.database import Database

    state = SiteState.of(folder, port=port, now=utc_now())
    url = _database_url(folder)
    with ExitStack() as stack:
        process = stack.enter_context(SiteProcess(folder, state))
        schema.upgrade(url)
        database = Database.open(url)
        stack.callback(database.close)
        process.site.write_catalogue(folder / OUTLETS)
        known_duplicates = _duplicates(database)
        reports = watch_twice(Watch(process, database, folder / OUTLETS, utc_now, narrator()))
        _refuse_broken(reports)
        counts = _by_outlet(process, reports, _duplicates(database) - known_duplicates)
        mail = _mail_digest(database, folder)
    return Outcome(counts, _failures(process, reports), mail, _paths(folder))


def _database_url(folder: Path) -> str:
    return f"sqlite:///{folder / ARCHIVE}"


def _duplicates(database: "Database") -> Counter[str]:
    """How many articles of each outlet repeat another's. Asked of the archive: of outlets read side by side, a visit
    cannot say at once who was first.
    """
    from storage.export import iter_articles

    return Counter(article.outlet for article in iter_articles(database) if article.duplicate_of is not None)


def _refuse_broken(reports: "Iterable[VisitReport]") -> None:
    from storage.errors import ZgcwatchError

    broken = [report.error for report in reports if report.error]
    if broken:
        raise ZgcwatchError(" ".join(broken))


def _mail_digest(database: "Database", folder: Path) -> int:
    """Composes the issue and delivers it to the sink; the number of mails. The last one is written to the folder."""
    from cli.demo.sink import Sink
    from digest.service import send_now
    from storage.errors import ZgcwatchError

    with Sink() as sink:
        report = send_now(database, digest_settings(sink.port), clock=utc_now)
    for message in sink.messages:
        message.write(folder, DIGEST)
    if report.errors:
        raise ZgcwatchError(" ".join(report.errors))
    return len(sink.messages)


def digest_settings(smtp_port: int) -> "DigestSettings":
    from digest.settings import DigestSettings, SmtpSettings

    smtp = SmtpSettings(host="127.0.0.1", port=smtp_port, security="none")
    return DigestSettings(recipients=(READER,), sender=SENDER, smtp=smtp)


def _by_outlet(
    process: "SiteProcess", reports: "Sequence[VisitReport]", duplicates: Counter[str]
) -> "dict[str, VisitCounts]":
    from storage.records import VisitCounts

    sums = {outlet.id: VisitCounts(duplicates=duplicates[outlet.id]) for outlet in process.site.outlets}
    for report in reports:
        counts = sums[report.outlet]
        for name in ("fetched", "stored", "corrected", "gone"):
            setattr(counts, name, getattr(counts, name) + getattr(report.counts, name))
    return {outlet.name: sums[outlet.id] for outlet in process.site.outlets}


def _failures(process: "SiteProcess", reports: "Iterable[VisitReport]") -> tuple[str, ...]:
    """Each sentence once, under its outlet's name: a feed that is dead is as dead at the second visit."""
    names = {outlet.id: outlet.name for outlet in process.site.outlets}
    return tuple(dict.fromkeys(f"{names[report.outlet]}, {e}" for report in reports for e in report.counts.errors))


def _paths(folder: Path) -> dict[str, Path]:
    files = {"archive": folder / ARCHIVE, **{kind: folder / f"{DIGEST}.{kind}" for kind in ("html", "txt", "eml")}}
    return {name: path for name, path in files.items() if path.exists()}


def _show(outcome: Outcome, folder: Path) -> None:
    from cli.demo.show import print_table

    click.echo()
    print_table(outcome.counts, outcome.totals())
    click.echo()
    for failure in outcome.failures:
        click.echo(f"Not read: {failure}")
    if outcome.mail:
        click.echo(f"Mailed to {READER} (a mailbox of the demo). Open {outcome.paths['html']}")
    else:
        click.echo("No new story since the last digest, so no mail; the earlier digest stays.")
    click.echo("\nTry next:")
    for command in _next_commands(folder):
        click.echo(f"  {command}")


def _typed() -> str:
    """The command as the reader has to type it: by its path where a virtual environment is not on the PATH."""
    return "zgcwatch" if shutil.which("zgcwatch") or Path(sys.argv[0]).name != "zgcwatch" else shlex.quote(sys.argv[0])


def _next_commands(folder: Path) -> tuple[str, ...]:
    archive = f"--database {shlex.quote(_database_url(folder))}"
    zgcwatch = _typed()
    return (
        f"{zgcwatch} search 중관춘 {archive}",
        f"{zgcwatch} changes --after 0 {archive}",
        f"{zgcwatch} export --format jsonl {archive}",
        f"{zgcwatch} outlets list",
        f"{zgcwatch} run --help",
    )
