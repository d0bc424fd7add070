"""Where a query's words stand in the original text."""

import re
from collections.abc import Iterator

from storage.records import Highlight
from storage.search.query import Query, folded_with_offsets
from storage.search.rank import compiled

MOST_A_FIELD = 10


def highlights(query: Query, title: str, body: str) -> tuple[Highlight, ...]:
    """The first hits in title and body, in order; offsets count characters of the original text.

    The body's text is its paragraphs joined by one line break each.
    """
    if not query.patterns:
        return ()
    pattern = compiled(query.patterns)
    return tuple(mark for field, text in (("title", title), ("body", body)) for mark in _marks(pattern, field, text))


def _marks(pattern: re.Pattern[str], field: str, text: str) -> Iterator[Highlight]:
    folded, places = folded_with_offsets(text)
    for count, match in enumerate(pattern.finditer(folded)):
        if count == MOST_A_FIELD:
            return
        start, end = match.span()
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        yield Highlight(field, text[start:end], start, end)
