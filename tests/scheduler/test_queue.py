"""The queue on a real PostgreSQL: none waits twice, one visit a host, what died is given to others."""

import asyncio

import psycopg

from crawler.catalogue import Outlet
from scheduler.queue import Queue
from storage.queue import QUEUE_SCHEMA, connection_info, queue_is_ready
from storage.schema import upgrade


def outlet(name, host="a.example"):
    return Outlet.model_validate(
        {"id": name, "name": name, "home": f"https://{host}/", "hosts": [host],
         "sources": [{"kind": "feed", "url": f"https://{host}/rss"}]}
    )  # fmt: skip


class Seen:
    """Visits that last until they are let go."""

    def __init__(self):
        self.running, self.most, self.made = [], 0, []
        self.go = asyncio.Event()

    async def visit(self, name):
        self.running.append(name)
        self.most = max(self.most, len(self.running))
        await self.go.wait()
        self.running.remove(name)
        self.made.append(name)


async def until(condition, seconds=10):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is in a database
            await asyncio.sleep(0.02)


def queue(url, visit, **options):
    return Queue(url, visit, 4, heartbeat=0.2, stalled_after=1.0, **options)


def test_none_waits_twice_and_a_host_has_one_visit(postgres_url):
    async def main():
        seen = Seen()
        async with queue(postgres_url, seen.visit).opened() as one, queue(postgres_url, seen.visit).opened() as two:
            outlets = [outlet("a-one"), outlet("a-two"), outlet("b-one", "b.example")]
            assert await one.offer(outlets) == 3
            assert await two.offer(outlets) == 0
            workers = [asyncio.create_task(end.work()) for end in (one, two)]
            await until(lambda: len(seen.running) == 2)
            await asyncio.sleep(0.3)
            assert sorted(seen.running) == ["a-one", "b-one"]
            assert await one.busy() == {"a-one": "doing", "b-one": "doing", "a-two": "todo"}
            assert await one.offer(outlets) == 0
            seen.go.set()
            await until(lambda: len(seen.made) == 3)
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            assert await one.busy() == {}
            assert await one.offer(outlets[:1]) == 1

    asyncio.run(main())


def test_a_worker_that_is_told_to_stop_ends_its_visit(postgres_url):
    async def main():
        seen = Seen()
        async with queue(postgres_url, seen.visit).opened() as end:
            await end.offer([outlet("a-one")])
            worker = asyncio.create_task(end.work())
            await until(lambda: seen.running)
            worker.cancel()
            await asyncio.sleep(0.2)
            assert not worker.done()
            seen.go.set()
            await asyncio.gather(worker, return_exceptions=True)
            assert (seen.made, await end.busy()) == (["a-one"], {})

    asyncio.run(main())


def test_the_visit_of_a_process_that_died_is_given_to_another(postgres_url):
    """Its row says `doing` and its worker beats no more, as after kill -9."""

    async def main():
        seen = Seen()
        seen.go.set()
        async with queue(postgres_url, seen.visit).opened() as end:
            await end.offer([outlet("a-one")])
            with psycopg.connect(connection_info(postgres_url), autocommit=True) as sql:
                sql.execute(f"SET search_path TO {QUEUE_SCHEMA}")
                worker = sql.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id").fetchone()[0]
                sql.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", (worker,))
                assert await end.revive() == 0
                sql.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 seconds'")
            assert await end.revive() == 1
            assert await end.busy() == {"a-one": "todo"}
            working = asyncio.create_task(end.work())
            await until(lambda: seen.made == ["a-one"])
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    asyncio.run(main())


def test_a_stalled_visit_whose_next_one_waits_already_is_dropped(postgres_url):
    async def main():
        async with queue(postgres_url, Seen().visit).opened() as end:
            await end.offer([outlet("a-one")])
            with psycopg.connect(connection_info(postgres_url), autocommit=True) as sql:
                sql.execute(f"SET search_path TO {QUEUE_SCHEMA}")
                sql.execute("UPDATE procrastinate_jobs SET status = 'doing'")
                sql.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)"
                    " SELECT queue_name, task_name, lock, queueing_lock, args FROM procrastinate_jobs"
                )
            assert await end.revive() == 1
            assert await end.busy() == {"a-one": "todo"}
            assert await end.revive() == 0

    asyncio.run(main())


def test_a_worker_outlives_its_connections(postgres_url):
    """The database throws everybody out, as when it restarts: the worker goes on by itself."""

    async def main():
        seen = Seen()
        seen.go.set()
        async with queue(postgres_url, seen.visit).opened() as end:
            working = asyncio.create_task(end.work())
            await asyncio.sleep(0.5)
            with psycopg.connect(connection_info(postgres_url), autocommit=True) as sql:
                thrown_out = sql.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchall()
            assert thrown_out
            await asyncio.sleep(0.5)
            assert await end.offer([outlet("a-one")]) == 1
            await until(lambda: seen.made)
            await asyncio.sleep(0.3)
            assert seen.made == ["a-one"]  # once, though the word that it is done may have been lost
            assert not working.done()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    asyncio.run(main())


def test_the_tables_of_the_queue_come_with_the_others_and_follow_procrastinate(postgres_url):
    assert queue_is_ready(postgres_url)
    with psycopg.connect(connection_info(postgres_url), autocommit=True) as sql:
        sql.execute(f"COMMENT ON SCHEMA {QUEUE_SCHEMA} IS '03.04.00_01_pre_add_retry_failed_job_procedure'")
        sql.execute(f"DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON {QUEUE_SCHEMA}.procrastinate_jobs")
        assert not queue_is_ready(postgres_url)
        upgrade(postgres_url)  # the one step that is left makes the trigger
        assert queue_is_ready(postgres_url)
        triggers = "SELECT tgname FROM pg_trigger WHERE tgname = 'procrastinate_trigger_status_events_update_v1'"
        assert sql.execute(triggers).fetchall()
        sql.execute(f"DROP SCHEMA {QUEUE_SCHEMA} CASCADE")
        assert not queue_is_ready(postgres_url)
        upgrade(postgres_url)
        upgrade(postgres_url)
    assert queue_is_ready(postgres_url)
