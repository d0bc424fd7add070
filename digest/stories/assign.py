"""Puts articles into stories: what is new is compared and linked, what it touches is grouped anew, ids stay."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from digest.collector import uncollected
from digest.stories.following import follow_ups
from digest.stories.grouping import ALIKE, group
from digest.stories.identity import place_ids
from digest.stories.linking import link
from digest.stories.reasons import Telling, reason_of_group
from digest.stories.signature import VERSION
from storage.changes import hold_feed
from storage.database import Session
from storage.stories import (
    KnownStory,
    StoryMember,
    StoryRow,
    add_stories,
    anchored_by,
    changed_since,
    forget_signatures,
    known_stories,
    last_change,
    links_of,
    marks_of,
    members_by_id,
    members_of_stories,
    merge_story,
    same_text,
    save_follows,
    save_story,
    seen_since,
    set_story_state,
    stories_of,
    story_state,
    texts_to_judge,
)

log = structlog.get_logger()

# The first time, and when the rule has changed, articles first seen in this time are compared.
JUDGED_AGAIN = timedelta(hours=96)
# Chains of links are not followed further back than this from the earliest article that is new.
REACH = timedelta(days=14)
EXCERPT = 0.8  # how alike a text and a longer one that has it are, at least


def assign_stories(session: Session, *, now: datetime, again: Collection[int] = ()) -> int:
    """Put what the change feed has brought since the last call into stories; the number of stories made or changed.

    To be called inside a `writer()`. The grouping depends on the articles and what is known of them, not on the order
    in which they came. A story has its id from its first report, as long as that is its first report; an id that was
    given up points to the story that has the article now. Articles in `again` are compared once more: what is known
    of them beside text and facts has changed.
    """
    with uncollected():
        return _assign(session, now, again)


def _assign(session: Session, now: datetime, again: Collection[int]) -> int:
    hold_feed(session)
    touched, seq = _touched(session, now)
    touched |= set(again)
    texts = texts_to_judge(session, touched, version=VERSION)
    live = {text.article_id for text in texts}
    marks = marks_of(session, live)
    fresh = [text for text in texts if marks.get(text.article_id) != text.mark or text.article_id in again]
    moved = link(session, fresh)
    moved |= forget_signatures(session, touched - live)
    placed = {*stories_of(session, touched).values()}
    scope = _scope(session, live | moved, placed, now=now)
    changed = _regroup(session, scope, {text.article_id for text in fresh}, now=now)
    set_story_state(session, seq, VERSION)
    if fresh or changed:
        log.info("stories.assigned", articles=len(scope.members), compared=len(fresh), changed=changed)
    return changed


def _touched(session: Session, now: datetime) -> tuple[set[int], int]:
    """The articles to judge, and how far the change feed is read with them."""
    state = story_state(session)
    if state is None:
        return seen_since(session, now - JUDGED_AGAIN), last_change(session)
    changed, seq = changed_since(session, state[0])
    if state[1] != VERSION:
        changed |= seen_since(session, now - JUDGED_AGAIN)
    return changed, seq


@dataclass(slots=True)
class _Scope:
    """All articles that may move, with all that binds them."""

    members: dict[int, StoryMember] = field(default_factory=dict)
    copies: set[tuple[int, int]] = field(default_factory=set)
    likeness: dict[tuple[int, int], float] = field(default_factory=dict)

    def add(self, texts: Mapping[tuple[int, int], str], links: Mapping[tuple[int, int], float]) -> set[int]:
        """Take in shared texts and links; the articles that they lead to."""
        self.likeness.update(links)
        ends = {article_id for pair, score in links.items() if score >= ALIKE for article_id in pair}
        for pair, kind in texts.items():
            ends.update(pair)
            if kind == "copy_of":
                self.copies.add(pair)
            else:
                ordered = (min(pair), max(pair))
                self.likeness[ordered] = max(self.likeness.get(ordered, 0.0), EXCERPT)
        return ends


def _scope(session: Session, article_ids: Collection[int], story_ids: Collection[int], *, now: datetime) -> _Scope:
    """These articles, the rest of their stories, and whatever strong links lead to: all that moves together."""
    scope = _Scope()
    asked: set[int] = set()
    asked_stories: set[int] = set()
    waiting, waiting_stories = set(article_ids), set(story_ids)
    floor: datetime | None = None
    while waiting or waiting_stories:
        found = [*members_by_id(session, waiting - scope.members.keys())]
        found += members_of_stories(session, waiting_stories)
        floor = floor or min((one.reported_at for one in found), default=now) - REACH
        reached = [one for one in found if one.reported_at >= floor or one.story_id in waiting_stories]
        scope.members.update((one.article_id, one) for one in reached)
        asked_stories |= waiting_stories
        new = scope.members.keys() - asked
        asked |= new
        ends = scope.add(same_text(session, new), links_of(session, new))
        waiting = ends - asked - waiting
        waiting_stories = {one.story_id for one in reached if one.story_id is not None} - asked_stories
    return scope


def _regroup(session: Session, scope: _Scope, fresh: Collection[int], *, now: datetime) -> int:
    """Group what is in scope anew and write what is not as it was; how many stories that were."""
    members = scope.members.values()
    groups = group(members, scope.copies, scope.likeness)
    known = known_stories(session, {one.story_id for one in members if one.story_id is not None})
    anchored = anchored_by(session, scope.members)
    known |= known_stories(session, set(anchored.values()) - known.keys())
    ids = place_ids(groups, known, anchored)
    telling = Telling(session, scope.copies | {pair for pair, score in scope.likeness.items() if score == EXCERPT})
    open_places = [
        place
        for place, story_id in enumerate(ids)
        if story_id is None or not _is_settled(groups[place], story_id, known[story_id], fresh)
    ]
    together = [groups[place] for place in open_places if len(groups[place]) > 1]
    asked = telling.signatures({one.article_id for members in together for one in members})
    telling.names({name for signature in asked.values() for name in signature.entities})
    reasons = {
        place: reason_of_group(groups[place], telling) if len(groups[place]) > 1 else None for place in open_places
    }
    changed = [
        place
        for place in reasons
        if (story_id := ids[place]) is None
        or reasons[place] != known[story_id].reason
        or not _is_settled(groups[place], story_id, known[story_id], ())
    ]
    kept = _save(session, groups, ids, changed, reasons, now=now)
    _merge(session, groups, known, kept)
    touched = {kept[place] for place in changed}
    save_follows(session, follow_ups(session, touched, telling))
    return len(changed)


def _is_settled(members: Sequence[StoryMember], story_id: int, known: KnownStory, fresh: Collection[int]) -> bool:
    return (
        known.merged_into is None
        and known.row == StoryRow.of(members)
        and all(one.story_id == story_id and one.article_id not in fresh for one in members)
    )


def _save(
    session: Session,
    groups: Sequence[Sequence[StoryMember]],
    ids: Sequence[int | None],
    changed: Iterable[int],
    reasons: Mapping[int, Mapping[str, Any] | None],
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
            save_story(session, story_id, groups[place], now=now, reason=reasons[place])
    added = add_stories(session, [groups[place] for place in new], now=now, reasons=[reasons[place] for place in new])
    return dict(zip(new, added, strict=True)) | {place: one for place, one in enumerate(ids) if one is not None}


def _merge(
    session: Session,
    groups: Sequence[Sequence[StoryMember]],
    known: Mapping[int, KnownStory],
    kept: Mapping[int, int],
) -> None:
    """Ids that were given up point to where their first report is now, or else to where most of the story went."""
    place_of = {one.article_id: place for place, members in enumerate(groups) for one in members}
    first_of = {
        one.story_id: place
        for place in reversed(range(len(groups)))
        for one in groups[place]
        if one.story_id is not None
    }
    for story_id in known.keys() - set(kept.values()):
        place = place_of.get(known[story_id].anchor.article_id, first_of.get(story_id))
        if place is not None and known[story_id].merged_into != kept[place]:
            merge_story(session, story_id, into=kept[place])
