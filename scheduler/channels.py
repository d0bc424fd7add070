"""The ways to the operator: mail through the digest's server, and whatever apprise knows. Called from a thread."""

import hashlib
import logging
import re
import warnings
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any

from digest.message import encoded, envelope_sender
from digest.settings import DigestSettings
from digest.smtp import MailServerError, Verdict, open_line
from scheduler.workdays import SEOUL
from storage.errors import ZgcwatchError
from storage.health import MessageClaim

LINE_END = b"\r\n"
_LONGEST_ANSWER = 300
_SHORTEST_SECRET = 4


class NotSent(ZgcwatchError):  # noqa: N818 - named for what it is
    """The message did not go out; it is tried again later. The text says why and holds no secret."""


class GiveUp(NotSent):
    """The message will never go out this way."""


def send_mail(claimed: MessageClaim, recipient: str, digest: DigestSettings) -> str:
    """Hand the message to the digest's mail server; its answer. Raises NotSent, or GiveUp when it refuses the address.

    A try after a crash carries the same Message-ID and bytes.
    """
    message = mail_of(claimed, recipient, digest)
    try:
        with open_line(digest.smtp) as line:
            verdict, answer = line.send(message, sender=envelope_sender(digest), recipient=recipient)
    except MailServerError as error:
        raise NotSent(str(error)) from error
    if verdict is Verdict.ACCEPTED:
        return answer
    raise (GiveUp if verdict is Verdict.REFUSED else NotSent)(f"The mail server says: {answer}")


def mail_of(claimed: MessageClaim, recipient: str, digest: DigestSettings) -> bytes:
    """The bytes of a message for one recipient: the same for the same message, always."""
    body = EmailMessage(policy=SMTP)
    body.set_content(claimed.body, cte="base64")
    name, sender = parseaddr(digest.sender)
    key = hashlib.sha256(f"{claimed.round} {recipient}".encode()).hexdigest()[:24]
    headers = {
        "To": recipient,
        "From": f"{encoded(name)} <{sender}>" if name else sender,
        "Subject": encoded(claimed.subject),
        "Date": format_datetime(claimed.created_at.replace(microsecond=0).astimezone(SEOUL)),
        "Message-ID": f"<health.{key}@{sender.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    lines = b"".join(f"{name}: {value}".encode("ascii") + LINE_END for name, value in headers.items())
    return lines + body.as_bytes()


def is_known_to_apprise(url: str) -> bool:
    """Whether apprise can make a channel of the address. Nothing is sent."""
    apprise = _apprise()
    return apprise.Apprise.instantiate(url, suppress_exceptions=True) is not None


def send_notification(url: str, subject: str, body: str) -> str:
    """Send by apprise; raises NotSent with what it logged, secrets taken out, when the service did not take it."""
    apprise = _apprise()
    channel = apprise.Apprise()
    if not channel.add(url):
        raise GiveUp("apprise does not know the kind of this address: correct operator.notify.")
    with apprise.LogCapture(level=logging.WARNING) as said:
        try:
            taken = channel.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001 - whatever a service's plugin trips over
            raise NotSent(f"apprise broke: {type(error).__name__}: {without_secrets(str(error), url)}") from None
        words = said.getvalue()
    if not taken:
        raise NotSent(without_secrets(words, url) or "The service did not take it.")
    return "taken"


@cache
def _apprise() -> Any:
    """Apprise with all its services loaded: some of them import what Python is about to drop, which is not our news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        said = logging.getLogger("apprise")  # says whole addresses, secrets and all: never to our log
        said.propagate = False
        said.setLevel(logging.CRITICAL + 1)  # but for what `send_notification` captures
        apprise.Apprise.instantiate("none://", suppress_exceptions=True)
    return apprise


def without_secrets(text: str, url: str) -> str:
    """The last line of a log without any part of the address but its kind."""
    line = text.strip().splitlines()[-1] if text.strip() else ""
    parts = {part for part in re.split(r"[^\w.%-]+", url.partition("://")[2]) if len(part) >= _SHORTEST_SECRET}
    for part in sorted(parts, key=len, reverse=True):
        line = line.replace(part, "***")
    return " ".join(line.split())[:_LONGEST_ANSWER]
