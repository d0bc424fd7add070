"""What a worker process makes of a page: everything that follows from its bytes alone."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crawler.extract.article import Article
from crawler.meaning.topics import Relevance, Topics
from storage.archive import Prepared, prepare


@dataclass(frozen=True, slots=True)
class PageReading:
    """The clean article, how much it touches the topics, and what the archive computes of its text."""

    article: Article
    relevance: Relevance
    prepared: Prepared


def packed(topics: Topics) -> bytes:
    """The topics as they travel to a worker: it unpacks and compiles them once, not for each page."""
    return pickle.dumps(tuple(topics))


@lru_cache(maxsize=4)
def _unpacked(topics: bytes) -> Topics:
    return Topics(pickle.loads(topics))  # noqa: S301 - packed by `packed`, in this program


def read(topics: bytes, extraction: Callable[..., Article], *arguments: Any) -> PageReading:
    """The article that `extraction` makes of its arguments, with all that can be said of it without the archive.

    Raises what `extraction` raises, NoArticle above all.
    """
    article = extraction(*arguments)
    relevance = _unpacked(topics).judge(article.title, article.body)
    return PageReading(article, relevance, prepare(article.title, article.subtitle, article.body))
