"""The sender is killed again and again while it sends; nobody is left out, and a second copy is the same copy."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from digest.delivery import deliver_due
from digest.issue import compose
from storage.outbox import DeliveryState, outbox_counts
from tests.digest.archive import NOW, add_outlets, put
from tests.digest.test_delivery import settings_for

ROOT = Path(__file__).parents[2]
KILLS = 8
SENDER = """
import sys
from datetime import datetime, timedelta
from digest.delivery import deliver_due
from storage.database import Database
from tests.digest.test_delivery import settings_for

url, port, now = sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
with Database.open(url, check_schema=False) as database:
    print("ready", flush=True)
    deliver_due(database, settings_for(port), clock=lambda: now)
"""


def test_a_killed_sender_loses_nobody(sqlite_url, sqlite_database, server):
    readers = tuple(f"reader{n}@example.com" for n in range(150))
    with sqlite_database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    compose(sqlite_database, settings_for(1, recipients=readers), window_end=NOW, now=NOW)
    chance, now = random.Random(7), NOW
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, sqlite_url, str(server.port), now.isoformat()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as sender:
            sender.stdout.readline()
            time.sleep(chance.uniform(0.01, 0.12))
            os.kill(sender.pid, signal.SIGKILL)
        now += timedelta(minutes=4)
    deliver_due(sqlite_database, settings_for(server.port), clock=lambda: now)
    with sqlite_database.reader() as session:
        assert outbox_counts(session) == {DeliveryState.SENT: len(readers)}
    copies = {reader: server.received(reader) for reader in readers}
    assert all(copies.values())
    assert sum(len(some) - 1 for some in copies.values()) <= KILLS
    assert all(len(set(some)) == 1 for some in copies.values())
