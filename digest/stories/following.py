"""Which older story a story goes on from: one with the same subject and something rare in common, days before."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from digest.stories.likeness import SUBJECT, Likeness, compare
from digest.stories.linking import spans
from digest.stories.reasons import NUMBER_LEAST, Shared, Telling, worded
from digest.stories.signature import Number
from storage.database import Session
from storage.stories import heads_naming, known_stories

REACH = timedelta(days=30)
APART_LEAST = timedelta(hours=24)  # two events of one company within a day are rather two events
ALIKE = 0.45

Follow = tuple[int, Mapping[str, Any]]


def follow_ups(session: Session, story_ids: Collection[int], telling: Telling) -> dict[int, Follow | None]:
    """What each of these stories goes on from, and each newer one that may go on from one of them."""
    stories = {i: (one.row.head_id, one.row.first_reported_at) for i, one in known_stories(session, story_ids).items()}
    if not stories:
        return {}
    subjects = _subjects(telling, {head for head, _ in stories.values()})
    moments = [at for _, at in stories.values()]
    names_asked = {name for names in subjects.values() for name in names}
    by_subject: defaultdict[str, dict[int, tuple[int, datetime]]] = defaultdict(dict)
    for since, until in spans(moments, REACH):
        for story_id, head, at, name in heads_naming(session, names_asked, since=since, until=until):
            by_subject[name][story_id] = (head, at)
    asked = dict(stories)
    for head, at in stories.values():
        for name in subjects.get(head, ()):
            asked.update((i, one) for i, one in by_subject[name].items() if _follows(one[1], at))
    found: dict[int, Follow | None] = {}
    for story_id in sorted(asked):
        found[story_id] = _best(story_id, asked[story_id], by_subject, telling)
    return found


def _follows(newer: datetime, older: datetime) -> bool:
    return APART_LEAST <= newer - older <= REACH


def _subjects(telling: Telling, heads: Collection[int]) -> dict[int, set[str]]:
    return {
        head: {name for name, weight in one.entities.items() if weight >= SUBJECT}
        for head, one in telling.signatures(heads).items()
    }


def _best(
    story_id: int,
    story: tuple[int, datetime],
    by_subject: Mapping[str, Mapping[int, tuple[int, datetime]]],
    telling: Telling,
) -> Follow | None:
    head, at = story
    candidates = {
        i: one
        for name in _subjects(telling, [head]).get(head, ())
        for i, one in by_subject.get(name, {}).items()
        if i != story_id and _follows(at, one[1])
    }
    signatures = telling.signatures({head, *(one[0] for one in candidates.values())})
    if head not in signatures:
        return None
    scored = []
    for i, (older_head, older_at) in candidates.items():
        if older_head in signatures:
            likeness = compare(signatures[head], signatures[older_head], sequel=True)
            if likeness.score >= ALIKE:
                scored.append((round(likeness.score, 6), older_at, i, likeness))
    if not scored:
        return None
    _, _, older_id, likeness = max(scored, key=lambda row: row[:3])
    return older_id, _told(likeness, signatures[head].numbers, telling)


def _told(likeness: Likeness, numbers: Mapping[str, Number], telling: Telling) -> Mapping[str, Any]:
    amounts = [numbers[key].written for key in likeness.numbers if numbers[key].weight >= NUMBER_LEAST]
    shared = Shared(
        entities=likeness.entities[:2],
        amounts=amounts[:2],
        words=likeness.words[:2],
        named_by=2,
        amounts_by=2,
        words_by=2,
        same_text=0,
        articles=2,
    )
    return worded(shared, telling)
