"""Mails that came back: delivery reports after RFC 3464, read from files, and what follows from them.

A report is only believed about mails of ours: it has to name the Message-ID of one, or an address we mail. Whoever can
write into the mailbox of bounces could otherwise silence any address.
"""

import mailbox
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

from digest.safe import one_line, shorten
from storage.database import Database, Session
from storage.errors import ZgcwatchError
from storage.outbox import is_reader, note_bounce
from storage.suppressions import suppress

LONGEST_REASON = 300
LARGEST_FILE = 50_000_000  # bytes
_ADDRESS = re.compile(r"(?:rfc822|utf-8)\s*;\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$", re.IGNORECASE)
_MBOX = b"From "


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says of one recipient. `message_id` is that of the mail that came back, where the report has it."""

    recipient: str
    action: str
    status: str
    reason: str
    message_id: str | None

    @property
    def for_good(self) -> bool:
        """Whether the mail will never arrive."""
        return self.action == "failed" and self.status.startswith("5")


@dataclass(slots=True)
class BounceReport:
    """What became of a pile of files."""

    suppressed: list[str] = field(default_factory=list)
    known: int = 0  # of addresses that were on the list before
    delayed: int = 0  # reports of a mail that may still arrive
    foreign: int = 0  # reports of mails that are not ours
    unreadable: list[str] = field(default_factory=list)


def read_bounces(message: Message) -> list[Bounce]:
    """The recipients a report speaks of; none for a mail that is no delivery report."""
    found = []
    original = _original_id(message)
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            bounce = _bounce(group, original) if isinstance(group, Message) else None
            if bounce is not None:
                found.append(bounce)
    return found


def _bounce(group: Message, message_id: str | None) -> Bounce | None:
    """One group of fields; None for the first one, which is about the report as a whole."""
    named = (_ADDRESS.search(one_line(str(group.get(name, "")))) for name in ("Original-Recipient", "Final-Recipient"))
    recipient = next((match[1] for match in named if match), None)
    action = one_line(str(group.get("Action", ""))).lower()
    if recipient is None or not action:
        return None
    status = one_line(str(group.get("Status", "")))
    diagnostic = one_line(str(group.get("Diagnostic-Code", "")))
    return Bounce(recipient, action, status, shorten(f"{status} {diagnostic}".strip(), LONGEST_REASON), message_id)


def _original_id(message: Message) -> str | None:
    """The Message-ID of the mail that came back: of the mail itself, or of its header lines."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            headers = inner[0] if isinstance(inner, list) and inner else None
        elif kind == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            headers = message_from_bytes(content) if isinstance(content, bytes) else None
        else:
            continue
        identity = one_line(str(headers.get("Message-ID", ""))) if isinstance(headers, Message) else ""
        if identity:
            return identity
    return None


def take_bounces(database: Database, files: Iterable[Path], *, now: datetime) -> BounceReport:
    """Read files (a mail each, or mboxes) and folders (Maildirs too); put the addresses that failed on the list."""
    report = BounceReport()
    for file in _files(files):
        try:
            messages = list(_messages(file))
        except (OSError, ValueError) as error:
            report.unreadable.append(f"{file}: {error}")
            continue
        bounces = [bounce for message in messages for bounce in read_bounces(message)]
        if not bounces:
            report.unreadable.append(f"{file}: no delivery report")
        with database.writer() as session:
            for bounce in bounces:
                _take(session, bounce, report, now=now)
    return report


def _take(session: Session, bounce: Bounce, report: BounceReport, *, now: datetime) -> None:
    if not bounce.for_good:
        report.delayed += 1
        return
    ours = note_bounce(session, bounce.message_id, answer=bounce.reason, now=now) if bounce.message_id else None
    if ours is None and (bounce.message_id is not None or not is_reader(session, bounce.recipient)):
        report.foreign += 1
        return
    address = ours or bounce.recipient
    if suppress(session, address, "bounce", bounce.reason, now=now):
        report.suppressed.append(address)
    else:
        report.known += 1


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(inner for inner in path.rglob("*") if inner.is_file())
        elif path.exists():
            yield path
        else:
            raise ZgcwatchError(f"There is no file or folder {path}: name the mails that came back.")


def _messages(file: Path) -> Iterator[Message]:
    if file.stat().st_size > LARGEST_FILE:
        raise ValueError(f"it has more than {LARGEST_FILE:,} bytes")
    content = file.read_bytes()
    if not content.startswith(_MBOX):
        yield message_from_bytes(content, policy=policy.compat32)
        return
    box = mailbox.mbox(file, create=False)
    try:
        yield from box
    finally:
        box.close()
