"""A small farm, always run: outlets that misbehave by plan, judged from their own log. The large one is a benchmark."""

import asyncio

import pytest

from crawler.catalogue import Catalogue, Outlet
from crawler.meaning.topics import load_topics
from crawler.settings import CrawlerSettings
from crawler.visit import CrawlContext, sync_catalogue, visit_outlet
from storage.archive import list_articles
from tests.crawler.world import START
from tests.servers.farm_judge import RunningFarm, judge
from tests.servers.farm_plan import CRAWL_DELAY, farm_plan


@pytest.fixture
def farm():
    with RunningFarm(5, 10) as running:
        yield running


class Sweeps:
    """Rounds of visits over a farm, with a clock that steps over the hours between them."""

    def __init__(self, loop, farm, database, pool):
        self.loop, self.farm, self.database = loop, farm, database
        self.now = START
        settings = {"delay": 0, "download_timeout": 2, "recheck_after": (1000,), "allow_private_addresses": True}
        self.context = CrawlContext(
            database=database,
            catalogue=Catalogue(Outlet.model_validate(farm.row(outlet)) for outlet in farm.outlets),
            topics=load_topics(),
            pool=pool,
            settings=CrawlerSettings(**settings),
            clock=lambda: self.now,
        )
        with database.writer() as session:
            sync_catalogue(session, self.context.catalogue, now=self.now)

    def sweep(self):
        async def all_of_them():
            visits = [visit_outlet(outlet, self.context, all_sources=True) for outlet in self.context.catalogue]
            return await asyncio.gather(*visits)

        return self.loop.run(all_of_them)

    def stored(self):
        with self.database.reader() as session:
            return [article.canonical_url for article in list_articles(session, limit=1000)[0]]


def test_every_article_that_can_be_had_is_stored_once_and_nobody_is_pressed(loop, farm, sqlite_database, pool):
    from datetime import timedelta

    sweeps = Sweeps(loop, farm, sqlite_database, pool)
    entries = []
    for hours in (0, 2):  # what was refused in the first round is had in the second
        sweeps.now += timedelta(hours=hours)
        sweeps.sweep()
        entries.append(farm.log())
    for log in entries:
        assert judge(farm, log, sweeps.stored()).faults == {}
    assert len(sweeps.stored()) == len(farm.expected()) == 28
    sweeps.now += timedelta(minutes=30)
    sweeps.sweep()
    third = farm.log()
    assert len(third) == sum(len(outlet.sources) for outlet in farm.outlets)
    assert all(entry["conditional"] and entry["status"] == 304 for entry in third)


def test_the_judge_sees_what_is_wrong():
    """A judge that finds nothing has to be one that could."""

    class Log:
        outlets = farm_plan(4, 10)
        port = 80

        def expected(self):
            return {"http://a/1", "http://a/2"}

    rude, closed, busy = (Log.outlets[number].host for number in (1, 2, 3))

    def entry(host, at, path="/x", **more):
        return {"host": host, "at": at, "sent": at + 0.1, "end": at + 0.1, "path": path, "status": 200, **more}

    log = [
        entry(rude, 0.0), entry(rude, CRAWL_DELAY), entry(closed, 0.0, "/closed/5"), entry(busy, 0.0, retry_after=2.0),
        entry(busy, 1.9), entry(busy, 1.95),
    ]  # fmt: skip
    verdict = judge(Log(), log, ["http://a/1", "http://a/1", "http://a/3"])
    assert verdict.missing == ["http://a/2"]
    assert verdict.surplus == ["http://a/3"]
    assert verdict.twice == ["http://a/1"]
    assert (len(verdict.in_crawl_delay), len(verdict.in_retry_after), verdict.in_disallow) == (1, 2, ["/closed/5"])
    assert len(verdict.side_by_side) == 1
