"""`changes --follow` as a process that a job reads line by line."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.archive import store_article
from storage.changes import consumer_seq
from storage.database import Database
from tests.storage.drafts import NOW, draft

ROOT = Path(__file__).parents[2]


def store(url, *names):
    with Database.open(url) as database, database.writer() as session:
        for name in names:
            store_article(session, draft(name, body=(f"{name} 소식이다.",)), now=NOW)


# What is started in the background of a shell ignores Ctrl-C, and so do its children.
MAIN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from cli.main import main; main()"


class Follower:
    def __init__(self, url, *options):
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "changes", "--follow", "--json", "--database", url, *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def line(self):
        return json.loads(self.process.stdout.readline())

    def stop(self, name):
        self.process.send_signal(name)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", [signal.SIGKILL, signal.SIGINT])
def test_a_follower_that_was_stopped_goes_on_where_it_was(database_url, name):
    store(database_url, "a/1", "a/2")
    with Follower(database_url, "--reader", "crm") as follower:
        assert [follower.line()["seq"] for _ in range(2)] == [1, 2]
        store(database_url, "a/3")
        assert follower.line()["seq"] == 3
        # Its place is kept right behind what was printed: a fourth line means that the third one's is.
        store(database_url, "a/4")
        assert follower.line()["seq"] == 4
        code, said = follower.stop(name)
    assert code == (130 if name is signal.SIGINT else -signal.SIGKILL), said
    assert "Traceback" not in said
    with Database.open(database_url) as database, database.reader() as session:
        kept = consumer_seq(session, "crm")
    assert kept in {3, 4}
    store(database_url, "a/5")
    with Follower(database_url, "--reader", "crm") as again:
        assert [again.line()["seq"] for _ in range(kept, 5)] == list(range(kept + 1, 6))
