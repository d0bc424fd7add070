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


class Matcher:
    """The rules of one watch, ready to be asked of many articles."""

    def __init__(self, watch: Watch, reasons: Reasons) -> None:
        self._reasons = reasons
        self._topics, self._entities = dict.fromkeys(watch.topics), dict.fromkeys(watch.entities)
        self._outlets = frozenset(watch.outlets)
        self._never = frozenset(word for entry in watch.never for word in alternatives(entry))
        self._must = [frozenset(alternatives(entry)) for entry in watch.must]
        self._must_words = [word.strip() for entry in watch.must for word in entry.split(ALTERNATIVES)]
        self._least = watch.minimum_relevance

    def admits(self, facts: ArticleFacts) -> bool:
        """Whether the watch may tell this article at all, be it as one more report of a story it matched otherwise."""
        return not (self._outlets and facts.outlet not in self._outlets) and facts.words.isdisjoint(self._never)

    def matches(self, facts: ArticleFacts) -> bool:
        """Whether an article is what the watch is for; see `Watch`."""
        if facts.relevance < self._least or not (self._is_about(facts) and self.admits(facts)):
            return False
        return not any(facts.words.isdisjoint(group) for group in self._must)

    def _is_about(self, facts: ArticleFacts) -> bool:
        if not self._topics and not self._entities:
            return True
        return not (self._topics.keys().isdisjoint(facts.topics) and self._entities.keys().isdisjoint(facts.entities))

    def reasons(self, facts: ArticleFacts) -> tuple[str, ...]:
        """What of the watch's rules an article fulfils, in words for readers."""
        entities = (facts.entities[entity] for entity in self._entities if entity in facts.entities)
        topics = (self._reasons.topic([topic]) or topic for topic in self._topics if topic in facts.topics)
        words = (word for word in self._must_words if fold_name(word) in facts.words)
        return tuple(dict.fromkeys((*entities, *topics, *words)))


def alternatives(entry: str) -> tuple[str, ...]:
    """The words of which one has to stand in the text, folded."""
    return tuple(fold_name(word) for word in entry.split(ALTERNATIVES))
