"""Which story goes on from which: older ones that share a subject, and the link once it is found."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models.digest import Story
from storage.models.meaning import ArticleEntity
from storage.models.stories import StoryFollow
from storage.stories.members import in_batches


def heads_naming(
    session: Session, entity_ids: Collection[str], *, since: datetime, until: datetime
) -> list[tuple[int, int, datetime, str]]:
    """(story, head, its time of report, entity) of stories first reported in [since, until) whose headline names one
    of these entities.
    """
    found: list[tuple[int, int, datetime, str]] = []
    ordered = sorted(entity_ids)
    for start in range(0, len(ordered), 500):
        rows = session.execute(
            select(Story.id, Story.head_id, Story.first_reported_at, ArticleEntity.entity_id)
            .join(ArticleEntity, ArticleEntity.article_id == Story.head_id)
            .where(ArticleEntity.entity_id.in_(ordered[start : start + 500]), ArticleEntity.in_title)
            .where(Story.first_reported_at >= since, Story.first_reported_at < until, Story.merged_into.is_(None))
        )
        found += [(row[0], row[1], row[2], row[3]) for row in rows]
    return found


def follows_of(session: Session, story_ids: Collection[int]) -> dict[int, tuple[int, Mapping[str, Any]]]:
    """The older story of each of these that goes on from one, and what says so."""
    found: dict[int, tuple[int, Mapping[str, Any]]] = {}
    for some in in_batches(story_ids):
        for row in session.scalars(select(StoryFollow).where(StoryFollow.story_id.in_(some))):
            found[row.story_id] = (row.older_id, row.evidence)
    return found


def save_follows(session: Session, follows: Mapping[int, tuple[int, Mapping[str, Any]] | None]) -> None:
    """Say of each story what it goes on from; None: nothing."""
    for some in in_batches(follows):
        session.execute(delete(StoryFollow).where(StoryFollow.story_id.in_(some)))
    rows = [
        {"story_id": story_id, "older_id": follow[0], "evidence": dict(follow[1])}
        for story_id, follow in follows.items()
        if follow is not None
    ]
    if rows:
        session.execute(insert(StoryFollow), rows)
