"""Second stage: does the article touch a watched topic? One that is stored already stays, whatever it has become."""

from typing import TYPE_CHECKING, Self

from crawler.spiders.items import PageItem, Verdict

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class RelevancePipeline:
    """Gives the item the verdict off_topic where its relevance is too little to keep it."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    def process_item(self, item: PageItem) -> PageItem:
        if item.article is None or item.relevance is None:
            return item
        context = self.crawler.spider.context  # type: ignore[union-attr]
        is_kept = item.relevance.relevant or item.task.is_stored or context.settings.keep == "all"
        if not is_kept:
            item.verdict = Verdict.OFF_TOPIC
        return item
