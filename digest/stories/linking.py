"""Which articles may tell one event: each new one is compared with those near it in time that share something rare."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from digest.stories.grouping import WINDOW
from digest.stories.likeness import Measured, score_of
from digest.stories.packing import UnpackedKeys, pack, unpack, unpack_keys
from digest.stories.semantic import MODEL, closeness
from digest.stories.signature import Signature, make_signature
from storage.database import Session
from storage.stories import (
    Link,
    StoryText,
    forget_links,
    keys_between,
    save_links,
    save_signatures,
    signatures_of,
    vectors_of,
)

# Less alike than this, two articles are as good as strangers.
LINK_LEAST = 0.33
NEVER = -1.0  # of two that cannot be one event
_SHARED_LEAST = 2


def link(session: Session, texts: Collection[StoryText]) -> set[int]:
    """Make the signatures of these articles and their links to all others; the articles that lost a link."""
    rows = [pack(text, make_signature(text)) for text in texts]
    save_signatures(session, rows)
    lost = forget_links(session, {row.article_id for row in rows})
    fresh = {row.article_id for row in rows}
    for since, until in spans((row.reported_at for row in rows), WINDOW):
        pairs = list(_candidates(fresh, keys_between(session, since, until)))
        asked = {article_id for pair in pairs for article_id in pair}
        # What was just made is read back, too: weights lose digits on the way, and both sides have to lose them.
        known = {article_id: unpack(row) for article_id, row in signatures_of(session, asked).items()}
        save_links(session, _links(pairs, known, vectors_of(session, asked, model=MODEL)))
    return lost


def spans(moments: Iterable[datetime], margin: timedelta) -> list[tuple[datetime, datetime]]:
    """The stretches of time that lie at most `margin` from a moment: a past that is filled in is far from today."""
    found: list[tuple[datetime, datetime]] = []
    for moment in sorted(moments):
        if found and moment - margin <= found[-1][1]:
            found[-1] = (found[-1][0], moment + margin)
        else:
            found.append((moment - margin, moment + margin))
    return found


def _candidates(fresh: Collection[int], near: Sequence[tuple[int, datetime, bytes]]) -> Iterator[tuple[int, int]]:
    """Pairs with a fresh article, at most a window apart, that share a number, two keys, or a name and what happens."""
    around = _Neighbourhood([unpack_keys(keys) for _, _, keys in near])
    for place, (article_id, at, _) in enumerate(near):
        if article_id in fresh:
            for other in around.of(place):
                other_id, other_at, _ = near[other]
                if (other_id not in fresh or other > place) and abs(at - other_at) <= WINDOW:
                    yield min(article_id, other_id), max(article_id, other_id)


class _Neighbourhood:
    """Finds the articles that share keys. Of two that are about other companies nothing else need be looked at, so
    words lead from an article that names a company to articles that name none, and from those to all.
    """

    def __init__(self, rows: Sequence[UnpackedKeys]) -> None:
        self.rows = rows
        self.words = [frozenset(row.words) for row in rows]
        self.by_name = _index(enumerate(row.names for row in rows))
        self.by_number = _index(enumerate(row.numbers for row in rows))
        self.by_word = _index(enumerate(row.words for row in rows))
        self.by_word_nameless = _index((place, row.words) for place, row in enumerate(rows) if not row.names)

    def of(self, place: int) -> set[int]:
        keys = self.rows[place]
        named = _counted(keys.names, self.by_name)
        found = {other for other, count in named.items() if count >= _SHARED_LEAST or self._may_be_same(place, other)}
        for number in keys.numbers:
            for other in self.by_number[number]:
                if other in named or not (keys.names and self.rows[other].names):
                    found.add(other)
        worded = _counted(keys.words, self.by_word_nameless if keys.names else self.by_word)
        found.update(other for other, count in worded.items() if count >= _SHARED_LEAST)
        found.discard(place)
        return found

    def _may_be_same(self, place: int, other: int) -> bool:
        ours, theirs = self.rows[place].mask, self.rows[other].mask
        return bool(ours & theirs) or not ours or not theirs or not self.words[place].isdisjoint(self.words[other])


def _index(rows: Iterable[tuple[int, Sequence[int]]]) -> defaultdict[int, list[int]]:
    index: defaultdict[int, list[int]] = defaultdict(list)
    for place, keys in rows:
        for key in keys:
            index[key].append(place)
    return index


def _counted(keys: Sequence[int], index: Mapping[int, Sequence[int]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for key in keys:
        found.update(index[key])
    return found


def _links(
    pairs: Collection[tuple[int, int]], known: Mapping[int, Signature], vectors: Mapping[int, bytes]
) -> Iterator[Link]:
    measured = {article_id: Measured(signature) for article_id, signature in known.items()}
    for one, other in pairs:
        score = score_of(measured[one], measured[other])
        if score is not None and vectors and one in vectors and other in vectors:
            score += closeness(vectors[one], vectors[other])
        if score is None or score >= LINK_LEAST:
            yield Link(one, other, NEVER if score is None else round(score, 6))
