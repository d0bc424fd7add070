"""The other pages of an article that has several: fetched the visit's own way, one after the other, and joined."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.error_class import ErrorClass, class_of_error, class_of_status
from crawler.extract.article import Article, NoArticle
from crawler.extract.paging import MOST_PAGES
from crawler.fetch.failures import explain, explain_status
from crawler.fetch.pace import Stopping
from crawler.fetch.pages import page_of
from crawler.spiders.items import PageItem
from crawler.urls import is_own
from crawler.workers import LARGEST
from storage.records import PageDraft

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

OK = 200


# What stands between the pages of one article where they are kept as one.
NEXT_PAGE = b"\n<!-- next page of the same article -->\n"


def bound(first: PageDraft, following: Sequence[PageDraft]) -> PageDraft:
    """The pages of an article as one page that can be kept, and read again later."""
    return replace(first, body=NEXT_PAGE.join(page.body for page in (first, *following)))


def unbound(page: PageDraft) -> list[PageDraft]:
    """The pages that `bound` put together; a page alone where there is one."""
    return [replace(page, body=body) for body in page.body.split(NEXT_PAGE, MOST_PAGES - 1)]


class MorePages:
    """What is still to be fetched of one article. Pages are asked for through every middleware that others pass."""

    def __init__(self, crawler: "Crawler", item: PageItem) -> None:
        self.crawler = crawler
        self.item = item
        self.plan: Any = crawler.spider.plan  # type: ignore[union-attr]

    async def whole(self, address: str) -> PageDraft | None:
        """The article on one page, under its own address; None where that cannot be had."""
        page = await self._fetch(address)
        first = self.item.page
        if page is None or first is None:
            return None
        return replace(page, url=first.url, etag=first.etag, last_modified=first.last_modified)

    async def following(self, address: str | None) -> list[PageDraft]:
        """The pages behind the first, at most MOST_PAGES with it; ends early, and says so, where one cannot be had."""
        pages: list[PageDraft] = []
        first = self.item.page
        assert first is not None
        seen = {self.item.task.url}
        while address is not None and address not in seen and len(pages) + 1 < MOST_PAGES:
            seen.add(address)
            page = await self._fetch(address)
            if page is None:
                break
            if len(first.body) + sum(len(one.body) for one in (*pages, page)) > LARGEST:
                break
            pages.append(page)
            address = await self._next_of(page)
        return pages

    async def _next_of(self, page: PageDraft) -> str | None:
        from crawler.pipelines.extract import extract_page

        try:
            outlet = self.plan.outlet
            article: Article = await self.plan.context.pool.run(extract_page, page, outlet.id, outlet.profiles)
        except NoArticle:
            return None
        return article.next_page

    async def _fetch(self, address: str) -> PageDraft | None:
        outlet = self.plan.outlet
        if not is_own(address, outlet):
            return None
        request = Request(
            address, meta={"download_maxsize": self.plan.context.settings.max_page_bytes, "stay_with": outlet}
        )
        try:
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
        except Stopping:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the network does, the first page is an article
            self._missing(address, explain(error), class_of_error(error))
            return None
        if response.status != OK:
            self._missing(address, explain_status(response.status), class_of_status(response.status, response.body))
            return None
        return page_of(response, fetched_at=self.plan.context.clock())

    def _missing(self, address: str, why: str, error_class: ErrorClass) -> None:
        self.plan.note_failure(address, f"A further page of the article is missing: {why}", error_class)
