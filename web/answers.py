"""How an answer leaves: JSON with an ETag, 304 where the reader has it already, gzip where the reader takes it."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from pydantic_core import to_json

SMALLEST_TO_COMPRESS = 1_000  # bytes; below, the headers cost more than is saved
LEVEL = 4  # of 9: twice as fast as the usual 6 for a tenth more bytes
HEADERS = {
    # What a reader sees depends on the token, so no shared cache may keep it.
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Encoding, Authorization",
}
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?P<q>[0-9.]+)\s*)?(?=,|$)", re.IGNORECASE)
_TAG = re.compile(r'"[^"]*"')


def answer(request: Request, value: Any, *, media_type: str = "application/json") -> Response:
    """The value as JSON. Call it in a thread: it serialises, hashes and compresses."""
    return answer_bytes(request, to_json(value), media_type=media_type)


def answer_bytes(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A body that is made already, with an ETag and compressed as `answer` does it."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    # Weak: the compressed and the plain answer have the same one.
    headers = {**HEADERS, **(headers or {}), "ETag": f"W/{tag}"}
    if has_it(request, tag):
        return Response(status_code=304, headers=headers)
    if len(body) >= SMALLEST_TO_COMPRESS and takes_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=media_type)


def has_it(request: Request, tag: str) -> bool:
    """Whether the reader says (If-None-Match) that the answer with this tag, in its quotes, is there already."""
    sent = request.headers.get("if-none-match", "")
    return sent.strip() == "*" or tag in _TAG.findall(sent)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3)."""
    found = _GZIP.search(accept_encoding)
    if found is None:
        return False
    try:
        return float(found["q"] or 1) > 0
    except ValueError:
        return False
