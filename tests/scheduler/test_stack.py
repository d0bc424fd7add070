"""Scheduler, three crawlers and web on one PostgreSQL; kill -9 at random. `make bench-scale` has the full figures."""

import random
import time

from tests.scheduler.stack import Stack, agents_of, interleaved, two_at_a_host
from tests.servers.farm_judge import RunningFarm

WELL = ("hang", "hanging_page", "closed_robots", "busy_source", "busy_page", "slow")  # habits that only take time

PACE = {"delay": 0.4, "visit_every_minutes": 0.05}


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.25)
    raise AssertionError(f"not within {seconds} s")


def test_processes_die_and_nothing_is_lost_or_doubled(tmp_path, postgres_url):
    chance = random.Random(7)
    with (
        RunningFarm(8, 10, *WELL) as farm,
        Stack(tmp_path, postgres_url, farm, crawlers=3, crawler=PACE, scheduler={"concurrent_visits": 3}) as stack,
    ):
        names = list(stack.processes)
        wait_for(lambda: all(process.ask("/readyz")[0] == 200 for process in stack.processes.values()), 60)
        leading = stack.processes["scheduler"].ask("/readyz")[1]
        assert leading["leases"] == {"scheduler": "leads"}
        expected = farm.expected()
        entries = []
        for name in ["scheduler", "crawler-0", chance.choice(names[1:])]:
            entries += farm.log()
            stack.processes[name].kill()
            time.sleep(chance.uniform(0.1, 1.0))
            stack.processes[name].start()
            time.sleep(chance.uniform(1.0, 2.0))
        wait_for(lambda: set(stack.stored()) >= expected, 90)
        entries += farm.log()
        stored = stack.stored()
        wait_for(lambda: all(process.ask("/readyz")[0] == 200 for process in stack.processes.values()), 60)
        for process in stack.processes.values():
            assert process.stop()[0] == 0, process.name
        events = {event["event"] for process in stack.crawlers for event in process.events()}
    assert sorted(stored) == sorted(expected)
    assert two_at_a_host(entries) == []
    assert interleaved(entries, 2.0) == []
    assert len(agents_of(entries)) > 1
    assert not {event for event in events if event.endswith(".broken")}
