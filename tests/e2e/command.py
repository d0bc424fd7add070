"""The `zgcwatch` command as a stranger runs it: a process of its own, judged by what it prints and its exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


def zgcwatch(*arguments, cwd, stdin=None, timeout=120, **environment) -> Answer:
    """Runs the command in `cwd` with no setting but the ones given; other ZGCWATCH_ variables are kept out."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZGCWATCH_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "80", **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
