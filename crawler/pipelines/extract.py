"""First stage: the clean article is taken out of the page, in a worker process that may be killed."""

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Self

from crawler.error_class import ErrorClass, class_of_error, is_guard, is_riddle
from crawler.extract import NoArticle, extract
from crawler.extract.article import Article
from crawler.extract.boilerplate import set_aside
from crawler.extract.paging import join_pages
from crawler.extract.profile import Profile
from crawler.pipelines.more_pages import MorePages, bound, unbound
from crawler.pipelines.reading import read
from crawler.spiders.items import PageItem, Verdict
from storage.boilerplate import approved_lines
from storage.errors import ZgcwatchError
from storage.records import PageDraft

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def extract_page(
    page: PageDraft, outlet: str, profiles: Sequence[Profile], boilerplate: Collection[str] = ()
) -> Article:
    """`extract` with its arguments by place, as a worker process takes them, then the outlet's approved last lines.

    A page that holds several pages of one article gives them joined.
    """
    articles: list[Article] = []
    for part in unbound(page):
        try:
            article = extract(
                part.body,
                url=part.url,
                content_type=part.content_type,
                profiles=profiles,
                outlet=outlet,
                fetched_at=part.fetched_at,
            )
        except NoArticle:
            if not articles:
                raise
            break
        articles.append(set_aside(article, boilerplate))
    return join_pages(articles) if len(articles) > 1 else articles[0]


class ExtractPipeline:
    """Gives the item its article; a page without one, or one that cannot be parsed in time, gets a verdict instead."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self._boilerplate: asyncio.Task[frozenset[str]] | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    async def process_item(self, item: PageItem) -> PageItem:
        if item.verdict is not Verdict.ARTICLE or item.page is None:
            return item
        if is_guard(item.page.body):
            item.give_up(
                Verdict.FAILED, "It asks whether we are a robot instead of showing a page.", ErrorClass.CHALLENGE
            )
            return item
        try:
            await self._read(item)
            await self._read_further_pages(item)
        except NoArticle as error:
            if is_riddle(item.page.body):  # the article may be there when we are let in
                item.give_up(
                    Verdict.FAILED, "It bars the way to robots instead of showing a page.", ErrorClass.CHALLENGE
                )
            else:
                item.give_up(Verdict.NO_ARTICLE, str(error), ErrorClass.NO_ARTICLE)
        except ZgcwatchError as error:
            item.give_up(Verdict.FAILED, str(error), class_of_error(error))
        return item

    async def _read(self, item: PageItem) -> None:
        plan = self.crawler.spider.plan  # type: ignore[union-attr]
        outlet, topics = plan.outlet, plan.context.packed_topics
        approved = await self._approved()
        reading = await plan.context.pool.run(
            read, topics, extract_page, item.page, outlet.id, outlet.profiles, approved
        )
        item.article, item.relevance, item.facts = reading.article, reading.relevance, reading.facts
        item.prepared = reading.prepared

    async def _read_further_pages(self, item: PageItem) -> None:
        """An article on several pages is read from the one that shows all of it, else from all of them."""
        article = item.article
        if article is None or item.page is None or not (article.view_all or article.next_page):
            return
        pages = MorePages(self.crawler, item)
        whole = await pages.whole(article.view_all) if article.view_all else None
        if whole is not None:
            item.page, first = whole, item.page
            try:
                await self._read(item)
            except NoArticle:
                item.page = first
            else:
                return
        following = await pages.following(article.next_page)
        if following:
            item.page = bound(item.page, following)
            await self._read(item)

    async def _approved(self) -> frozenset[str]:
        """The outlet's approved last lines, read once a visit."""
        if self._boilerplate is None:
            self._boilerplate = asyncio.create_task(asyncio.to_thread(self._read_approved))
        return await asyncio.shield(self._boilerplate)  # one page given up must not take it from the others

    def _read_approved(self) -> frozenset[str]:
        plan = self.crawler.spider.plan  # type: ignore[union-attr]
        with plan.context.database.reader() as session:
            return approved_lines(session, plan.outlet.id)
