import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


INTERRUPTED = """
import asyncio
from crawler.runtime import run_in_reactor
async def main():
    print("up", flush=True)
    try:
        await asyncio.sleep(60)
    finally:
        print("cleaned", flush=True)
try:
    run_in_reactor(main)
except KeyboardInterrupt:
    print("interrupted")
"""


def run(code, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **options,
    )  # fmt: skip


def test_importing_the_crawler_installs_no_reactor():
    done = run(
        """
        import sys, crawler.visit, crawler.runtime, crawler.fetch.once
        print("twisted.internet.reactor" in sys.modules)
        """
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_a_command_gets_its_result_and_its_error():
    done = run(
        """
        import asyncio
        from crawler.runtime import run_in_reactor
        async def main():
            await asyncio.sleep(0.01)
            return await asyncio.to_thread(lambda: 42)
        print(run_in_reactor(main))
        """
    )
    assert (done.stdout, done.stderr) == ("42\n", "")
    failed = run(
        """
        from crawler.runtime import run_in_reactor
        async def main():
            raise ValueError("as it was")
        try:
            run_in_reactor(main)
        except ValueError as error:
            print(error)
        """
    )
    assert (failed.stdout, failed.stderr) == ("as it was\n", "")


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_the_work_and_its_clean_up_runs(name):
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    os.kill(process.pid, name)
    rest, _ = process.communicate(timeout=20)
    assert rest == "cleaned\ninterrupted\n"


def test_at_most_one_visit_of_an_outlet_and_a_stop_that_waits(light_world):
    from crawler.runtime import Visits
    from tests.crawler.world import serve
    from tests.servers.client import answer
    from tests.servers.papers import Story

    world = light_world
    outlet = world.outlet()
    stories = [Story(n) for n in range(1, 6)]
    serve(world, stories)
    world.server.plan({"/robots.txt": answer("User-agent: *\nCrawl-delay: 0.5")})
    context = world.context(outlet)

    async def main():
        visits = Visits(context)
        first = asyncio.ensure_future(visits.visit(outlet))
        second = asyncio.ensure_future(visits.visit(outlet))
        await asyncio.sleep(1.4)
        assert visits.is_running("yesi")
        started = time.monotonic()
        await visits.stop()
        waited = time.monotonic() - started
        reports = await asyncio.gather(first, second)
        assert not visits.is_running("yesi")
        with pytest.raises(asyncio.CancelledError):
            await visits.visit(outlet)
        return reports, waited

    (one, other), waited = world.loop.run(main)
    assert one is other
    assert waited < 3  # what waits for its turn does not hold the stop up
    paths = world.server.paths()
    assert paths.count("/rss") == 1
    assert (
        one.counts.stored
        == len(world.articles())
        == paths.count(stories[0].path) + sum(paths.count(story.path) for story in stories[1:])
    )
    world.server.plan({"/robots.txt": answer("")})
    assert one.counts.failed == 0
    assert world.visit(outlet).counts.stored + one.counts.stored == 5


def test_outlets_on_one_host_share_its_pace(light_world):
    from crawler.catalogue import Catalogue
    from crawler.runtime import Visits
    from crawler.visit import CrawlContext, sync_catalogue
    from tests.servers.client import answer

    world = light_world
    first = world.outlet()
    second = first.model_copy(update={"id": "bogi"})
    context = world.context(first, delay=0.3)
    context = CrawlContext(
        world.database, Catalogue([first, second]), context.topics, world.pool, context.settings, context.clock
    )
    with world.database.writer() as session:
        sync_catalogue(session, context.catalogue, now=world.now)
    world.server.plan({"/rss": answer('<rss version="2.0"><channel></channel></rss>')})

    async def main():
        visits = Visits(context)
        return await asyncio.gather(visits.visit(first), visits.visit(second))

    world.loop.run(main)
    asked = world.server.asked()
    assert [entry["path"] for entry in asked] == ["/robots.txt", "/rss", "/rss"]
    assert min(b["at"] - a["end"] for a, b in pairwise(asked)) >= 0.29


VISITING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crawler.catalogue import Catalogue, read_outlet
from crawler.meaning.topics import load_topics
from crawler.runtime import Visits, run_in_reactor
from crawler.settings import CrawlerSettings
from crawler.visit import CrawlContext, sync_catalogue
from crawler.workers import ParsePool
from storage.database import Database

def main():
    outlet = read_outlet(Path(sys.argv[1]), {})
    with Database.open(sys.argv[2]) as database, ParsePool(1, 10) as pool:
        context = CrawlContext(
            database, Catalogue([outlet]), load_topics(), pool,
            CrawlerSettings(allow_private_addresses=True), lambda: datetime.now(UTC),
        )
        with database.writer() as session:
            sync_catalogue(session, context.catalogue, now=context.clock())
        visits = Visits(context)
        run_in_reactor(lambda: visits.visit(outlet, progress=lambda event: print(event.step, flush=True)))

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_an_interrupted_command_ends_at_once_and_without_noise(server, sqlite_url, tmp_path):
    from tests.servers.client import answer
    from tests.servers.papers import Story, rss

    base = server.url("").rstrip("/")
    story = Story(1)
    server.plan({"/rss": answer(rss([story], base)), story.path: answer(manner="hang"), "/robots.txt": answer("")})
    (tmp_path / "visiting.py").write_text(VISITING)
    (tmp_path / "yesi.toml").write_text(
        f'id = "yesi"\nname = "예시"\nhome = "{base}/"\nhosts = ["127.0.0.1:{server.port}"]\n'
        f'[politeness]\ndelay = 0\n[[sources]]\nkind = "feed"\nurl = "{base}/rss"\n',
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "visiting.py"), str(tmp_path / "yesi.toml"), sqlite_url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "source\n"
    started = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    rest, noise = process.communicate(timeout=30)
    assert time.monotonic() - started < 12  # the page would hang for 15
    assert rest.splitlines()[-1] == "interrupted"
    assert "Traceback" not in noise
    assert "was never retrieved" not in noise
    assert "destroyed" not in noise


def test_a_visit_that_loses_its_host_ends_and_its_source_stays_due(light_world):
    """Somebody else may be there now: nothing more is asked, and the next visit reads what is left."""
    from crawler.turns import HostTurns
    from crawler.visit import visit_outlet
    from tests.crawler.world import serve
    from tests.servers.client import answer
    from tests.servers.papers import Story

    world = light_world
    outlet = world.outlet()
    serve(world, [Story(n) for n in range(1, 7)])
    world.server.plan({"/robots.txt": answer("User-agent: *\nCrawl-delay: 0.4")})
    context = world.context(outlet)
    context.turns = HostTurns(world.database, context.clock, holder="one/1/a", renew_every=0.1)

    async def main():
        visit = asyncio.ensure_future(visit_outlet(outlet, context))
        await asyncio.sleep(1.0)
        [hold] = context.turns._holds
        with world.database.writer() as session:
            from storage.leases import release_leases

            release_leases(session, hold.names, holder="one/1/a", now=world.now)
        return await asyncio.wait_for(visit, 5)

    report = world.loop.run(main)
    asked = world.server.paths()
    assert 0 < report.counts.stored < 6
    assert asked.count("/rss") == 1
    assert world.sources()[0].etag is None
    assert world.sources()[0].next_visit_at <= world.now
    assert world.visit(outlet, context).counts.stored + report.counts.stored == 6
