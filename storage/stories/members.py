"""The SQL of stories: which articles to judge, how they relate, and the groups the digest room made of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Self

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from storage.models.archive import Article, Relation
from storage.models.digest import Story, StoryArticle
from storage.models.stories import StoryAnchor, StoryFollow

SAME_TEXT = ("copy_of", "excerpt_of")
CLOCK_SKEW = timedelta(minutes=10)
IDS_A_STATEMENT = 500
ID_LEAST, ID_END = 1 << 40, 1 << 53


@dataclass(frozen=True, slots=True, order=True)
class StoryMember:
    """A live article as stories see it; members sort by the time of report. `story_id` is the story it is in so far."""

    reported_at: datetime
    url: str
    article_id: int
    story_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoryRow:
    """What is kept of a story: its first report and the span of its reports."""

    head_id: int
    first_reported_at: datetime
    last_reported_at: datetime

    @classmethod
    def of(cls, members: Sequence[StoryMember]) -> Self:
        """The row of these members, sorted by time of report."""
        return cls(members[0].article_id, members[0].reported_at, members[-1].reported_at)


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A story as it is kept, with the article it has its id from, which may be gone or have moved to another story."""

    row: StoryRow
    anchor: StoryMember
    anchor_is_live: bool
    merged_into: int | None
    reason: Mapping[str, Any] | None


def reported_at(published_at: datetime | None, first_seen_at: datetime) -> datetime:
    """When an outlet reported: its own time unless it has none or claims one after we saw the article."""
    if published_at is None or published_at > first_seen_at + CLOCK_SKEW:
        return first_seen_at
    return published_at


def members_by_id(session: Session, article_ids: Collection[int]) -> list[StoryMember]:
    """The live articles among these."""
    return [
        member
        for some in in_batches(article_ids)
        for member in _members(session, _member_query().where(Article.id.in_(some)))
    ]


def members_of_stories(session: Session, story_ids: Collection[int]) -> list[StoryMember]:
    """The live articles of these stories, by time of report."""
    found = [
        member
        for some in in_batches(story_ids)
        for member in _members(session, _member_query().where(StoryArticle.story_id.in_(some)))
    ]
    return sorted(found)


def same_text(session: Session, article_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """Pairs of articles, one of them among these, of which one is a copy or an excerpt of the other; and which."""
    pairs: dict[tuple[int, int], str] = {}
    for some in in_batches(article_ids):
        for ours in (Relation.article_id.in_(some), Relation.other_id.in_(some)):
            rows = session.execute(
                select(Relation.article_id, Relation.other_id, Relation.kind).where(Relation.kind.in_(SAME_TEXT), ours)
            )
            pairs.update(((row.article_id, row.other_id), row.kind) for row in rows)
    return pairs


def stories_by_id(session: Session, story_ids: Collection[int]) -> dict[int, StoryRow]:
    """What is kept of each of these stories."""
    return {story_id: known.row for story_id, known in known_stories(session, story_ids).items()}


def known_stories(session: Session, story_ids: Collection[int]) -> dict[int, KnownStory]:
    """These stories with the article that each has its id from."""
    found: dict[int, KnownStory] = {}
    for some in in_batches(story_ids):
        rows = session.execute(
            select(
                Story.id,
                Story.head_id,
                Story.first_reported_at,
                Story.last_reported_at,
                Story.merged_into,
                Story.reason,
                Article.id,
                Article.canonical_url,
                Article.published_at,
                Article.first_seen_at,
                Article.state,
            )
            .outerjoin(StoryAnchor, StoryAnchor.story_id == Story.id)
            .join(Article, Article.id == func.coalesce(StoryAnchor.article_id, Story.head_id))
            .where(Story.id.in_(some))
        )
        for story_id, head_id, first, last, merged_into, reason, anchor_id, url, published_at, seen_at, state in rows:
            anchor = StoryMember(reported_at(published_at, seen_at), url, anchor_id, story_id)
            row = StoryRow(head_id, first, last)
            found[story_id] = KnownStory(row, anchor, state == "live", merged_into, reason)
    return found


def anchored_by(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """The story that each of these articles gave its id, for those that did."""
    found: dict[int, int] = {}
    for some in in_batches(article_ids):
        query = select(StoryAnchor.article_id, StoryAnchor.story_id).where(StoryAnchor.article_id.in_(some))
        found.update(session.execute(query).all())
    return found


def add_stories(
    session: Session,
    groups: Sequence[Sequence[StoryMember]],
    *,
    now: datetime,
    reasons: Sequence[Mapping[str, Any] | None] | None = None,
) -> list[int]:
    """Write new stories of these members (each group sorted by time of report); their ids, in order.

    The id of a story follows from the address of its first report, so an archive built anew has the same ids.
    """
    if not groups:
        return []
    story_ids = _new_ids(session, [members[0].url for members in groups])
    rows = [
        {**asdict(StoryRow.of(members)), "id": story_id, "created_at": now, "updated_at": now, "reason": reason}
        for story_id, members, reason in zip(story_ids, groups, reasons or [None] * len(groups), strict=True)
    ]
    session.execute(insert(Story), rows)
    anchors = [
        {"article_id": members[0].article_id, "story_id": story_id}
        for story_id, members in zip(story_ids, groups, strict=True)
    ]
    session.execute(insert(StoryAnchor), anchors)
    _place(session, zip(story_ids, groups, strict=True))
    return story_ids


def _new_ids(session: Session, urls: Sequence[str]) -> list[int]:
    """A free id for each address: the one that follows from it or, should another story have that, the next."""
    wanted = [_id_of(url) for url in urls]
    taken = {
        story_id
        for some in in_batches(set(wanted))
        for story_id in session.scalars(select(Story.id).where(Story.id.in_(some)))
    }
    ids: list[int] = []
    for story_id in wanted:
        free = story_id
        while free in taken or (free != story_id and session.get(Story, free) is not None):
            free += 1
        taken.add(free)
        ids.append(free)
    return ids


def _id_of(url: str) -> int:
    """Between the small numbers that databases gave before and what every reader of JSON takes exactly."""
    return ID_LEAST + int.from_bytes(blake2b(url.encode(), digest_size=8).digest(), "big") % (ID_END - ID_LEAST)


def save_story(
    session: Session,
    story_id: int,
    members: Sequence[StoryMember],
    *,
    now: datetime,
    reason: Mapping[str, Any] | None = None,
) -> None:
    """Make a known story one of these members, sorted by time of report."""
    values = {**asdict(StoryRow.of(members)), "updated_at": now, "merged_into": None, "reason": reason}
    session.execute(update(Story).where(Story.id == story_id).values(values))
    _place(session, [(story_id, members)])


def _place(session: Session, groups: Iterable[tuple[int, Sequence[StoryMember]]]) -> None:
    moved = [(story_id, one) for story_id, members in groups for one in members if one.story_id != story_id]
    for some in in_batches([member.article_id for _, member in moved if member.story_id is not None]):
        session.execute(delete(StoryArticle).where(StoryArticle.article_id.in_(some)))
    rows = [{"article_id": member.article_id, "story_id": story_id} for story_id, member in moved]
    if rows:
        session.execute(insert(StoryArticle), rows)


def merge_story(session: Session, story_id: int, *, into: int) -> None:
    """A story that turned out to be part of another: its id stays findable, its gone articles follow."""
    session.execute(update(Story).where(Story.id == story_id).values(merged_into=into, reason=None))
    session.execute(update(Story).where(Story.merged_into == story_id).values(merged_into=into))
    session.execute(update(StoryArticle).where(StoryArticle.story_id == story_id).values(story_id=into))
    session.execute(delete(StoryFollow).where(StoryFollow.story_id == story_id))
    session.execute(delete(StoryFollow).where(StoryFollow.older_id == story_id, StoryFollow.story_id == into))
    session.execute(update(StoryFollow).where(StoryFollow.older_id == story_id).values(older_id=into))


def stories_of(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """The story of each of these articles that has one."""
    found: dict[int, int] = {}
    for some in in_batches(article_ids):
        query = select(StoryArticle.article_id, StoryArticle.story_id).where(StoryArticle.article_id.in_(some))
        found.update(session.execute(query).all())
    return found


def story_members(session: Session, story_ids: Collection[int]) -> dict[int, list[StoryMember]]:
    """The live articles of each of these stories, by time of report."""
    grouped: defaultdict[int, list[StoryMember]] = defaultdict(list)
    for member in members_of_stories(session, story_ids):
        assert member.story_id is not None
        grouped[member.story_id].append(member)
    return dict(grouped)


def in_batches(ids: Collection[int]) -> Iterator[list[int]]:
    """`ids`, sorted, in lists that fit into one statement on either database."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_A_STATEMENT):
        yield ordered[start : start + IDS_A_STATEMENT]


def _member_query() -> Select[int, str, datetime | None, datetime, int | None]:
    return (
        select(Article.id, Article.canonical_url, Article.published_at, Article.first_seen_at, StoryArticle.story_id)
        .outerjoin(StoryArticle, StoryArticle.article_id == Article.id)
        .where(Article.state == "live")
    )


def _members(session: Session, query: Select[int, str, datetime | None, datetime, int | None]) -> list[StoryMember]:
    return [
        StoryMember(reported_at(published_at, first_seen_at), url, article_id, story_id)
        for article_id, url, published_at, first_seen_at, story_id in session.execute(query)
    ]
