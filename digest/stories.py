"""The rule of stories: what is told in shared text within three days of its first report is one story."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from storage.database import Session
from storage.stories import (
    StoryMember,
    StoryRow,
    add_stories,
    members_by_id,
    members_of_stories,
    members_to_judge,
    merge_story,
    same_text,
    save_story,
    stories_by_id,
)

log = structlog.get_logger()

WINDOW = timedelta(hours=72)
# An article's relations can still change while its text is rechecked, so young articles are judged again.
JUDGED_AGAIN = timedelta(hours=96)


def assign_stories(session: Session, *, now: datetime) -> int:
    """Put every live article into a story; the number of stories made or changed.

    The grouping depends on the articles and their relations alone, not on the order in which they arrived.
    A story keeps its id as long as it exists; of stories that turn out to be one, the oldest id stays.
    """
    members, pairs = _with_neighbours(session, members_to_judge(session, since=now - JUDGED_AGAIN))
    known = stories_by_id(session, {member.story_id for member in members if member.story_id is not None})
    groups = group(members, pairs)
    anchors = anchor_stories(groups, {story_id: row.head_id for story_id, row in known.items()})
    ids = claim_ids(anchors, len(groups))
    changed = [
        place
        for place, (members_of_one, story_id) in enumerate(zip(groups, ids, strict=True))
        if story_id is None or not _is_settled(members_of_one, story_id, known[story_id])
    ]
    kept = _save(session, groups, ids, changed, now=now)
    for story_id in anchors.keys() - set(ids):
        merge_story(session, story_id, into=kept[anchors[story_id]])
    log.info("stories.assigned", articles=len(members), stories=len(groups), changed=len(changed))
    return len(changed)


def _save(
    session: Session,
    groups: Sequence[Sequence[StoryMember]],
    ids: Sequence[int | None],
    changed: Iterable[int],
    *,
    now: datetime,
) -> dict[int, int]:
    """Write the changed groups; the story id of every group by its place."""
    new = []
    for place in changed:
        story_id = ids[place]
        if story_id is None:
            new.append(place)
        else:
            save_story(session, story_id, groups[place], now=now)
    made = dict(zip(new, add_stories(session, [groups[place] for place in new], now=now), strict=True))
    return made | {place: story_id for place, story_id in enumerate(ids) if story_id is not None}


def _is_settled(members: Sequence[StoryMember], story_id: int, row: StoryRow) -> bool:
    return all(member.story_id == story_id for member in members) and row == StoryRow.of(members)


def group(members: Iterable[StoryMember], pairs: Iterable[tuple[int, int]]) -> list[list[StoryMember]]:
    """Members in stories, each sorted by time of report, the stories by that of their first.

    A story is what can be reached over `pairs` from its first report without leaving the window behind it.
    """
    ordered = sorted(members)
    by_id = {member.article_id: member for member in ordered}
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    stories = []
    for head in ordered:
        if head.article_id in by_id:
            story = _reach(head, by_id, neighbours)
            stories.append(story)
            for member in story:
                del by_id[member.article_id]
    return stories


def _reach(head: StoryMember, free: dict[int, StoryMember], neighbours: dict[int, set[int]]) -> list[StoryMember]:
    """The head and every free member that chains of shared text lead to within the window."""
    until = head.reported_at + WINDOW
    reached = {head.article_id: head}
    waiting = deque([head.article_id])
    while waiting:
        for article_id in neighbours.get(waiting.popleft(), ()):
            member = free.get(article_id)
            if member is not None and article_id not in reached and member.reported_at <= until:
                reached[article_id] = member
                waiting.append(article_id)
    return sorted(reached.values())


def anchor_stories(groups: Sequence[Sequence[StoryMember]], heads: dict[int, int]) -> dict[int, int]:
    """The group each known story lives on in: that of its head article or, when that is gone, of its first report."""
    place_of = {member.article_id: place for place, members in enumerate(groups) for member in members}
    anchors: dict[int, int] = {}
    for place, members in enumerate(groups):
        for member in members:
            if member.story_id is not None:
                anchors.setdefault(member.story_id, place_of.get(heads[member.story_id], place))
    return anchors


def claim_ids(anchors: dict[int, int], groups: int) -> list[int | None]:
    """The story id each group keeps: the oldest of those that live on in it, None where it is a new story."""
    claims: dict[int, int] = {}
    for story_id in sorted(anchors):
        claims.setdefault(anchors[story_id], story_id)
    return [claims.get(place) for place in range(groups)]


def _with_neighbours(
    session: Session, members: Iterable[StoryMember]
) -> tuple[list[StoryMember], set[tuple[int, int]]]:
    """The members, whatever shares text with them, the rest of every story touched: all that moves together."""
    found = {member.article_id: member for member in members}
    pairs: set[tuple[int, int]] = set()
    asked: set[int] = set()
    asked_stories: set[int] = set()
    while found.keys() - asked:
        new_pairs = same_text(session, found.keys() - asked)
        asked = set(found)
        pairs |= new_pairs
        stories = {m.story_id for m in found.values() if m.story_id is not None} - asked_stories
        asked_stories |= stories
        beyond = {article_id for pair in new_pairs for article_id in pair} - found.keys()
        for member in [*members_by_id(session, beyond), *members_of_stories(session, stories)]:
            found[member.article_id] = member
    return list(found.values()), pairs
