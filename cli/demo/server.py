"""Serves the sample site: one loopback address an outlet, one port for all. Run as `python -m cli.demo.server`.

It says `ready` on stdout once every address answers; then it reads commands from stdin: `edition 2` moves the site on,
and the end of stdin stops it, so that it never outlives the process that started it.
"""

import argparse
import errno
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cli.demo.pages import Answer
from cli.demo.site import Site, load_site
from storage.errors import ZgcwatchError


class AddressError(ZgcwatchError):
    """A loopback address of the sample site cannot be used; the message says which and what to do."""


class Play:
    """What all addresses share: the site, the edition it is in, and the log of requests."""

    def __init__(self, site: Site, edition: int, log: Path) -> None:
        self.site = site
        self.edition = edition
        self._log = log
        self._lock = threading.Lock()

    def record(self, host: str, request: str, status: int) -> None:
        """One line a request: edition, host, method and path, status, separated by tabs."""
        with self._lock, self._log.open("a", encoding="utf-8") as file:
            file.write(f"{self.edition}\t{host}\t{request}\t{int(status)}\n")


class AddressServer(ThreadingHTTPServer):
    """One outlet's server."""

    daemon_threads = True

    def __init__(self, host: str, play: Play) -> None:
        self.host = host
        self.play = play
        super().__init__((host, play.site.port), Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for the machine's name: slow, and of no use on loopback.
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = self.host, self.play.site.port


class Handler(BaseHTTPRequestHandler):
    """Answers from the site's table, with 304 for a page the reader has already."""

    protocol_version = "HTTP/1.1"
    server_version = "SampleSite"
    sys_version = ""
    timeout = 30
    server: AddressServer

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        play = self.server.play
        answer = play.site.answer(self.server.host, self.path, play.edition)
        status = HTTPStatus.NOT_MODIFIED if self._has_it(answer) else answer.status
        body = b"" if status == HTTPStatus.NOT_MODIFIED else answer.body
        play.record(self.server.host, f"{self.command} {self.path}", status)
        self.send_response(status)
        if answer.status == HTTPStatus.OK:
            self._send_validators(answer)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _send_validators(self, answer: Answer) -> None:
        self.send_header("ETag", answer.etag)
        if answer.last_modified:
            self.send_header("Last-Modified", format_datetime(answer.last_modified.astimezone(UTC), usegmt=True))

    def _has_it(self, answer: Answer) -> bool:
        """Whether the reader's validators match; If-None-Match decides alone when both are sent (RFC 9110, 13.1.3)."""
        if answer.status != HTTPStatus.OK:
            return False
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return answer.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        since = self.headers.get("If-Modified-Since")
        if since is None or answer.last_modified is None:
            return False
        return parsedate_to_datetime(since) >= answer.last_modified

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Silence: requests go to the access log, stderr stays free for errors."""


def open_addresses(play: Play) -> list[AddressServer]:
    """A listening server for each outlet. Raises AddressError, and leaves none open, when one address fails."""
    servers: list[AddressServer] = []
    for outlet in play.site.outlets:
        try:
            servers.append(AddressServer(outlet.host, play))
        except (OSError, OverflowError) as error:
            for server in servers:
                server.server_close()
            raise AddressError(_why(outlet.host, play.site.port, error)) from error
    return servers


def _why(host: str, port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: stop the program that holds it, or choose another with --port."
    if code == errno.EADDRNOTAVAIL:
        return (
            f"This machine has no address {host} (Linux has all of 127.0.0.0/8, other systems only 127.0.0.1): "
            f"add it, on macOS with `sudo ifconfig lo0 alias {host}`, or run the demo in the container."
        )
    return f"The sample site cannot listen on {host}:{port} ({error}): choose another port with --port."


def serve(play: Play, commands: Iterable[str]) -> None:
    """Serves until the commands end."""
    servers = open_addresses(play)
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    _say("ready")
    for command in commands:
        verb, _, value = command.strip().partition(" ")
        if verb == "edition":
            play.edition = int(value)
            _say(f"edition {play.edition}")
    for server in servers:
        server.shutdown()
        server.server_close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cli.demo.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--edition", type=int, default=1)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True, help="the site's time, with its offset")
    parser.add_argument("--log", type=Path, required=True, help="access log, one line a request")
    options = parser.parse_args()
    try:
        serve(Play(load_site(options.now, options.port), options.edition, options.log), sys.stdin)
    except AddressError as error:
        _say(f"error {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
