"""From a rendered issue to the bytes of a mail: frozen once for all readers, then addressed to each.

An issue's bytes are the same for ever: Date, MIME boundary and Message-ID follow from the issue. Header lines are
written here, not by the library: it breaks a long List-Unsubscribe into encoded words that no mail program follows,
and loses a blank of a Korean subject where it changes between encoded and plain words.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

from digest.render import Rendered
from digest.settings import DigestSettings

LINE_END = b"\r\n"
# With `Subject: ` before it and its frame around it, the first encoded word keeps within the 76 columns of RFC 2047.
BYTES_A_WORD = 39
_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ]{0,48}[A-Za-z0-9])?")


def build_message(rendered: Rendered, settings: DigestSettings, *, issue_key: str, now: datetime) -> bytes:
    """The frozen mail of an issue: everything but To and Message-ID. `issue_key` names the issue for ever."""
    body = EmailMessage(policy=SMTP)
    body.set_content(rendered.text, cte="base64")
    body.add_alternative(rendered.html, subtype="html", cte="base64")
    body.set_boundary(f"=_zgcwatch_{_digest(issue_key, 24)}")
    headers = {
        "From": _mailbox(settings.sender),
        "Subject": encoded(rendered.subject),
        "Date": format_datetime(now.replace(microsecond=0).astimezone(ZoneInfo("Asia/Seoul"))),
        "List-Id": f"<digest.{_domain(settings)}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if settings.unsubscribe:
        headers["List-Unsubscribe"] = f"<{settings.unsubscribe}>"
    return _lines(headers) + body.as_bytes()


def address(frozen: bytes, *, recipient: str, message_id: str) -> bytes:
    """The mail one reader gets: the frozen bytes behind that reader's own header lines."""
    return _lines({"To": recipient, "Message-ID": message_id}) + frozen


def message_id(settings: DigestSettings, *, issue_key: str, recipient: str) -> str:
    """The same for the same issue and reader, always: a second copy can be told from a second mail."""
    return f"<{_digest(issue_key, 16)}.{_digest(f'{issue_key} {recipient}', 24)}@{_domain(settings)}>"


def envelope_sender(settings: DigestSettings) -> str:
    """The bare address of the sender, for MAIL FROM."""
    return parseaddr(settings.sender)[1]


def encoded(text: str) -> str:
    """`text` as header words: plain where it is plain and short, else encoded words (RFC 2047), one a line."""
    if _PLAIN.fullmatch(text):
        return text
    words = (base64.b64encode(piece).decode("ascii") for piece in _pieces(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(text: str) -> Iterator[bytes]:
    """UTF-8 in pieces of at most BYTES_A_WORD that end with a whole character."""
    piece = b""
    for character in text:
        octets = character.encode()
        if len(piece) + len(octets) > BYTES_A_WORD:
            yield piece
            piece = b""
        piece += octets
    yield piece


def _mailbox(sender: str) -> str:
    name, bare = parseaddr(sender)
    return f"{encoded(name)} <{bare}>" if name else bare


def _lines(headers: dict[str, str]) -> bytes:
    return b"".join(f"{name}: {value}".encode("ascii") + LINE_END for name, value in headers.items())


def _domain(settings: DigestSettings) -> str:
    return envelope_sender(settings).rpartition("@")[2]


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
