"""Every page on an archive of a size, asked for one after the other by an operator who is logged in.

python -m benchmarks.pages [--articles 100000] [--kinds sqlite,postgresql] [--work FOLDER] [--rounds 60]

The archives are made up (benchmarks/archive) and kept in FOLDER for the next run.
"""

import argparse
import random
import re
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.archive.archives import KINDS, Archives
from benchmarks.pages.furnish import DEALS, ENTITIES, ISSUES, READERS, WATCHES, furnish
from benchmarks.pages.server import pages_at
from benchmarks.report import add_out, load, machine, table, write
from benchmarks.serving import WORDS, served
from storage.database import Database
from storage.logins import add_user, user_named
from web.login.passwords import hash_password

BOUND = 200  # milliseconds
PASSWORD = "correct horse battery staple"


class Operator:
    """Somebody with a browser: one connection, one session."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        found = re.search(rb'name="form_token" value="([^"]+)"', self.ask("/login")[2])
        assert found is not None
        fields = {"form_token": found[1].decode(), "name": "bench", "password": PASSWORD}
        assert self.ask("/login", urlencode(fields))[1] == 303

    def ask(self, path: str, form: str | None = None) -> tuple[float, int, bytes]:
        """Milliseconds, status and body."""
        headers = {"Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request("GET" if form is None else "POST", path, form, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - started) * 1000
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return took, answer.status, body


def pages(rng: random.Random, articles: int, newest: datetime) -> dict[str, str]:
    """One address of each page, at random."""
    word, day = quote(rng.choice(WORDS)), (newest - timedelta(days=rng.randint(0, 60))).date()
    # Whom people look at are whom the news is about.
    entity = f"sample-{min(ENTITIES - 1, int(rng.expovariate(1 / 40))):03}"
    outlet = f"sample-{rng.randint(1, 40):02}"
    return {
        "stories of a day": f"/?day={day}",
        "story": f"/stories/{rng.randint(1, articles // 3)}",
        "article": f"/articles/{rng.randint(1, articles)}",
        "newest articles": "/search",
        "search, newest": f"/search?q={word}",
        "search, relevance": f"/search?q={word}&order=relevance",
        "search, narrowed": f"/search?q={word}&outlet={outlet}&since={day - timedelta(days=90)}",
        "search, of an entity": f"/search?entity={entity}",
        "companies": "/entities",
        "companies by name": "/entities?q=10",
        "company": f"/entities/{entity}",
        "deals": "/deals",
        "deals, narrowed": "/deals?kind=raised&least=1000",
        "outlets' health": "/outlets",
        "outlet": f"/outlets/{outlet}",
        "digests": "/digests",
        "digest": f"/digests/{rng.randint(1, ISSUES)}",
        "digest's mail": f"/digests/{rng.randint(1, ISSUES)}/mail",
        "readers": "/subscribers",
        "reader": f"/subscribers/{rng.randint(1, READERS)}",
        "watches": "/watches",
        "watch": f"/watches/watch-{rng.randint(0, WATCHES - 1)}",
        "settings": "/settings",
        "login": "/login",
    }


def measure(port: int, articles: int, newest: datetime, rounds: int) -> list[dict[str, Any]]:
    operator, rng = Operator(port), random.Random(5)
    took: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    for number in range(rounds + 3):
        for name, path in pages(rng, articles, newest).items():
            milliseconds, status, body = operator.ask(path)
            assert status in {200, 303}, (path, status)
            if number >= 3:
                took.setdefault(name, []).append(milliseconds)
                sizes[name] = max(sizes.get(name, 0), len(body))
    return [
        {
            "page": name,
            "p50 ms": round(quantiles(values, n=20)[9], 1),
            "p95 ms": round(quantiles(values, n=20)[18], 1),
            "most kB": round(sizes[name] / 1000),
            f"p95 ≤ {BOUND} ms": "yes" if quantiles(values, n=20)[18] <= BOUND else "NO",
        }
        for name, values in took.items()
    ]


def run(database: Database, articles: int, rounds: int) -> list[dict[str, Any]]:
    newest = furnish(database)
    with database.writer() as session:
        if user_named(session, "bench") is None:
            add_user(session, "bench", "operator", password=hash_password(PASSWORD), now=newest)
    with served(pages_at, database.url, newest) as server:
        return measure(server.port, articles, newest, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "zgcwatch-bench-pages")
    parser.add_argument("--rounds", type=int, default=60)
    add_out(parser)
    options = parser.parse_args()
    found: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    found["articles"], found["deals"] = options.articles, DEALS
    with ExitStack() as stack:
        archives = Archives(options.work, stack)
        for kind in options.kinds.split(","):
            with archives.filled(kind, options.articles) as database:
                found[kind] = run(database, options.articles, options.rounds)
    found["load after"] = load()
    report(found, options)


def report(found: dict[str, Any], options: argparse.Namespace) -> None:
    parts = [
        "# The pages on a large archive",
        f"{found['date']}, {found['machine']}, load afterwards {found['load after']}",
        f"{found['articles']:,} articles, {found['deals']:,} deals; one operator, {options.rounds} times each page.",
    ]
    for kind in KINDS:
        if kind in found:
            parts += [f"## {kind}", table(found[kind])]
    text = "\n\n".join(parts)
    write("pages", text, found, options.out)
    print(text)


if __name__ == "__main__":
    main()
