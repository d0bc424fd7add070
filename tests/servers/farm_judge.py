"""What became of a sweep: judged from the farm's own log and from the archive, never from what the crawler says."""

import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from tests.servers.farm_plan import CLOSED_SECTION, CRAWL_DELAY, FarmOutlet, farm_plan

ROOT = Path(__file__).parents[2]


class RunningFarm:
    """A farm process, and the outlets of its plan as catalogue rows."""

    def __init__(self, outlets: int, articles: int, *without: str) -> None:
        self.outlets = farm_plan(outlets, articles, without=frozenset(without))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.farm", str(outlets), str(articles), *without],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port: int = json.loads(self._process.stdout.readline())["port"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    @property
    def process(self) -> int:
        return self._process.pid

    def log(self) -> list[dict[str, Any]]:
        """Every request since the last call, in order of arrival."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("DELETE", "/__log__")
            entries: list[dict[str, Any]] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return entries

    def row(self, outlet: FarmOutlet, **extra: Any) -> dict[str, Any]:
        """The outlet as a file of the catalogue would have it."""
        base = f"http://{outlet.host}:{self.port}"
        return {
            "id": outlet.id, "name": f"농장일보 {outlet.number}", "home": f"{base}/",
            "hosts": [f"{outlet.host}:{self.port}"],
            "sources": [{"kind": source["kind"], "url": base + source["path"]} for source in outlet.sources],
            "urls": {"article": [r"/(?:news/article|closed)/\d+"], "number": r"/(\d+)$"},
            "profiles": [{"name": "farm", "body": ["#article-body"]}],
            **extra,
        }  # fmt: skip

    def expected(self) -> set[str]:
        return {f"http://{outlet.host}:{self.port}{path}" for outlet in self.outlets for path in outlet.reachable}


@dataclass
class Verdict:
    """Each list has to be empty; `stored` and `requests` say that something was judged at all."""

    stored: int = 0
    requests: int = 0
    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    in_crawl_delay: list[str] = field(default_factory=list)
    in_retry_after: list[str] = field(default_factory=list)
    in_disallow: list[str] = field(default_factory=list)
    side_by_side: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, list[str]]:
        return {name: value for name, value in vars(self).items() if isinstance(value, list) and value}


def judge(farm: RunningFarm, entries: list[dict[str, Any]], stored: Iterable[str]) -> Verdict:
    """`stored` are the canonical addresses of all articles in the archive."""
    counts = Counter(stored)
    expected = farm.expected()
    verdict = Verdict(stored=len(counts), requests=len(entries))
    verdict.missing = sorted(expected - set(counts))
    verdict.surplus = sorted(set(counts) - expected)
    verdict.twice = sorted(url for url, times in counts.items() if times > 1)
    for outlet in farm.outlets:
        _judge_host(outlet, [entry for entry in entries if entry["host"] == outlet.host], verdict)
    return verdict


def _judge_host(outlet: FarmOutlet, entries: list[dict[str, Any]], verdict: Verdict) -> None:
    verdict.in_disallow += [entry["path"] for entry in entries if entry["path"].startswith(CLOSED_SECTION)]
    resting_until = 0.0
    for earlier, later in pairwise(entries):
        said = f"{outlet.id} {later['path']}"
        # A pause is counted from when the server handed the answer over: when it was done with it, it may learn late.
        sent = earlier.get("sent", later["at"])
        gap = later["at"] - sent
        if earlier.get("retry_after"):
            resting_until = max(resting_until, sent + earlier["retry_after"])
        if later["at"] < resting_until:
            verdict.in_retry_after.append(f"{said} {resting_until - later['at']:.3f} s early")
        if outlet.habit == "crawl_delay" and gap < CRAWL_DELAY:
            verdict.in_crawl_delay.append(f"{said} after {gap:.3f} s")
        if later["at"] < earlier.get("end", later["at"]) and earlier.get("status") is not None:
            verdict.side_by_side.append(said)
