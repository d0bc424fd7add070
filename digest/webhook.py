"""One POST to a webhook, signed after Standard Webhooks (standardwebhooks.com), by a way out that is guarded.

The guard's rule judges the address, and that address is connected to; redirects are not followed. Private addresses
are for channels that say so (a chat server in one's own network).
"""

import base64
import hashlib
import hmac
import socket
import ssl
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from crawler.addresses import is_public
from digest.notify import GiveUp, NotSent
from digest.safe import one_line, shorten

TIMEOUT = 20.0  # seconds for each step
LONGEST_ANSWER = 300
TRY_LATER = frozenset({408, 409, 423, 425, 429})


class Unknown(NotSent):
    """The line was lost after the message was sent: whether it was taken is not known."""


def post(
    url: str, body: bytes, *, message_id: str, now: datetime, secret: str | None = None, allow_private: bool = False
) -> str:
    """Send JSON to a webhook; its answer. Raises NotSent (try later), Unknown (it may have it) or GiveUp (refused)."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Guarded(parts.hostname or "", port, tls=parts.scheme == "https", allow_private=allow_private)
    try:
        connection.connect()
        connection.request("POST", target, body, headers(body, message_id=message_id, now=now, secret=secret))
    except (OSError, HTTPException) as error:
        raise NotSent(f"the webhook cannot be reached ({_said(error)})") from error
    try:
        answer = connection.getresponse()
        said = answer.read(LONGEST_ANSWER)
    except (OSError, HTTPException) as error:
        raise Unknown(f"the connection was lost after the message was sent ({_said(error)})") from error
    finally:
        connection.close()
    return _judged(answer.status, said)


def headers(body: bytes, *, message_id: str, now: datetime, secret: str | None) -> dict[str, str]:
    """The headers of one try. The receiver knows a second copy by `webhook-id`, and us by the signature."""
    stamp = str(int(now.timestamp()))
    fields = {
        "Content-Type": "application/json",
        "User-Agent": "zgcwatch",
        "webhook-id": message_id.strip("<>"),
        "webhook-timestamp": stamp,
    }
    if secret is not None:
        signed = f"{fields['webhook-id']}.{stamp}.".encode() + body
        mac = hmac.digest(_key(secret), signed, hashlib.sha256)
        fields["webhook-signature"] = f"v1,{base64.b64encode(mac).decode('ascii')}"
    return fields


def _key(secret: str) -> bytes:
    """`whsec_<base64>` as the standard writes it, or the characters of any other secret."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()


def _judged(status: int, said: bytes) -> str:
    answer = shorten(f"{status} {one_line(said.decode('utf-8', 'replace'))}".strip(), LONGEST_ANSWER)
    if 200 <= status < 300:  # noqa: PLR2004 - the classes of HTTP
        return answer
    if status >= 500 or status in TRY_LATER:  # noqa: PLR2004
        raise NotSent(f"the webhook says {answer}")
    raise GiveUp(f"the webhook refuses it: {answer}")


class _Guarded(HTTPConnection):
    """Connects to an address that it has looked at, never to a name."""

    def __init__(self, host: str, port: int, *, tls: bool, allow_private: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._tls, self._allow_private = tls, allow_private

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        allowed = [one for one in addresses if self._allow_private or is_public(one)]
        if not allowed:
            raise GiveUp(
                f"{self.host} leads to {addresses[0]}, which is not on the public internet; nothing was sent. "
                "Set allow_private for a channel in your own network."
            )
        self.sock = socket.create_connection((allowed[0], self.port), TIMEOUT)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _said(error: Exception) -> str:
    return shorten(one_line(str(error)) or type(error).__name__, LONGEST_ANSWER)
