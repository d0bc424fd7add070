"""The only way out a browser gets: a proxy on loopback that resolves and refuses as the guard does."""

import asyncio
import contextlib
import re
from collections.abc import Coroutine
from typing import Any, Self
from urllib.parse import urlsplit

import structlog

from crawler.fetch.guard import ForbiddenAddress, Gate, allowed_addresses
from crawler.fetch.pace import host_of

log = structlog.get_logger()

LONGEST_HEAD = 64 * 1024  # bytes
CONNECT_SECONDS = 10.0
_CHUNK = 64 * 1024
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_UNREACHABLE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
_HOP_BY_HOP = ("proxy-connection:", "proxy-authorization:", "connection:", "keep-alive:")


class GuardedProxy:
    """An HTTP proxy (CONNECT and plain requests) of one crawl; names are resolved here, and only here.

    `limit` is the most bytes an answer may bring over one connection. Use it as an asynchronous context manager.
    """

    def __init__(self, gate: Gate, *, limit: int) -> None:
        self._gate, self._limit = gate, limit
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=LONGEST_HEAD)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the browser sees a connection that ended, and says so
        except asyncio.CancelledError:
            pass  # the crawl is over
        finally:
            self._talks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split("\r\n", 1)[0].split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = host_of(parts.geturl()), parts.port or (443 if method == "CONNECT" else 80)
        try:
            remote = await self._connect(host, port)
        except ForbiddenAddress:
            log.warning("render.refused", host=host, address=self._gate.refused(host))
            writer.write(_REFUSED)
        except (OSError, TimeoutError):
            writer.write(_UNREACHABLE)
        else:
            with contextlib.closing(remote[1]):
                if method == "CONNECT":
                    await self._tunnel(reader, writer, *remote)
                else:
                    await self._pass_on(head, reader, writer, *remote)

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        error: Exception = OSError(f"{host} has no address.")
        for address in await allowed_addresses(host, port, self._gate):
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(address, port)
            except (OSError, TimeoutError) as failed:
                error = failed
        raise error

    async def _tunnel(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        writer.write(_OPEN)
        await _first_end(_pour(reader, far_writer, self._limit), _pour(far_reader, writer, self._limit))

    async def _pass_on(
        self,
        head: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        """One plain request and its answer. The next may be for another host: it has to come on a new connection."""
        far_writer.write(_direct(head))
        left = _length(head)
        while left and (chunk := await reader.read(min(left, _CHUNK))):
            left -= len(chunk)
            far_writer.write(chunk)
            await far_writer.drain()
        answer = (await far_reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = answer.rstrip("\r\n").split("\r\n")
        writer.write(_head(first, lines))
        await _first_end(_pour(far_reader, writer, self._limit), reader.read(1))


def _direct(head: str) -> bytes:
    """The request as the outlet's server expects it: a path instead of an address, the connection closed after it."""
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, version = first.split(" ")
    path = urlsplit(target)._replace(scheme="", netloc="").geturl() or "/"
    return _head(f"{method} {path} {version}", lines)


def _head(first: str, lines: list[str]) -> bytes:
    kept = [line for line in lines if not line.lower().startswith(_HOP_BY_HOP)]
    return "\r\n".join([first, *kept, "Connection: close", "", ""]).encode("latin-1")


def _length(head: str) -> int:
    found = re.search(r"^content-length:\s*(\d{1,9})\s*$", head, re.IGNORECASE | re.MULTILINE)
    return int(found[1]) if found else 0


async def _first_end(*ways: Coroutine[Any, Any, Any]) -> None:
    """Both ways at once, until one of them ends."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int) -> None:
    poured = 0
    with contextlib.suppress(OSError):
        while (chunk := await reader.read(_CHUNK)) and (poured := poured + len(chunk)) <= limit:
            writer.write(chunk)
            await writer.drain()
