"""From a rendered issue to the bytes of a mail: frozen once for all readers, then addressed to each.

An issue's bytes are the same for ever: Date, MIME boundary and Message-ID follow from the issue. Header lines are
written here, not by the library: it breaks a long List-Unsubscribe into encoded words that no mail program follows,
and loses a blank of a Korean subject where it changes between encoded and plain words.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal
from zoneinfo import ZoneInfo

from digest.render import Rendered
from digest.settings import DigestSettings

Parts = Literal["html", "text"]
LINE_END = b"\r\n"
DEFAULT_WATCH = "default"
TEST_MARK = "[TEST]"
# With `Subject: ` before it and its frame around it, the first encoded word keeps within the 76 columns of RFC 2047.
BYTES_A_WORD = 39
# A whole body part in base64 as the library writes it: lines of 76 characters and a shorter last one.
_BASE64 = re.compile(rb"(?:^[A-Za-z0-9+/]{76}\r\n)*^[A-Za-z0-9+/]+={0,2}\r\n", re.MULTILINE)
_SUBJECT = re.compile(rb"^Subject: ([^\r]*)", re.MULTILINE)
_TO = re.compile(rb"^To: [^\r]*", re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^Message-ID: <[^@\r]*(@[^\r]*)", re.MULTILINE)
_LIST = re.compile(rb"^List-[A-Za-z-]+: [^\r]*\r\n", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ]{0,48}[A-Za-z0-9])?")


# Stands in a frozen body where each reader's own way out goes; no such host can ever exist (RFC 6761).
UNSUBSCRIBE_HERE = "https://unsubscribe.invalid/"
_HERE = UNSUBSCRIBE_HERE.encode()
_LINK_HERE = re.compile(rf'(?: · |<br>)?<a [^>]*href="{re.escape(UNSUBSCRIBE_HERE)}"[^>]*>[^<]*</a>')
_LINE_HERE = re.compile(rf"[^\n]*:\n{re.escape(UNSUBSCRIBE_HERE)}\n")


def build_message(
    rendered: Rendered,
    settings: DigestSettings,
    *,
    issue_key: str,
    now: datetime,
    watch: str = "",
    parts: Parts = "html",
) -> bytes:
    """The frozen mail of an issue: everything but what differs from reader to reader.

    `issue_key` names the issue for ever, `watch` the list it belongs to.
    """
    body = EmailMessage(policy=SMTP)
    body.set_content(rendered.text, cte="base64")
    if parts == "html":
        body.add_alternative(rendered.html, subtype="html", cte="base64")
        body.set_boundary(f"=_zgcwatch_{_digest(issue_key, 24)}")
    headers = {
        "From": _mailbox(settings.sender),
        "Subject": encoded(rendered.subject),
        "Date": format_datetime(now.replace(microsecond=0).astimezone(ZoneInfo("Asia/Seoul"))),
        "List-Id": list_id(settings, watch),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    return _lines(headers) + body.as_bytes()


def list_id(settings: DigestSettings, watch: str = "") -> str:
    """`<digest.example.com>`, or `<robots.digest.example.com>` for the watch `robots` (RFC 2919)."""
    name = f"{watch}." if watch and watch != DEFAULT_WATCH else ""
    return f"<{name}digest.{_domain(settings)}>"


def address(
    frozen: bytes,
    *,
    recipient: str,
    message_id: str,
    unsubscribe: str | None = None,
    in_reply_to: str | None = None,
) -> bytes:
    """The mail one reader gets: the frozen bytes behind that reader's own header lines, with that reader's way out.

    The same arguments give the same bytes. `unsubscribe` is a mailto: or https: address; one of https: takes the POST
    of RFC 8058.
    """
    headers = {"To": recipient, "Message-ID": message_id}
    if in_reply_to:
        headers |= {"In-Reply-To": in_reply_to, "References": in_reply_to}
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        if unsubscribe.startswith("https:"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    head, blank, body = frozen.partition(LINE_END * 2)
    return _lines(headers) + head + blank + _with_way_out(body, unsubscribe)


def as_test(mail: bytes, *, recipient: str, now: datetime) -> bytes:
    """A mail of an issue as a trial: to whoever tries it, marked, and with an identity of its own, so that no program
    takes the real one for a copy.
    """
    head, blank, body = mail.partition(LINE_END * 2)
    # A subject has a bracket, so it is all encoded words, between which no blank counts.
    marked = f"Subject: {encoded(f'{TEST_MARK} ')}\r\n ".encode("ascii")
    identity = _digest(f"{now.isoformat()} {recipient}", 24).encode("ascii")
    head = _SUBJECT.sub(lambda found: marked + found[1], head, count=1)
    head = _TO.sub(b"To: " + recipient.encode("ascii"), head, count=1)
    head = _MESSAGE_ID.sub(lambda found: b"Message-ID: <test." + identity + found[1], head, count=1)
    return _LIST.sub(b"", head + LINE_END)[: -len(LINE_END)] + blank + body


def without_way_out(part: str) -> str:
    """The HTML or the text of a frozen mail without the place for a reader's own way out."""
    return _LINE_HERE.sub("", _LINK_HERE.sub("", part))


def _with_way_out(body: bytes, unsubscribe: str | None) -> bytes:
    """The frozen body with the reader's address in the place kept for it; base64 lines that have it are made anew."""
    return _BASE64.sub(lambda found: _replaced(found[0], unsubscribe or ""), body)


def _replaced(block: bytes, unsubscribe: str) -> bytes:
    content = base64.b64decode(block)
    if _HERE not in content:
        return block
    # In HTML `&` would have to be escaped; our own links have none, an operator's may.
    is_html = content.lstrip().startswith(b"<!DOCTYPE")
    shown = html.escape(unsubscribe) if is_html else unsubscribe
    return base64.encodebytes(content.replace(_HERE, shown.encode())).replace(b"\n", LINE_END)


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
