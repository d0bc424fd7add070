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
KILLS = 6  # of each database; `make bench-digest-kill` kills a hundred times
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


def kill_again_and_again(database, url, server, *, readers, kills):
    """Composes an issue for so many readers and kills its sender so often; then one sender ends the work. Gives how
    many copies came in all.
    """
    addresses = tuple(f"reader{n}@example.com" for n in range(readers))
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    compose(database, settings_for(1, recipients=addresses), window_end=NOW, now=NOW)
    chance, now = random.Random(7), NOW
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, url, str(server.port), now.isoformat()], cwd=ROOT, stdout=subprocess.PIPE
        ) as sender:
            sender.stdout.readline()
            time.sleep(chance.uniform(0.01, 0.12))
            os.kill(sender.pid, signal.SIGKILL)
        now += timedelta(minutes=4)
    deliver_due(database, settings_for(server.port), clock=lambda: now)
    with database.reader() as session:
        assert outbox_counts(session) == {DeliveryState.SENT: len(addresses)}
    copies = {reader: server.received(reader) for reader in addresses}
    assert all(copies.values())
    assert sum(len(some) - 1 for some in copies.values()) <= kills
    assert all(len(set(some)) == 1 for some in copies.values())
    return sum(map(len, copies.values()))


def test_a_killed_sender_loses_nobody(database, database_url, server):
    copies = kill_again_and_again(database, database_url, server, readers=120, kills=KILLS)
    assert 120 <= copies <= 120 + KILLS
