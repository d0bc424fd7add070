"""zgcwatch as it runs on many machines, here as processes: scheduler, crawlers, web, one database, a farm to visit."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from storage.archive import list_articles
from storage.database import Database
from storage.schema import upgrade
from tests.servers.farm_judge import RunningFarm

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def toml(value: Any) -> str:
    """A value as it stands in a TOML file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@dataclass
class Process:
    """One process of the service; it is started again under the same name after it was killed."""

    name: str
    role: str
    folder: Path
    settings: dict[str, str]
    monitor: int = field(default_factory=free_port)
    handle: "subprocess.Popen[str] | None" = None
    killed: int = 0

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ZGCWATCH_")}
        own = {"ZGCWATCH_MONITOR__PORT": str(self.monitor), "PYTHONPATH": str(ROOT), **self.settings}
        roles = ["--role", self.role] if self.role else []
        with (self.folder / f"{self.name}.log").open("a") as log:
            self.handle = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "run", *roles],
                cwd=self.folder, env={**clean, **own}, stdout=log, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip

    def kill(self) -> None:
        assert self.handle is not None
        self.handle.kill()
        self.handle.wait()
        self.killed += 1

    def stop(self, seconds: float = 30) -> tuple[int, float]:
        """SIGTERM: the exit code, and how long it took."""
        assert self.handle is not None
        started = time.monotonic()
        self.handle.send_signal(signal.SIGTERM)
        return self.handle.wait(seconds), time.monotonic() - started

    def ask(self, path: str) -> tuple[int, Any]:
        """What the process says at its monitoring door; (0, None) while it says nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}{path}", timeout=10) as reply:
                body = reply.read().decode()
                return reply.status, body if path == "/metrics" else json.loads(body)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def last_words(self) -> str:
        """What it said last that is no event: why it ended, where it ended badly."""
        lines = (self.folder / f"{self.name}.log").read_text(encoding="utf-8").splitlines()
        return next((line for line in reversed(lines) if line.startswith("zgcwatch: ")), "")

    def events(self) -> list[dict[str, Any]]:
        lines = (self.folder / f"{self.name}.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


class Stack:
    """The processes by name, over one database and one farm."""

    def __init__(self, folder: Path, url: str, farm: RunningFarm, *, crawlers: int, **settings: Any) -> None:
        """With no crawlers, one process `service` has every role, and there is no queue."""
        self.folder, self.url, self.farm = folder, url, farm
        self.processes: dict[str, Process] = {}
        self.web_port = free_port()
        self._write(settings)
        upgrade(url)
        if not crawlers:
            self.processes["service"] = Process("service", "", folder, {"ZGCWATCH_SCHEDULER__DISPATCH": "embedded"})
            return
        names = [("scheduler", "scheduler"), ("web", "web")] + [("crawler", f"crawler-{n}") for n in range(crawlers)]
        for role, name in names:
            agent = {"ZGCWATCH_CRAWLER__USER_AGENT": f"zgcwatch/{name}"}
            self.processes[name] = Process(name, role, folder, agent)

    def _write(self, settings: dict[str, Any]) -> None:
        (self.folder / "outlets").mkdir(parents=True, exist_ok=True)
        for outlet in self.farm.outlets:
            row = self.farm.row(outlet)
            lines = "".join(f"{name} = {toml(value)}\n" for name, value in row.items())
            (self.folder / "outlets" / f"{outlet.id}.toml").write_text(lines, encoding="utf-8")
        crawler = {
            "contact": "https://example.com/bot", "packaged_outlets": False, "outlets": ["outlets"],
            "allow_private_addresses": True, "parse_processes": 1, "parse_deadline": 20, "recheck_after": [1000],
            **settings.get("crawler", {}),
        }  # fmt: skip
        sections = {
            "storage": {"database": self.url},
            "crawler": crawler,
            "scheduler": {"dispatch": "procrastinate", "tick_seconds": 1, **settings.get("scheduler", {})},
            "web": {"port": self.web_port},
            "log": {"format": "json"},
        }
        text = ""
        for section, rows in sections.items():
            text += f"[{section}]\n" + "".join(f"{name} = {toml(value)}\n" for name, value in rows.items())
        (self.folder / "zgcwatch.toml").write_text(text, encoding="utf-8")

    def __enter__(self) -> Self:
        for process in self.processes.values():
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            if process.handle is not None and process.handle.poll() is None:
                process.kill()

    @property
    def crawlers(self) -> list[Process]:
        return [process for process in self.processes.values() if process.role == "crawler"]

    def stored(self) -> list[str]:
        """The canonical addresses of all articles."""
        found: list[str] = []
        cursor = None
        with Database.open(self.url) as database, database.reader() as session:
            while True:
                rows, cursor = list_articles(session, limit=500, after=cursor)
                found += [row.canonical_url for row in rows]
                if cursor is None:
                    return found


def two_at_a_host(entries: list[dict[str, Any]]) -> list[str]:
    """Requests that began while another process's request to the same host was not answered yet."""
    wrong = []
    hosts: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        hosts.setdefault(entry["host"], []).append(entry)
    for host, asked in hosts.items():
        for earlier, later in pairwise(asked):
            is_open = later["at"] < earlier.get("sent", later["at"])
            if is_open and earlier["agent"] != later["agent"]:
                wrong.append(f"{host}{later['path']} {earlier['agent']} {later['agent']}")
    return wrong


def interleaved(entries: list[dict[str, Any]], pause: float) -> list[str]:
    """Where a process came back to a host within `pause` seconds, and another one had been there in between.

    A visit is a run of requests without a longer pause: two processes inside one visit's time are two at a host.
    """
    wrong = []
    last: dict[tuple[str, str], float] = {}
    newest: dict[str, str] = {}
    for entry in entries:
        host, agent = entry["host"], entry["agent"]
        is_back = newest.get(host, agent) != agent and (host, agent) in last
        if is_back and entry["at"] - last[host, agent] < pause:
            wrong.append(f"{host}{entry['path']} {agent}")
        last[host, agent], newest[host] = entry["at"], agent
    return wrong


def agents_of(entries: list[dict[str, Any]]) -> Counter[str]:
    return Counter(entry["agent"] for entry in entries)
