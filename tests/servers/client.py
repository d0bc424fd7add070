"""The tests' side of the outlet server: start it, script it, read what was asked."""

import base64
import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]


def answer(body: str | bytes = "", status: int = 200, manner: str = "plain", **headers: str) -> dict[str, Any]:
    """One scripted answer; header names are written with underscores."""
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "manner": manner, "headers": named, "body_base64": base64.b64encode(raw).decode()}


class OutletServer:
    """A running outlet server. It listens on every loopback address; `url` picks one."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.outlet_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port: int = json.loads(self._process.stdout.readline())["port"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def plan(self, answers: dict[str, dict[str, Any] | list[dict[str, Any]]]) -> None:
        """Script paths: one answer, or several in turn of which the last repeats."""
        rows = {path: [given] if isinstance(given, dict) else given for path, given in answers.items()}
        self._ask("PUT", "/__plan__", json.dumps(rows))

    def asked(self, *, forget: bool = True) -> list[dict[str, Any]]:
        """Every request since the last call, in order of arrival: path, host, headers, status, at, end (seconds)."""
        entries: list[dict[str, Any]] = self._ask("DELETE" if forget else "GET", "/__log__")
        return entries

    def paths(self) -> list[str]:
        return [entry["path"] for entry in self.asked()]

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()
