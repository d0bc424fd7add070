"""Which articles may tell one event: each new one is compared with those near it in time that share something rare."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from digest.stories.grouping import WINDOW
from digest.stories.likeness import compare
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


def _candidates(fresh: Collection[int], near: list[tuple[int, datetime, bytes]]) -> Iterator[tuple[int, int]]:
    """Pairs with a fresh article, at most a window apart, that share a number, two keys, or a name and what happens."""
    index: defaultdict[int, list[int]] = defaultdict(list)
    rows = [(article_id, at, unpack_keys(keys)) for article_id, at, keys in near]
    for place, (_, _, keys) in enumerate(rows):
        for key in (*keys.names, *keys.numbers, *keys.words):
            index[key].append(place)
    for place, (article_id, at, keys) in enumerate(rows):
        if article_id in fresh:
            for other in _near(place, keys, index, rows):
                other_id, other_at, _ = rows[other]
                if (other_id not in fresh or other > place) and abs(at - other_at) <= WINDOW:
                    yield min(article_id, other_id), max(article_id, other_id)


def _near(
    place: int,
    keys: UnpackedKeys,
    index: Mapping[int, Sequence[int]],
    rows: Sequence[tuple[int, datetime, UnpackedKeys]],
) -> Iterator[int]:
    named, shared = _counted(keys.names, index), _counted(keys.numbers, index)
    worded = _counted(keys.words, index)
    for other in named.keys() | shared.keys() | worded.keys():
        theirs = rows[other][2]
        # Of two that are about other companies nothing else need be looked at.
        if other == place or (keys.names and theirs.names and not named[other]):
            continue
        may_be_same = theirs.mask & keys.mask or not theirs.mask or not keys.mask
        if shared[other] or named[other] + worded[other] >= _SHARED_LEAST or (named[other] and may_be_same):
            yield other


def _counted(keys: Sequence[int], index: Mapping[int, Sequence[int]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for key in keys:
        found.update(index[key])
    return found


def _links(
    pairs: Collection[tuple[int, int]], known: Mapping[int, Signature], vectors: Mapping[int, bytes]
) -> Iterator[Link]:
    for one, other in pairs:
        likeness = compare(known[one], known[other])
        score = likeness.score
        if vectors and one in vectors and other in vectors:
            score += closeness(vectors[one], vectors[other])
        if likeness.apart or score >= LINK_LEAST:
            yield Link(one, other, NEVER if likeness.apart else round(score, 6))
