"""The ways to the operator: mail through the digest's server, and whatever apprise knows. Called from a thread."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from digest.message import encoded, envelope_sender
from digest.notify import GiveUp, NotSent, is_known_to_apprise, send_notification, without_secrets
from digest.settings import DigestSettings
from digest.smtp import MailServerError, Verdict, open_line
from scheduler.workdays import SEOUL
from storage.health import MessageClaim

LINE_END = b"\r\n"

__all__ = ["GiveUp", "NotSent", "is_known_to_apprise", "send_mail", "send_notification", "without_secrets"]


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
