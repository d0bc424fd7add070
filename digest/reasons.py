"""Why a story is in the mail: the topic's name and the terms that were found, in the words of the topics file."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Self

from crawler.meaning.topics import LEAD_PARAGRAPHS, Topics, load_topics
from digest.safe import one_line, shorten

MOST_TERMS = 5
LONGEST_TERM = 40
PAIR = " … "  # stands between the two words of a pair
_FOR = re.compile(r"\+[\d.]+ (?P<term>.+)")


class Reasons:
    """The topics in force, as a mail speaks of them."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._names = {topic.id: one_line(topic.name) for topic in topics}

    @classmethod
    def of(cls, topics: Topics | None) -> Self:
        """Those of `topics`, or of the packaged topics."""
        return cls(topics or _packaged())

    def topic(self, topic_ids: Sequence[str]) -> str | None:
        """The name of the first of these topics; an id that is no longer in force stands for itself."""
        return next((self._names.get(i, one_line(i)) for i in topic_ids), None)

    def terms(self, title: str, body: Sequence[str]) -> tuple[str, ...]:
        """The terms that speak for an article, weightiest first: those of its opening, else those of its whole text."""
        opening = self._topics.judge(title, body[:LEAD_PARAGRAPHS])
        judged = opening if opening.score or len(body) <= LEAD_PARAGRAPHS else self._topics.judge(title, body)
        found = (_FOR.fullmatch(reason) for reason in judged.reasons)
        terms = dict.fromkeys(shorten(one_line(match["term"]), LONGEST_TERM) for match in found if match)
        return tuple(terms)[:MOST_TERMS]


@cache
def _packaged() -> Topics:
    return load_topics()
