"""What a worker process makes of a page: everything that follows from its bytes alone."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crawler.extract.article import Article
from crawler.meaning.drafts import draft_of
from crawler.meaning.facts import article_text, load_reader
from crawler.meaning.topics import Relevance, Topics
from storage.archive import Prepared, prepare
from storage.meaning import FactsDraft


@dataclass(frozen=True, slots=True)
class PageReading:
    """The clean article, how much it touches the topics, what it says, and what the archive computes of its text."""

    article: Article
    relevance: Relevance
    facts: FactsDraft
    prepared: Prepared


def packed(topics: Topics) -> bytes:
    """The topics as they travel to a worker: it unpacks and compiles them once, not for each page."""
    return pickle.dumps((tuple(topics), topics.reader.names))


@lru_cache(maxsize=4)
def _unpacked(topics: bytes) -> Topics:
    rows, names = pickle.loads(topics)  # noqa: S301 - packed by `packed`, in this program
    return Topics(rows, load_reader(*names))


def read(topics: bytes, extraction: Callable[..., Article], *arguments: Any) -> PageReading:
    """The article that `extraction` makes of its arguments, with all that can be said of it without the archive.

    Raises what `extraction` raises, NoArticle above all.
    """
    article = extraction(*arguments)
    watched = _unpacked(topics)
    facts = watched.reader.read_article(article.title, article.body)
    return PageReading(
        article,
        watched.judge(article.title, article.body, facts.mentions),
        draft_of(facts, article_text(article.title, article.body)),
        prepare(article.title, article.subtitle, article.body),
    )
