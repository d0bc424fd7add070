"""Compressed answers are unpacked up to the limit of their request, and whole or not at all.

Scrapy's own part for it takes what a broken stream gave so far for the page; half an article is worse than none.
"""

import asyncio
import sys
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import brotli
from scrapy.exceptions import DownloadCancelledError, ResponseDataLossError
from scrapy.http import TextResponse

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ACCEPTED = b"gzip, deflate, br, zstd"
MOST_LAYERS = 2  # some servers pack what a proxy packs again; more is an attack
ZSTD_WINDOW_LOG = 23  # 8 MiB, the most that RFC 9659 lets a web server use
_CHUNK = 64 * 1024
_OFF_THE_LOOP_ABOVE = 256 * 1024  # compressed bytes


class TooLarge(DownloadCancelledError):  # noqa: N818 - named for what it is
    """The answer grew beyond the limit while it was unpacked."""


class Undecodable(ResponseDataLossError):  # noqa: N818 - named for what it is
    """The answer is packed in a way nobody can unpack, or broke off inside the packing; the message says which."""


def unpack(body: bytes, encodings: list[str], limit: int) -> bytes:
    """The body with its content encodings taken off, the last one first.

    Raises TooLarge above `limit` bytes at any layer, Undecodable for an unknown, broken or cut-off packing.
    """
    if len(encodings) > MOST_LAYERS:
        raise Undecodable(f"The answer is packed {len(encodings)} times over.")
    for encoding in reversed(encodings):
        unpacker = _UNPACKERS.get(encoding)
        if unpacker is None:
            raise Undecodable(f"The answer is packed as {encoding[:20]!r}, which nobody asked for.")
        try:
            body = unpacker(body, limit)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise Undecodable(
                f"The answer says it is packed as {encoding}, and cannot be unpacked ({error})."
            ) from error
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    return _inflate(body, limit, 16 + zlib.MAX_WBITS)


def _undeflate(body: bytes, limit: int) -> bytes:
    """With the zlib header the standard asks for, or without it as old Microsoft servers send it."""
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0  # noqa: PLR2004 - RFC 1950
    return _inflate(body, limit, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _inflate(body: bytes, limit: int, window: int) -> bytes:
    parts = []
    total = 0
    while body:
        stream = zlib.decompressobj(window)
        part = stream.decompress(body, limit - total + 1)
        total += len(part)
        parts.append(part)
        if total > limit:
            raise _too_large(limit)
        if not stream.eof:
            raise _cut_off()
        # A second gzip member may follow; anything else behind the end is padding.
        body = stream.unused_data if stream.unused_data.startswith(b"\x1f\x8b") else b""
    return b"".join(parts)


def _unbrotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    total, parts = 0, [stream.process(body, output_buffer_limit=_CHUNK)]
    while parts[-1]:
        total += len(parts[-1])
        if total > limit:
            raise _too_large(limit)
        if stream.is_finished():
            break
        parts.append(stream.process(b"", output_buffer_limit=_CHUNK))
    if not stream.is_finished():
        raise _cut_off()
    return b"".join(parts)


def _unzstd(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    while body:
        stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
        part = stream.decompress(body, max_length=limit - total + 1)
        total += len(part)
        parts.append(part)
        if total > limit:
            raise _too_large(limit)
        if not stream.eof:
            raise _cut_off()
        body = stream.unused_data
    return b"".join(parts)


_UNPACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
    "identity": lambda body, _: body,
}


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The answer is larger than {limit} bytes once it is unpacked.")


def _cut_off() -> Undecodable:
    return Undecodable("The answer broke off inside its packing.")


class DecodingMiddleware:
    """Asks for compressed answers and unpacks them; large ones beside the loop."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    def process_request(self, request: "Request") -> None:
        request.headers["Accept-Encoding"] = ACCEPTED

    async def process_response(self, request: "Request", response: "Response") -> "Response":
        stated = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        encodings = [name.strip() for name in stated.split(",") if name.strip()]
        if not encodings or not response.body:
            return response
        limit = request.meta.get("download_maxsize") or self.crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if len(response.body) > _OFF_THE_LOOP_ABOVE:
            body = await asyncio.to_thread(unpack, response.body, encodings, limit)
        else:
            body = unpack(response.body, encodings, limit)
        unpacked: dict[str, Any] = {"body": body}
        if isinstance(response, TextResponse):
            unpacked["encoding"] = None
        response = response.replace(**unpacked)
        del response.headers["Content-Encoding"]
        return response
