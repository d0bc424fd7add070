"""The API under 16 clients on an archive of a size, and made-up requests against its OpenAPI document.

python -m benchmarks.api [--articles 100000] [--archive FILE] [--seconds 20] [--examples 200]

The same clients also ask a constant answer of the same server: what the stack itself costs on this machine at this
moment. The archive is made up (benchmarks/archive) and kept in FILE for the next run.
"""

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.api.server import server
from benchmarks.extract.report import machine, table

RESULTS = Path(__file__).resolve().parents[1] / "results"
CLIENTS = 16
WORDS = (
    "로봇",
    "중관춘",
    "투자 유치",
    "반도체",
    "베이징 로봇",
    "임상시험",
    "“물류 로봇”",
    "상장",
    "배터리 소재",
    "하이뎬구",
)
MIX = (  # how often each question is asked, of 20
    ("one article", 6),
    ("list of 50", 3),
    ("next list of 50", 3),
    ("search, newest", 3),
    ("search, relevance", 2),
    ("changes", 2),
    ("same again (304)", 1),
)
RUN_SCHEMATHESIS = "from schemathesis.cli import schemathesis; schemathesis()"


def make_archive(file: Path, articles: int) -> None:
    from benchmarks.archive.fill import fill
    from storage.database import Database
    from storage.schema import upgrade

    upgrade(f"sqlite:///{file}")
    with Database.open(f"sqlite:///{file}") as database:
        with database.reader() as session:
            from storage.position import last_seq

            there = last_seq(session)
        if there < articles:
            print(f"making {articles - there} articles in {file} (some minutes, once)", file=sys.stderr)
            fill([database], there + 1, articles)


class Client:
    """One reader with one connection, who asks again as soon as it is answered."""

    def __init__(self, port: int, seed: int, last: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.rng, self.last = random.Random(seed), last
        self.next: str | None = None
        self.tag = ""

    def ask(self, path: str, **headers: str) -> tuple[float, int, bytes, str]:
        started = time.perf_counter()
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        answer = self.connection.getresponse()
        body = answer.read()
        return time.perf_counter() - started, answer.status, body, answer.headers.get("ETag", "")

    def question(self, kind: str) -> tuple[float, int]:
        from urllib.parse import quote

        word = quote(self.rng.choice(WORDS))
        number = self.rng.randint(1, self.last)
        paths = {
            "one article": f"/v1/articles/{number}",
            "list of 50": "/v1/articles?limit=50",
            "next list of 50": f"/v1/articles?limit=50&after={self.next or ''}",
            "search, newest": f"/v1/search?limit=20&q={word}",
            "search, relevance": f"/v1/search?limit=20&order=relevance&q={word}",
            "changes": f"/v1/changes?limit=100&after={number - 1}",
            "same again (304)": "/v1/outlets",
            "floor": "/floor",
        }
        if kind == "next list of 50" and self.next is None:
            self.next = self._cursor()
            return self.question(kind)
        headers = {"If-None-Match": self.tag} if kind.startswith("same") and self.tag else {}
        seconds, status, _, tag = self.ask(paths[kind], **headers)
        if kind.startswith("same"):
            self.tag = tag
        return seconds, status

    def _cursor(self) -> str:
        import gzip

        _, _, body, _ = self.ask(f"/v1/articles?limit={self.rng.randint(20, 200)}&fields=id")
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        found: str = json.loads(text)["next"]
        return found


def load(port: int, seed: int, last: int, seconds: float, floor: bool, out: Any) -> None:
    client = Client(port, seed, last)
    deck = ["floor"] if floor else [kind for kind, times in MIX for _ in range(times)]
    until = time.perf_counter() + seconds
    seen: list[tuple[str, float, int]] = []
    while time.perf_counter() < until:
        kind = client.rng.choice(deck)
        seen.append((kind, *client.question(kind)))
    out.put(seen)


def clients(port: int, last: int, seconds: float, *, floor: bool) -> list[tuple[str, float, int]]:
    """All answers that 16 clients had. They live in two processes, so that they do not wait for each other."""
    import threading

    def some(first: int, count: int, queue: Any) -> None:
        import queue as queues

        inner: Any = queues.Queue()
        threads = [
            threading.Thread(target=load, args=(port, seed, last, seconds, floor, inner))
            for seed in range(first, first + count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        queue.put([one for _ in threads for one in inner.get()])

    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    processes = [context.Process(target=some, args=(first, CLIENTS // 2, queue)) for first in (0, CLIENTS // 2)]
    for process in processes:
        process.start()
    found = [one for _ in processes for one in queue.get()]
    for process in processes:
        process.join()
    return found


def summary(answers: list[tuple[str, float, int]], seconds: float) -> list[dict[str, Any]]:
    by_kind: defaultdict[str, list[float]] = defaultdict(list)
    for kind, took, status in answers:
        assert status in {200, 304}, (kind, status)
        by_kind[kind].append(took * 1000)
    if len(by_kind) > 1:
        by_kind["all"] = [took * 1000 for _, took, _ in answers]
    return [
        {
            "question": kind,
            "answers": len(took),
            "a second": round(len(took) / seconds, 1),
            **{f"p{place} ms": round(quantiles(took, n=100)[place - 1], 1) for place in (50, 95, 99)},
        }
        for kind, took in by_kind.items()
    ]


def contract(url: str, examples: int, folder: Path) -> str:
    """What schemathesis found with a token, where one is needed."""
    from storage.database import Database
    from storage.tokens import add_token
    from tests.web.test_contract import CONFIG

    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    now = datetime.now(UTC)
    with Database.open(url) as database, database.writer() as session:
        _, key = add_token(session, f"bench {now.isoformat()}", ["fulltext"], now=now)
    with server(url, require_token="always") as port:
        done = _schemathesis(port, key, config, examples)
    counted = [line.strip() for line in done.stdout.splitlines() if "generated" in line]
    return f"exit code {done.returncode}; {'; '.join(counted)}"


def _schemathesis(port: int, key: str, config: Path, examples: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", RUN_SCHEMATHESIS, "--config-file", str(config), "run",
         f"http://127.0.0.1:{port}/openapi.json", "--checks", "all", "--header", f"Authorization: Bearer {key}",
         "--max-examples", str(examples)],
        capture_output=True, text=True, check=False, cwd=config.parent,
    )  # fmt: skip


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--archive", type=Path, default=Path(tempfile.gettempdir()) / "zgcwatch-bench-api.db")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--examples", type=int, default=200, help="of schemathesis, a test case; 0: not at all")
    options = parser.parse_args()
    make_archive(options.archive, options.articles)
    found: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    with server(f"sqlite:///{options.archive}") as port:
        clients(port, options.articles, 2, floor=False)
        found["floor"] = summary(clients(port, options.articles, 5, floor=True), 5)
        found["api"] = summary(clients(port, options.articles, options.seconds, floor=False), options.seconds)
    if options.examples:
        with tempfile.TemporaryDirectory() as folder:
            found["schemathesis"] = contract(f"sqlite:///{options.archive}", options.examples, Path(folder))
    found["articles"], found["load after"] = options.articles, [round(one, 1) for one in os.getloadavg()]
    text = "\n\n".join((
        "# The API under load",
        f"{found['date']}, {found['machine']}, load afterwards {found['load after']}",
        f"{CLIENTS} clients, asking again once answered; {options.articles:,} articles on SQLite; answers gzipped.",
        table(found["api"]),
        "The same clients, a constant answer of the same server:",
        table(found["floor"]),
        f"schemathesis, all checks: {found.get('schemathesis', 'not run')}",
    ))  # fmt: skip
    name = RESULTS / f"api-{found['date'][:10]}"
    name.with_suffix(".md").write_text(text + "\n", "utf-8")
    name.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
