import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

from storage.holder import is_dead, new_holder
from storage.leases import read_lease, release_leases, renew_leases, take_leases

NOW = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
LASTS = timedelta(seconds=20)


def take(database, holder, *names, after=0, dead=()):
    now = NOW + timedelta(seconds=after)
    return take_leases(database, names or ["lead"], holder=holder, now=now, lasts=LASTS, dead=dead)


def lease(database, name="lead"):
    with database.reader() as session:
        return read_lease(session, name)


def test_a_lease_has_one_holder_until_it_ends(database):
    assert lease(database) is None
    assert take(database, "a") is None
    assert take(database, "b", after=19).holder == "a"
    assert take(database, "a", after=19) is None
    assert (lease(database).term, lease(database).renewed_at) == (1, NOW + timedelta(seconds=19))
    assert take(database, "b", after=38).holder == "a"
    assert take(database, "b", after=39) is None
    assert (lease(database).holder, lease(database).term) == ("b", 2)
    assert take(database, "a", after=40).holder == "b"


def test_all_or_none(database):
    assert take(database, "a", "x") is None
    assert take(database, "b", "w", "x", "y").name == "x"
    assert lease(database, "w") is None
    assert lease(database, "y") is None
    assert take(database, "a", "w", "x", "y", after=1) is None
    assert {name: lease(database, name).term for name in "wxy"} == {"w": 1, "x": 1, "y": 1}


def test_renewing_says_what_was_lost(database):
    take(database, "a", "x", "y")
    take(database, "b", "y", after=25)
    with database.writer() as session:
        renewed = renew_leases(session, ["x", "y"], holder="a", now=NOW + timedelta(seconds=10), lasts=LASTS)
    assert renewed == {"x"}
    with database.writer() as session:  # too late is lost as well, though nobody has it
        assert renew_leases(session, ["x"], holder="a", now=NOW + timedelta(seconds=31), lasts=LASTS) == set()


def test_what_is_given_up_is_free_at_once_and_only_by_its_holder(database):
    take(database, "a", "x")
    with database.writer() as session:
        release_leases(session, ["x"], holder="b", now=NOW)
    assert take(database, "b", "x", after=1).holder == "a"
    with database.writer() as session:
        release_leases(session, ["x"], holder="a", now=NOW + timedelta(seconds=1))
    assert take(database, "b", "x", after=1) is None


def test_a_dead_holder_is_in_nobodys_way(database):
    take(database, "a")
    assert take(database, "b", after=1, dead=["c"]).holder == "a"
    assert take(database, "b", after=1, dead=["a"]) is None


def test_many_at_once_and_one_gets_it(database):
    won = []
    start = threading.Barrier(6)

    def race(holder):
        start.wait()
        if take(database, holder, "x", "y") is None:
            won.append(holder)

    threads = [threading.Thread(target=race, args=(f"h{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert {lease(database, name).holder for name in "xy"} == set(won)


def test_whether_a_holder_is_dead_is_known_of_this_machine_only():
    own = new_holder()
    assert not is_dead(own, own=own)
    assert is_dead(own[:-1] + "_", own=own)  # an earlier process with the same number
    program = "from storage.holder import new_holder; print(new_holder())"
    gone = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert is_dead(gone, own=own)
    host, number, rest = gone.split("/")
    assert not is_dead(f"another/{number}/{rest}", own=own)
    assert not is_dead(f"{host}/1/{rest}", own=own)
    assert not is_dead("odd", own=own)
