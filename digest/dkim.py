"""DKIM signatures (RFC 6376, RFC 8463), relaxed on both sides.

The signature's time is the mail's own Date: a mail that is sent again after a crash has the same bytes. The usual
library stamps the present moment.
"""

import base64
import hashlib
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from storage.errors import ConfigurationError

Key: TypeAlias = RSAPrivateKey | Ed25519PrivateKey
LINE_END = b"\r\n"
SIGNED = (
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
)
# Signed once more than they are there, so that nobody can add another one.
SEALED = ("from", "to", "subject", "date")
SHORTEST_RSA = 1024
_LINE = 70
_BLANKS = re.compile(rb"[ \t]+")


def load_key(file: Path) -> Key:
    """The private key in a PEM file. Raises ConfigurationError: not readable, or neither RSA nor Ed25519."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"The file {file} of digest.dkim.key_file is no readable private key in PEM: correct the path."
        ) from error
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, RSAPrivateKey) and key.key_size >= SHORTEST_RSA):
        return key
    raise ConfigurationError(f"The key in {file} is neither RSA of at least {SHORTEST_RSA} bits nor Ed25519.")


def sign(message: bytes, key: Key, *, domain: str, selector: str) -> bytes:
    """The message with a signature before it. The same message and key give the same bytes."""
    head, _, body = message.partition(LINE_END * 2)
    fields = _fields(head)
    names = [name for name in SIGNED if name in fields] + list(SEALED)
    moment = int(parsedate_to_datetime(fields["date"].decode("ascii")).timestamp())
    tags = {
        "v": "1",
        "a": "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256",
        "c": "relaxed/relaxed",
        "d": domain,
        "s": selector,
        "t": str(moment),
        "h": ":".join(names),
        "bh": base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode("ascii"),
        "b": "",
    }
    header = _folded(tags)
    # A field that is sealed is signed for the second time as one that is not there.
    signed = [b"%s:%s" % (name.encode(), fields.pop(name)) for name in names if name in fields]
    signature = _signature(key, LINE_END.join([*signed, b"dkim-signature:" + _relaxed(header)]))
    return b"DKIM-Signature: " + header + _wrapped(base64.b64encode(signature)) + LINE_END + message


def _signature(key: Key, data: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(data).digest())


def _fields(head: bytes) -> dict[str, bytes]:
    """The values of the header fields, relaxed, by their names; ours has each once."""
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    rows = (line.partition(b":") for line in unfolded.split(LINE_END))
    return {name.decode("ascii").strip().lower(): _relaxed(value) for name, _, value in rows}


def _relaxed(value: bytes) -> bytes:
    return _BLANKS.sub(b" ", value.replace(LINE_END, b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    lines = [_BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(LINE_END)]
    text = LINE_END.join(lines).rstrip(b"\r\n")
    return text + LINE_END if text else b""


def _folded(tags: dict[str, str]) -> bytes:
    """The tags on lines that mail servers leave alone; the last one is open for the signature."""
    lines: list[str] = []
    for name, value in tags.items():
        pieces = value.split(":") if name == "h" else [value]
        text = f"{name}="
        for number, piece in enumerate(pieces):
            glue = ":" if number else ""
            if len(text) + len(piece) > _LINE:
                lines.append(text + glue)
                text, glue = "", ""
            text += glue + piece
        lines.append(f"{text};" if name != "b" else text)
    return "\r\n ".join(lines).encode("ascii")


def _wrapped(signature: bytes) -> bytes:
    return b"".join(b"\r\n " + signature[start : start + _LINE] for start in range(0, len(signature), _LINE))
