"""Deals of which a sentence tells no sum: "B를 인수했다", "커촹반 상장 첫날", "수억 달러를 유치했다"."""

import re
from collections.abc import Iterator

from crawler.meaning.deals.kinds import Clause
from crawler.meaning.deals.words import events, word

_AROUND = 44
_HEADLINE_END = re.compile(r"[가-힣]다[.\"'”’)]*$|[요죠]\.?$")


def events_of(text: str) -> Iterator[tuple[str, Clause]]:
    """What a sentence says has happened, by its kind; plans, rumours and what came to nothing are left out."""
    if word("event_hint").search(text) is None:
        return
    is_headline = _HEADLINE_END.search(text) is None
    for event in events():
        found = event.done.search(text) or (event.headline.search(text) if is_headline else None)
        if found is None or word("undone").search(text, found.start(), min(len(text), found.end() + _AROUND)):
            continue
        start, end = found.start(), found.end()
        yield event.kind, Clause(None, text[max(0, start - _AROUND) : start], text[start : end + _AROUND], start, end)
