"""The API under 16 clients on an archive of a size, and made-up requests against its OpenAPI document.

python -m benchmarks.api [--articles 100000] [--databases sqlite,postgresql] [--work FOLDER] [--seconds 20]

Clients and server share the machine, so the same clients also ask a constant answer of the same server: what the stack
and they themselves cost here and now. Archives are made up (benchmarks/archive) and kept in FOLDER for the next run.
"""

import argparse
import multiprocessing
import queue
import random
import re
import socket
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote

from benchmarks.api.contract import contract
from benchmarks.api.server import api
from benchmarks.report import add_out, load, machine, table, write
from benchmarks.serving import WORDS, Served, served
from storage.database import Database

CLIENTS = 16
LICENCES = ("full", "excerpt", "headline", "none")
MIX = (  # how often each question is asked, of 20
    ("one article", 6),
    ("list of 50", 3),
    ("old list of 50", 3),
    ("search, newest", 3),
    ("search, relevance", 2),
    ("changes", 2),
    ("same again (304)", 1),
)


class Asked:
    """What clients know of an archive before they ask: a key, the last article, words of titles, an old cursor."""

    def __init__(self, database: Database) -> None:
        from storage.archive import archive_counts, list_articles
        from storage.outlets import sync_outlets
        from storage.records import OutletRow
        from storage.tokens import add_token

        now = datetime.now(UTC)
        with database.writer() as session:
            _, self.key = add_token(session, f"bench {now.isoformat()}", ["fulltext"], now=now, rate_per_minute=0)
            names = [f"sample-{number:02}" for number in range(1, 41)]
            sync_outlets(
                session,
                [
                    OutletRow(name, name, "https://example/", LICENCES[number % 4], sample=True)
                    for number, name in enumerate(names)
                ],
                now=now,
            )
        rng = random.Random(7)
        with database.reader() as session:
            self.last = archive_counts(session).articles
            self.cursors, rare, cursor = [], [], None
            for _ in range(20):
                page, cursor = list_articles(session, limit=200, after=cursor)
                rare += [rng.choice(article.title.split()) for article in page[::20]]
                if cursor is None:
                    break
                self.cursors.append(cursor)
        self.words = (*WORDS * 20, *rare)


class Client:
    """One reader with one connection, who asks again as soon as it is answered. It costs as little as it can."""

    _LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
    _TAG = re.compile(rb"\r\netag: ([^\r]+)", re.IGNORECASE)

    def __init__(self, port: int, asked: Asked, seed: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rng, self.asked, self.tag, self.known = random.Random(seed), asked, "", ""

    def ask(self, path: str, condition: str = "") -> tuple[float, int, bytes]:
        request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
            f"Authorization: Bearer {self.asked.key}\r\n{condition}\r\n"
        ).encode()
        started = time.perf_counter()
        self.socket.sendall(request)
        got = self.socket.recv(1 << 18)
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self.socket.recv(1 << 18)
        head, status = got[:end], int(got[9:12])
        found = self._LENGTH.search(head)
        length = end + 4 + (int(found[1]) if found and status != 304 else 0)
        while len(got) < length:
            got += self.socket.recv(1 << 18)
        took = time.perf_counter() - started
        tag = self._TAG.search(head)
        self.tag = tag[1].decode() if tag else ""
        return took, status, got[end + 4 :]

    def question(self, kind: str) -> tuple[float, int]:
        word, number = quote(self.rng.choice(self.asked.words)), self.rng.randint(1, self.asked.last)
        paths = {
            "one article": f"/v1/articles/{number}",
            "list of 50": "/v1/articles?limit=50",
            "old list of 50": f"/v1/articles?limit=50&after={self.rng.choice(self.asked.cursors)}",
            "search, newest": f"/v1/search?limit=20&q={word}",
            "search, relevance": f"/v1/search?limit=20&order=relevance&q={word}",
            "changes": f"/v1/changes?limit=100&after={number - 1}",
            "same again (304)": "/v1/outlets",
            "floor": "/floor",
        }
        if kind != "same again (304)":
            return self.ask(paths[kind])[:2]
        if not self.known:
            self.ask(paths[kind])
            self.known = self.tag
        return self.ask(paths[kind], f"If-None-Match: {self.known}\r\n")[:2]


def keep_asking(port: int, asked: Asked, seed: int, seconds: float, floor: bool, out: Any) -> None:
    client = Client(port, asked, seed)
    deck = ["floor"] if floor else [kind for kind, times in MIX for _ in range(times)]
    until = time.perf_counter() + seconds
    seen: list[tuple[str, float, int]] = []
    while time.perf_counter() < until:
        kind = client.rng.choice(deck)
        seen.append((kind, *client.question(kind)))
    out.put(seen)


def clients(
    port: int, asked: Asked, seconds: float, *, floor: bool = False
) -> tuple[list[tuple[str, float, int]], float]:
    """All answers that 16 clients had, and the processor time they took themselves, in seconds.

    They live in two processes, so that they wait less for each other.
    """

    def some(first: int, count: int, out: Any) -> None:
        inner: queue.Queue[Any] = queue.Queue()
        threads = [
            threading.Thread(target=keep_asking, args=(port, asked, seed, seconds, floor, inner))
            for seed in range(first, first + count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        out.put(([one for _ in threads for one in inner.get()], time.process_time()))

    context = multiprocessing.get_context("fork")
    out = context.Queue()
    processes = [context.Process(target=some, args=(first, CLIENTS // 2, out)) for first in (0, CLIENTS // 2)]
    for process in processes:
        process.start()
    found = [out.get() for _ in processes]
    for process in processes:
        process.join()
    return [one for answers, _ in found for one in answers], sum(used for _, used in found)


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


def measured(server: Served, asked: Asked, seconds: float, *, floor: bool = False) -> dict[str, Any]:
    """One stretch of load: latencies, and what an answer costs the server and a client in processor time."""
    before = server.processor_seconds()
    answers, used = clients(server.port, asked, seconds, floor=floor)
    server_used = server.processor_seconds() - before
    costs = {"server": server_used, "client": used}
    return {
        "answers": summary(answers, seconds),
        "processor ms an answer": {name: round(cost / len(answers) * 1000, 2) for name, cost in costs.items()},
    }


def run(database: Database, seconds: float) -> dict[str, Any]:
    asked = Asked(database)
    with served(api, database.url, "always") as server:
        clients(server.port, asked, 3)
        return {
            "floor": measured(server, asked, 5, floor=True),
            "api": measured(server, asked, seconds),
            "alone": measured_alone(server, asked),
        }


def measured_alone(server: Served, asked: Asked) -> list[dict[str, Any]]:
    """The same questions from one client that nobody disturbs: what an answer takes by itself."""
    client = Client(server.port, asked, 99)
    answers = [(kind, *client.question(kind)) for kind, times in MIX for _ in range(times * 20)]
    return summary(answers, sum(took for _, took, _ in answers))


def main() -> None:
    from benchmarks.archive.archives import KINDS, Archives

    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--databases", default=",".join(KINDS))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "zgcwatch-bench-archive")
    parser.add_argument("--seconds", type=float, default=20, help="of load on each database; 0: none")
    parser.add_argument("--examples", type=int, default=200, help="of schemathesis, a test case; 0: not at all")
    add_out(parser)
    options = parser.parse_args()
    found: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    held: list[dict[str, Any]] = []
    found |= {"articles": options.articles, "databases": {}, "schemathesis": held}
    with ExitStack() as stack:
        archives = Archives(options.work, stack)
        for kind in options.databases.split(","):
            with archives.filled(kind, options.articles) as database:
                if options.seconds:
                    found["databases"][kind] = run(database, options.seconds)
            if options.examples:
                with archives.copied(kind, options.articles) as database:
                    held.append({"database": kind, **contract(database, options.examples)})
    found["load after"] = load()
    text = "\n\n".join(page_of(found))
    write("api", text, found, options.out)
    print(text)


UNDER = (
    "{} clients, each asking again once answered; {:,} articles; every request with a token; answers gzipped, none of "
    "them kept by the server. Clients and server share the machine."
)


def page_of(found: dict[str, Any]) -> list[str]:
    parts = [
        "# The API under load",
        f"{found['date']}, {found['machine']}, load afterwards {found['load after']}",
        UNDER.format(CLIENTS, found["articles"]),
    ]
    for kind, measured_ in found["databases"].items():
        costs = {part: measured_[part]["processor ms an answer"] for part in ("api", "floor")}
        parts += [
            f"## {kind}",
            table(measured_["api"]["answers"]),
            f"Processor time an answer: server {costs['api']['server']} ms, client {costs['api']['client']} ms.",
            "The same clients, a constant answer of the same server:",
            table(measured_["floor"]["answers"]),
            f"Processor time an answer: server {costs['floor']['server']} ms, client {costs['floor']['client']} ms.",
            "One client alone:",
            table(measured_["alone"]),
        ]
    if found["schemathesis"]:
        parts += ["## Held to its OpenAPI document by schemathesis, all checks", table(found["schemathesis"])]
    return parts


if __name__ == "__main__":
    main()
