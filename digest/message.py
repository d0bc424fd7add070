"""From a rendered issue to the bytes of a mail: frozen once for all readers, then addressed to each.

An issue's bytes are the same for ever: Date, MIME boundary and Message-ID follow from the issue. The lines that differ
from reader to reader are put before the frozen bytes as they are, so no library folds or re-encodes them.
"""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

from digest.render import Rendered
from digest.settings import DigestSettings

LINE_END = b"\r\n"
POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=True)


def build_message(rendered: Rendered, settings: DigestSettings, *, issue_key: str, now: datetime) -> bytes:
    """The frozen mail of an issue: everything but To and Message-ID. `issue_key` names the issue for ever."""
    message = EmailMessage(policy=POLICY)
    message["From"] = _mailbox(settings.sender)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(now.replace(microsecond=0).astimezone(ZoneInfo("Asia/Seoul")))
    message["List-Id"] = f"<digest.{_domain(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "ko"
    message.set_content(rendered.text, cte="base64")
    message.add_alternative(rendered.html, subtype="html", cte="base64")
    message.set_boundary(f"=_zgcwatch_{_digest(issue_key, 24)}")
    return _verbatim_lines(settings) + message.as_bytes()


def _verbatim_lines(settings: DigestSettings) -> bytes:
    """Lines that must not be folded: a long address would come out as an encoded word that no mail program follows."""
    if settings.unsubscribe is None:
        return b""
    return f"List-Unsubscribe: <{settings.unsubscribe}>".encode("ascii") + LINE_END


def address(frozen: bytes, *, recipient: str, message_id: str) -> bytes:
    """The mail one reader gets: the frozen bytes behind that reader's own header lines."""
    lines = (f"To: {recipient}", f"Message-ID: {message_id}")
    return b"".join(line.encode("ascii") + LINE_END for line in lines) + frozen


def message_id(settings: DigestSettings, *, issue_key: str, recipient: str) -> str:
    """The same for the same issue and reader, always: a second copy can be told from a second mail."""
    return f"<{_digest(issue_key, 16)}.{_digest(f'{issue_key} {recipient}', 24)}@{_domain(settings)}>"


def envelope_sender(settings: DigestSettings) -> str:
    """The bare address of the sender, for MAIL FROM."""
    return parseaddr(settings.sender)[1]


def _mailbox(sender: str) -> Address:
    name, bare = parseaddr(sender)
    return Address(display_name=name, addr_spec=bare)


def _domain(settings: DigestSettings) -> str:
    return envelope_sender(settings).rpartition("@")[2]


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
