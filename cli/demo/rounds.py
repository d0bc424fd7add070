"""The demo's two rounds of visits: everything is new, then the site's second edition is compared with the archive."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cli.demo.folder import EDITIONS
from cli.demo.process import SiteProcess

if TYPE_CHECKING:
    from crawler.settings import CrawlerSettings
    from crawler.visit import CrawlContext, VisitEvent, VisitReport
    from storage.database import Database

PARSE_PROCESSES = 2
# Every article is looked at again in the second round, whatever little time has passed since the first.
AT_ONCE_HOURS = 1e-6


class Narrator(Protocol):
    """Tells the person at the terminal how a round goes."""

    def begin(self, title: str, names: dict[str, str]) -> None: ...
    def step(self, event: "VisitEvent") -> None: ...
    def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Watch:
    """What the two rounds work on."""

    process: SiteProcess
    database: "Database"
    outlets_folder: Path
    clock: Callable[[], datetime]
    narrator: Narrator


def watch_twice(watch: Watch) -> "list[VisitReport]":
    """Visits all sample outlets in the edition the site is in, turns it to the last one, and visits them again."""
    from crawler.catalogue import load_catalogue
    from crawler.meaning.topics import load_topics
    from crawler.runtime import run_in_reactor
    from crawler.visit import CrawlContext
    from crawler.workers import ParsePool

    settings = crawler_settings(watch.outlets_folder)
    with ParsePool(settings.parse_processes, settings.parse_deadline) as pool:
        context = CrawlContext(
            database=watch.database,
            catalogue=load_catalogue(watch.outlets_folder, packaged=False),
            topics=load_topics(None),
            pool=pool,
            settings=settings,
            clock=watch.clock,
        )
        return run_in_reactor(lambda: _both_rounds(context, watch))


def crawler_settings(outlets_folder: Path) -> "CrawlerSettings":
    """Loopback may be fetched from: this is the demo that `allow_private_addresses` exists for."""
    from crawler.settings import CrawlerSettings

    return CrawlerSettings(
        outlets=(outlets_folder,),
        packaged_outlets=False,
        allow_private_addresses=True,
        parse_processes=PARSE_PROCESSES,
        recheck_after=(AT_ONCE_HOURS,),
    )


async def _both_rounds(context: "CrawlContext", watch: Watch) -> "list[VisitReport]":
    from crawler.runtime import Visits
    from crawler.visit import sync_catalogue

    with context.database.writer() as session:
        sync_catalogue(session, context.catalogue, now=context.clock())
    visits = Visits(context)
    names = {outlet.id: outlet.name for outlet in watch.process.site.outlets}
    reports: list[VisitReport] = []
    try:
        for number, edition in enumerate(EDITIONS, start=1):
            if watch.process.state.edition < edition:
                await asyncio.to_thread(watch.process.turn_to, edition)
            watch.narrator.begin(f"Visit {number} of {len(EDITIONS)}", names)
            round_of_visits = await asyncio.gather(
                *(
                    visits.visit(outlet, all_sources=True, progress=watch.narrator.step)
                    for outlet in context.catalogue.enabled()
                )
            )
            watch.narrator.end()
            reports += round_of_visits
    finally:
        await visits.stop()
    return reports
