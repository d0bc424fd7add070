"""Last stage: what a page turned out to be is written, in one transaction, and counted."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import structlog

from crawler.error_class import ErrorClass
from crawler.extract.withdrawn import says_withdrawn
from crawler.pipelines.figures import count_page
from crawler.spiders.items import PageItem, Verdict
from crawler.urls import aliases_of, article_number, canonical_url, stated_address
from storage.archive import note_missing, note_page, note_unchanged, store_article
from storage.archive.numbers import remember_number
from storage.meaning import store_facts
from storage.records import ArticleDraft, Author, Outcome, RemovedBlock, Stored

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.catalogue import Outlet
    from crawler.spiders.plan import VisitPlan

log = structlog.get_logger()


class StorePipeline:
    """Writes every item, whatever its verdict; the table says how."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self._writers: dict[Verdict, Callable[[Any, PageItem], Any]] = {
            Verdict.ARTICLE: self._store,
            Verdict.OFF_TOPIC: self._remember,
            Verdict.NO_ARTICLE: self._remember,
            Verdict.FAILED: self._remember,
            Verdict.CLOSED: self._close,
            Verdict.MISSING: self._miss,
            Verdict.UNCHANGED: self._confirm,
        }

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    @property
    def plan(self) -> "VisitPlan":
        plan: VisitPlan = self.crawler.spider.plan  # type: ignore[union-attr]
        return plan

    async def process_item(self, item: PageItem) -> PageItem:
        write = self._writers.get(item.verdict)
        result = await asyncio.to_thread(self._in_transaction, write, item) if write else None
        self._count(item, result)
        self.plan.settle(item)
        return item

    def _in_transaction(self, write: Callable[[Any, PageItem], Any], item: PageItem) -> Any:
        with self.plan.context.database.writer() as session:
            return write(session, item)

    def _store(self, session: Any, item: PageItem) -> Stored:
        context, draft = self.plan.context, draft_of(item, self.plan.outlet)
        stored = store_article(
            session,
            draft,
            now=context.clock(),
            recheck_after=context.settings.recheck_plan,
            duplicate_window=context.duplicate_window,
            prepared=item.prepared,
        )
        if draft.article_number:
            remember_number(session, draft.outlet, draft.article_number, draft.canonical_url, is_article=True)
        if item.facts is not None:
            store_facts(session, stored.article_id, item.facts, now=context.clock())
        return stored

    def _remember(self, session: Any, item: PageItem) -> bool | None:
        """A page that gives no article is remembered; a stored article that cannot be read today stays as it is.

        Unless its page says that the article was taken down: that counts as a missing page does.
        """
        is_lost = item.verdict is Verdict.NO_ARTICLE and item.task.is_stored
        if is_lost and item.page is not None and says_withdrawn(item.page.body):
            return self._miss(session, item)
        self._note_page(session, item, item.verdict)
        return None

    def _close(self, session: Any, item: PageItem) -> None:
        """Said once: nobody asks for the page again for weeks."""
        self._note_page(session, item, item.verdict)
        log.info("page.closed", outlet=self.plan.outlet.id, url=item.task.url, why=item.error)

    def _note_page(self, session: Any, item: PageItem, verdict: Verdict) -> None:
        note_page(
            session,
            outlet=self.plan.outlet.id,
            url=item.task.url,
            verdict=str(verdict),
            page=item.page,
            now=self.plan.context.clock(),
            error=item.error,
        )
        number = article_number(item.task.url, self.plan.outlet)
        if number:
            remember_number(session, self.plan.outlet.id, number, item.task.url)

    def _miss(self, session: Any, item: PageItem) -> bool:
        """A stored article's missing page counts towards its end; a new one's is tried again, if it was a 404."""
        status = item.page.status if item.page else 404
        if not item.task.is_stored:
            self._note_page(session, item, Verdict.NO_ARTICLE if status == 200 else Verdict.FAILED)  # noqa: PLR2004
            return False
        settings = self.plan.context.settings
        return note_missing(
            session,
            url=item.task.url,
            status=status if status == 410 else 404,  # noqa: PLR2004 - a front page instead is as good as a 404
            now=self.plan.context.clock(),
            confirm_after=timedelta(hours=settings.confirm_gone_after_hours),
        )

    def _confirm(self, session: Any, item: PageItem) -> None:
        note_unchanged(
            session,
            url=item.task.url,
            now=self.plan.context.clock(),
            recheck_after=self.plan.context.settings.recheck_plan,
        )

    def _count(self, item: PageItem, result: Any) -> None:
        counts = self.plan.counts
        if isinstance(result, Stored):
            counts.stored += result.outcome is Outcome.NEW
            counts.corrected += result.outcome is Outcome.CORRECTED
            counts.unchanged += result.outcome is Outcome.UNCHANGED
            counts.duplicates += result.outcome is Outcome.NEW and result.duplicate_of is not None
        counts.unchanged += item.verdict is Verdict.UNCHANGED
        counts.off_topic += item.verdict is Verdict.OFF_TOPIC
        counts.gone += result is True
        count_page(counts, item)
        is_new_and_missing = item.verdict is Verdict.MISSING and not item.task.is_stored
        if is_new_and_missing or item.verdict in {Verdict.NO_ARTICLE, Verdict.FAILED, Verdict.POSTPONED}:
            error_class = item.error_class or ErrorClass.OTHER
            self.plan.note_failure(item.task.url, item.error or "The page gave no article.", error_class)


def draft_of(item: PageItem, outlet: "Outlet") -> ArticleDraft:
    """The article as the archive takes it: page first, candidate where the page is silent."""
    article, page, candidate = item.article, item.page, item.task.candidate
    assert article is not None
    assert page is not None
    fetched_from = canonical_url(page.url, outlet)
    canonical = stated_address(article.canonical_url, page.url, outlet)
    return ArticleDraft(
        outlet=outlet.id,
        canonical_url=canonical,
        title=article.title,
        body=article.body,
        page=page,
        alias_urls=aliases_of(canonical, (item.task.url, fetched_from)),
        article_number=article_number(canonical, outlet) or article_number(fetched_from, outlet),
        subtitle=article.subtitle,
        authors=tuple(Author(byline.name, byline.email) for byline in article.authors),
        section=article.section or (candidate.section if candidate else None),
        published_at=article.published_at or (candidate.published_at if candidate else None),
        modified_at=article.modified_at or (candidate.modified_at if candidate else None),
        captions=article.captions,
        removed=tuple(RemovedBlock(block.text, str(block.reason)) for block in article.removed),
        extractor=article.extractor,
        language=article.language,
        wire_source=article.wire_source,
        keywords=article.keywords,
        image_url=article.lead_image,
        paywalled=article.paywalled,
        relevance=item.relevance.score if item.relevance else 0.0,
        topics=item.relevance.topics if item.relevance else (),
    )
