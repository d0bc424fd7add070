"""An HTTP server that plays outlets and can misbehave, as a process of its own.

`python -m tests.servers.outlet_server` prints `{"port": N}` and serves until its standard input is closed. Answers are
scripted through `PUT /__plan__` (JSON: path → list of answers; the last one repeats), requests are read back from
`GET /__log__`. The host a client used stands in the log, so one server plays outlets on 127.0.0.1, 127.0.0.2, ...

An answer: status, headers, body (text) or body_base64, and `manner`:
  hang       read the request, never answer
  late       answer after 3 seconds
  drip       send one byte of the body a quarter of a second
  truncate   announce the whole body, send half, close
  close      close without a byte
  headers    send headers without end
Without `etag`/`last_modified` in its headers an answer is never 304; with them the server judges conditions itself.
"""

import asyncio
import base64
import json
import sys
import time
from typing import Any

MANNERS = {"plain", "hang", "late", "drip", "truncate", "close", "headers"}
LATE_SECONDS = 3


class Script:
    """What each path answers, and what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.log: list[dict[str, Any]] = []

    def next_answer(self, path: str) -> dict[str, Any]:
        rows = self.answers.get(path) or self.answers.get(path.partition("?")[0])
        if not rows:
            return {"status": 404, "body": "<html><body>not here</body></html>"}
        return rows.pop(0) if len(rows) > 1 else rows[0]


class OutletProtocol:
    def __init__(self, script: Script) -> None:
        self.script = script

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        line = await reader.readline()
        if not line.strip():
            return False
        method, path, _ = line.decode("latin-1").split()
        headers: dict[str, str] = {}
        while (line := await reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if path.startswith("/__"):
            return await self._control(writer, method, path, body)
        entry = {"at": time.monotonic(), "path": path, "host": headers.get("host"), "headers": headers}
        entry["peer"] = writer.get_extra_info("sockname")[0]
        self.script.log.append(entry)
        answer = self.script.next_answer(path)
        keep = await self._answer(writer, answer, headers, entry)
        entry["end"] = time.monotonic()
        return keep

    async def _control(self, writer: asyncio.StreamWriter, method: str, path: str, body: bytes) -> bool:
        reply: Any = {}
        if path == "/__plan__" and method == "PUT":
            self.script.answers.update(json.loads(body))
        elif path == "/__log__":
            reply = self.script.log[:]
            if method == "DELETE":
                self.script.log.clear()
        payload = json.dumps(reply).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(payload), payload))
        await writer.drain()
        return False

    async def _answer(
        self, writer: asyncio.StreamWriter, answer: dict[str, Any], asked: dict[str, str], entry: dict[str, Any]
    ) -> bool:
        manner = answer.get("manner", "plain")
        assert manner in MANNERS, manner
        if manner == "hang":
            await asyncio.sleep(3600)
        if manner == "late":
            await asyncio.sleep(LATE_SECONDS)
        if manner == "close":
            return False
        if manner == "headers":
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X-More: yes\r\n" * 1000)
                await writer.drain()
        encoded = answer.get("body_base64")
        body = base64.b64decode(encoded) if encoded is not None else str(answer.get("body", "")).encode()
        headers = {"Content-Type": "text/html; charset=utf-8", **answer.get("headers", {})}
        status = int(answer.get("status", 200))
        if status == 200 and _not_modified(headers, asked):
            status, body = 304, b""
        entry["status"] = status
        headers["Content-Length"] = str(len(body))
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(head.encode("latin-1") + b"\r\n")
        if manner == "drip":
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.25)
        writer.write(body[: len(body) // 2] if manner == "truncate" else body)
        await writer.drain()
        return manner in {"plain", "late"}


def _not_modified(headers: dict[str, str], asked: dict[str, str]) -> bool:
    given = {name.lower(): value for name, value in headers.items()}
    if "etag" in given:
        return asked.get("if-none-match") == given["etag"]
    return "last-modified" in given and asked.get("if-modified-since") == given["last-modified"]


async def main() -> None:
    protocol = OutletProtocol(Script())
    server = await asyncio.start_server(protocol.serve, "0.0.0.0", 0)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
