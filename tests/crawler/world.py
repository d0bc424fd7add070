"""One made-up outlet on the outlet server, a database, and a clock that tests move."""

from datetime import UTC, datetime, timedelta

from crawler.catalogue import Catalogue, Outlet
from crawler.meaning.topics import load_topics
from crawler.settings import CrawlerSettings
from crawler.visit import CrawlContext, sync_catalogue, visit_outlet
from storage.archive import list_articles
from storage.sources import sources_of
from tests.servers.client import answer
from tests.servers.papers import page, rss

START = datetime(2026, 8, 11, 0, 0, tzinfo=UTC)
XML = {"content_type": "application/xml"}


class World:
    """One outlet on the server, a database, and a clock that tests move."""

    def __init__(self, loop, server, database, pool):
        self.loop, self.server, self.database, self.pool = loop, server, database, pool
        self.now = START
        self.base = server.url("").rstrip("/")
        self.contexts = {}

    def outlet(self, *sources, **extra):
        rows = sources or ({"kind": "feed", "url": f"{self.base}/rss"},)
        urls = {"article": [r"/news/article/\d+"], "number": r"/article/(\d+)"}
        return Outlet.model_validate(
            {"id": "yesi", "name": "예시신문", "home": f"{self.base}/", "hosts": [f"127.0.0.1:{self.server.port}"],
             "sources": rows, "urls": urls, **extra}
        )  # fmt: skip

    def context(self, outlet, *others, **settings):
        given = {"allow_private_addresses": True, "delay": 0, "download_timeout": 2, **settings}
        context = CrawlContext(
            database=self.database,
            catalogue=Catalogue([outlet, *others]),
            topics=load_topics(),
            pool=self.pool,
            settings=CrawlerSettings(**given),
            clock=lambda: self.now,
        )
        with self.database.writer() as session:
            sync_catalogue(session, context.catalogue, now=self.now)
        return context

    def visit(self, outlet, context=None, **options):
        context = context or self.context(outlet)
        return self.loop.run(lambda: visit_outlet(outlet, context, **options))

    def later(self, **step):
        self.now += timedelta(**step)

    def articles(self):
        with self.database.reader() as session:
            return list_articles(session, limit=100)[0]

    def sources(self):
        with self.database.reader() as session:
            return sources_of(session, "yesi")

    def pages(self, number):
        return [f"/news/article/{n}" for n in range(1, number + 1)]


def serve(world, stories, **feed_headers):
    world.server.plan(
        {
            "/rss": answer(rss(stories, world.base), **XML, **feed_headers),
            **{story.path: answer(page(story), etag=f'"{story.number}"') for story in stories},
        }
    )
