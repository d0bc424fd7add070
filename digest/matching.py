"""Which articles a watch is about, and what of its rules says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crawler.meaning.facts import article_text
from crawler.meaning.folding import fold, fold_name
from crawler.meaning.terms import Terms
from crawler.meaning.topics import begins_word
from digest.reasons import Reasons
from digest.watches import ALTERNATIVES, Watch
from storage.digests import DigestArticle


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What rules ask of an article; of its words only those that some watch asks for, folded."""

    id: int
    outlet: str
    relevance: float
    topics: tuple[str, ...]
    entities: Mapping[str, str]
    words: frozenset[str]


class WordBook:
    """All words that these watches ask for, found in one pass over a text."""

    def __init__(self, watches: Iterable[Watch]) -> None:
        asked = (word for watch in watches for entry in (*watch.must, *watch.never) for word in alternatives(entry))
        words = {word: word for word in asked}
        self._terms = Terms(words) if words else None

    def found_in(self, article: DigestArticle) -> frozenset[str]:
        """Those in the article's title or text: a Latin word stands alone, one in Hangul begins a word."""
        if self._terms is None:
            return frozenset()
        text = fold(article_text(article.title, article.body)).text
        return frozenset(word for start, end, word in self._terms.find(text) if begins_word(text, start, end))


def facts_of(article: DigestArticle, entities: Mapping[str, str], words: WordBook) -> ArticleFacts:
    """What rules may ask of this article."""
    return ArticleFacts(
        article.id, article.outlet, article.relevance, article.topics, entities, words.found_in(article)
    )


def is_admitted(watch: Watch, facts: ArticleFacts) -> bool:
    """Whether the watch may tell this article at all, be it as one more report of a story it matched otherwise."""
    if watch.outlets and facts.outlet not in watch.outlets:
        return False
    return not any(word in facts.words for entry in watch.never for word in alternatives(entry))


def matches(watch: Watch, facts: ArticleFacts) -> bool:
    """Whether an article is what the watch is for; see `Watch`."""
    if facts.relevance < watch.minimum_relevance or not is_admitted(watch, facts):
        return False
    about = not (watch.topics or watch.entities)
    about = about or not set(watch.topics).isdisjoint(facts.topics)
    about = about or not facts.entities.keys().isdisjoint(watch.entities)
    return about and all(any(word in facts.words for word in alternatives(entry)) for entry in watch.must)


def reasons_for(watch: Watch, facts: ArticleFacts, reasons: Reasons) -> tuple[str, ...]:
    """What of the watch's rules an article fulfils, in words for readers."""
    topics = (reasons.topic([topic]) or topic for topic in watch.topics if topic in facts.topics)
    entities = (facts.entities[entity] for entity in watch.entities if entity in facts.entities)
    words = (
        word
        for entry in watch.must
        for word in entry.split(ALTERNATIVES)
        if fold_name(word) in facts.words
    )  # fmt: skip
    return tuple(dict.fromkeys((*entities, *topics, *(word.strip() for word in words))))


def alternatives(entry: str) -> tuple[str, ...]:
    """The words of which one has to stand in the text, folded."""
    return tuple(fold_name(word) for word in entry.split(ALTERNATIVES))
