"""What a page adds to the figures of its visit, by which an outlet's health is judged."""

import math

from crawler.error_class import REFUSALS, UNREAD
from crawler.extract.article import Article, Reason
from crawler.spiders.items import PageItem, Verdict
from storage.records import VisitCounts


def count_page(counts: VisitCounts, item: PageItem) -> None:
    """Add one settled page."""
    counts.received += len(item.page.body) if item.page else 0
    counts.closed += item.verdict is Verdict.CLOSED
    counts.unreadable += item.error_class in UNREAD
    counts.refused += item.error_class in REFUSALS
    if item.article is not None:
        _count_article(counts, item.article)


def _count_article(counts: VisitCounts, article: Article) -> None:
    characters = sum(map(len, article.body))
    counts.extracted += 1
    counts.drifted += article.drift is not None
    counts.text_chars += characters
    counts.log_chars += math.log(max(characters, 1))
    counts.repeated_chars += sum(len(block.text) for block in article.removed if block.reason is Reason.REPEATED)
