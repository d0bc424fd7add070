"""Requests that schemathesis makes up from the OpenAPI document: does every answer keep to it?"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.api.server import api
from benchmarks.pages.furnish import furnish
from benchmarks.serving import served
from storage.database import Database
from storage.tokens import add_token
from tests.web.test_contract import CONFIG

RUN = "from schemathesis.cli import schemathesis; schemathesis()"


def contract(database: Database, examples: int) -> dict[str, Any]:
    """What schemathesis found with a token that may do everything: the archive is written into.

    `examples` is how many requests it makes up at most for one address and way of making them up.
    """
    furnish(database)
    now = datetime.now(UTC)
    with database.writer() as session:
        _, key = add_token(session, f"contract {now.isoformat()}", ["admin"], now=now)
    with served(api, database.url, "always") as server, tempfile.TemporaryDirectory() as folder:
        done = _schemathesis(server.port, key, Path(folder), examples)
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
    lines = [line.strip() for line in done.stdout.splitlines()]
    return {
        "exit code": done.returncode,
        "operations": _said(lines, "Tested: "),
        "test cases": _said(lines, " generated, "),
        "seed": _said(lines, "Seed: "),
    }


def _said(lines: list[str], words: str) -> str:
    line = next((line for line in lines if words in line), "not said")
    return line.removeprefix(words)


def _schemathesis(port: int, key: str, folder: Path, examples: int) -> "subprocess.CompletedProcess[str]":
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    return subprocess.run(
        [sys.executable, "-c", RUN, "--config-file", str(config), "run",
         f"http://127.0.0.1:{port}/openapi.json", "--checks", "all", "--header", f"Authorization: Bearer {key}",
         "--max-examples", str(examples)],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
