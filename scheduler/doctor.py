"""What can be wrong around zgcwatch, one check a row: each says how it stands and what to do."""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from crawler.catalogue import Catalogue
from crawler.fetch.checkup import Checkup
from crawler.settings import CrawlerSettings
from digest.settings import DigestSettings
from digest.smtp import MailServerError, open_line
from storage.database import Database, masked_url, sqlite_path
from storage.errors import ZgcwatchError
from storage.readiness import Readiness
from storage.schema import Standing, state

GB = 1 << 30
LEAST_FREE = 1 * GB
MOST_AHEAD = 5.0  # seconds: leases and windows are reckoned in seconds
HOSTS_ASKED = 3
SHOWN = 5


class Verdict(StrEnum):
    """How a check came out. Only `bad` is a reason to fail."""

    WELL = "well"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it stands, and where it does not stand well what to do."""

    check: str
    verdict: Verdict
    said: str


WELL, WARNING, BAD = Verdict.WELL, Verdict.WARNING, Verdict.BAD


def contact(settings: CrawlerSettings) -> Iterator[Finding]:
    """Whether an outlet can reach whoever visits it."""
    if settings.contact:
        yield Finding("contact", WELL, f"outlets read: {settings.agent}")
    else:
        yield Finding("contact", BAD, "nobody is visited before crawler.contact names a web or mail address")


def names(catalogue: Catalogue, digest: DigestSettings) -> Iterator[Finding]:
    """Whether host names can be looked up: some outlets', and the mail server's."""
    hosts = [urlsplit(outlet.home).hostname or "" for outlet in catalogue.enabled() if not outlet.is_search]
    unknown = [host for host in hosts[:HOSTS_ASKED] if not _is_known(host)]
    if hosts and len(unknown) == len(hosts[:HOSTS_ASKED]):
        yield Finding("dns", BAD, f"no name can be looked up ({', '.join(unknown)}): see the machine's resolver")
    elif unknown:
        yield Finding("dns", WARNING, f"{', '.join(unknown)} cannot be looked up")
    else:
        yield Finding("dns", WELL, f"{len(hosts[:HOSTS_ASKED])} outlets' names can be looked up")
    if digest.recipients and not _is_known(digest.smtp.host):
        yield Finding("dns", BAD, f"the mail server {digest.smtp.host} cannot be looked up: see digest.smtp.host")


def _is_known(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


def database(url: str, now: datetime) -> Iterator[Finding]:
    """Whether the archive is there, of this version, and takes writes."""
    try:
        standing = state(url)
    except ZgcwatchError as error:
        yield Finding("database", BAD, str(error))
        return
    if standing.standing is not Standing.CURRENT:
        yield Finding(
            "database", BAD, f"{masked_url(url)} is {standing.standing.value}: run `zgcwatch db upgrade`, or see docs"
        )
        return
    with Database.open(url) as opened:
        readiness = Readiness(opened, lambda: now, name="doctor")
        report = readiness.look()
        readiness.close()
    problem = report.checks["database"]
    yield Finding(
        "database", BAD if problem else WELL, problem or f"{masked_url(url)} at {standing.revision}, writable"
    )
    led = report.checks["scheduler"]
    yield Finding("scheduler", WARNING if led else WELL, led or "a scheduler is at work")


def disk(url: str, *others: Path | None) -> Iterator[Finding]:
    """Whether there is room where the archive and its backups are."""
    file = sqlite_path(url)
    folders = [file.parent.resolve() if file else Path.cwd(), *(other for other in others if other is not None)]
    for folder in dict.fromkeys(folders):
        if not folder.is_dir():
            yield Finding("disk", BAD, f"{folder} is no folder: make it, or name another")
            continue
        free = shutil.disk_usage(folder).free
        verdict = WELL if free >= LEAST_FREE else WARNING
        yield Finding("disk", verdict, f"{folder} has {free / GB:.1f} GB left")


def mail(digest: DigestSettings) -> Iterator[Finding]:
    """Whether the mail server lets us in. No mail is sent."""
    if not digest.recipients:
        yield Finding("mail", WARNING, "digest.recipients is empty: no digest is mailed")
        return
    try:
        with open_line(digest.smtp):
            how = "logged in" if digest.smtp.username else "no login wanted"
            yield Finding("mail", WELL, f"{digest.smtp.host}:{digest.smtp.port} answers, {how}")
    except MailServerError as error:
        yield Finding("mail", BAD, str(error))


def robots(checkup: Checkup) -> Iterator[Finding]:
    """What the outlets' robots.txt say, and whether their clocks and ours agree."""
    closed = [row for row in checkup.rows if row.problem]
    for row in closed[:SHOWN]:
        yield Finding("robots", WARNING, f"{row.outlet}: {row.problem}")
    if len(closed) > SHOWN:
        yield Finding("robots", WARNING, f"and {len(closed) - SHOWN} outlets more: --json has all")
    is_cut_off = bool(checkup.rows) and len(closed) == len(checkup.rows)
    said = f"{len(checkup.rows) - len(closed)} of {len(checkup.rows)} outlets let their sources be read"
    yield Finding("robots", BAD if is_cut_off else WELL, said + (": see this machine's network" if is_cut_off else ""))
    if checkup.ahead is None:
        yield Finding("clock", WARNING, "no outlet told its time: the clock was not compared")
    elif abs(checkup.ahead) > MOST_AHEAD:
        way = "ahead of" if checkup.ahead > 0 else "behind"
        yield Finding(
            "clock", BAD, f"{abs(checkup.ahead):.0f} s {way} the outlets' clocks: set it, or start its NTP client"
        )
    else:
        yield Finding("clock", WELL, f"{abs(checkup.ahead):.0f} s off the outlets' clocks")


def database_clock(url: str, now: datetime) -> Iterator[Finding]:
    """Whether the database server's clock and ours agree."""
    from storage.queue import server_time

    theirs = server_time(url)
    if theirs is None:
        return
    off = (now - theirs).total_seconds()
    said = f"{abs(off):.1f} s off the database server's"
    yield Finding("clock", BAD if abs(off) > MOST_AHEAD else WELL, said + (": set it" if abs(off) > MOST_AHEAD else ""))
