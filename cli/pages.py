"""What the pages may ask of the rooms above them: the settings in force, and an outlet looked at now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.context import App, utc_now

if TYPE_CHECKING:
    from crawler.visit import CrawlContext
    from web.pages.desk import TestStep, Tools

PAGES = 2  # article pages of an outlet that is tested from its page: somebody waits for it


def page_tools(app: App, crawl: "CrawlContext") -> "Tools":
    """The tools of a process that has a crawl's outlets, topics and workers."""
    from cli.config import masked
    from web.pages.desk import Tools

    async def test_outlet(outlet_id: str) -> "Sequence[TestStep]":
        return await _test_outlet(crawl, outlet_id)

    return Tools(
        settings=lambda: masked(app.settings.model_dump()), test_outlet=test_outlet, digest=app.settings.digest
    )


async def _test_outlet(crawl: "CrawlContext", outlet_id: str) -> "Sequence[TestStep]":
    """The steps of `zgcwatch outlets test`. Raises ConfigurationError for an outlet that left the catalogue."""
    from crawler.probe import Probe, probe_outlet
    from web.pages.desk import TestStep

    outlet = crawl.catalogue.get(outlet_id)
    probe = Probe(settings=crawl.settings, topics=crawl.topics, pool=crawl.pool, clock=utc_now)
    await probe_outlet(probe, outlet, pages=PAGES)
    return [TestStep(step.name, step.url, step.ok, step.said, step.milliseconds) for step in probe.steps]
