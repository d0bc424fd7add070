"""Stories as lists and one by one, with everything a reader is shown of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from storage import cursor
from storage.models.archive import Article, Relation, Revision
from storage.models.digest import Story, StoryArticle
from storage.models.meaning import ArticleEntity, Deal, DealReport, Entity
from storage.models.stories import StoryFollow
from storage.stories.members import SAME_TEXT, in_batches, reported_at
from storage.stories.records import StoryDeal, StoryDetail, StoryEntity, StoryFollowed, StoryReason, StoryReport

_LIST = "stories"
_TEXT_ROLES = {"copy_of": "copy", "excerpt_of": "excerpt"}


def list_stories(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    entity: str | None = None,
    outlet: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> tuple[list[StoryDetail], str | None]:
    """One page of stories with a live article, the latest first report first, and the cursor of the next page.

    `since` and `until` (half-open) ask for stories with a report in that time, `entity` (its id) and `outlet` for
    those in which any live article names it or comes from there. Raises CursorError for a foreign cursor.
    """
    wanted = select(Story.id, Story.first_reported_at).where(Story.merged_into.is_(None))
    wanted = wanted.where(*_conditions(since=since, until=until, entity=entity, outlet=outlet))
    if after is not None:
        wanted = wanted.where(cursor.older_than(_LIST, after, Story.first_reported_at, Story.id))
    ordered = wanted.order_by(Story.first_reported_at.desc(), Story.id.desc()).limit(limit + 1)
    rows = session.execute(ordered).all()
    found = story_details(session, [row.id for row in rows[:limit]])
    stories = [found[row.id] for row in rows[:limit]]
    if len(rows) <= limit:
        return stories, None
    last = rows[limit - 1]
    return stories, cursor.encode(_LIST, cursor.microseconds(last.first_reported_at), last.id)


def _conditions(
    *, since: datetime | None, until: datetime | None, entity: str | None, outlet: str | None
) -> Iterable[ColumnElement[bool]]:
    member = select(StoryArticle.article_id).join(Article, Article.id == StoryArticle.article_id)
    member = member.where(StoryArticle.story_id == Story.id, Article.state == "live")
    if outlet is not None:
        member = member.where(Article.outlet == outlet)
    if entity is not None:
        named = exists().where(ArticleEntity.article_id == Article.id, ArticleEntity.entity_id == entity)
        member = member.where(named)
    yield member.exists()
    if since is not None:
        yield Story.last_reported_at >= since
    if until is not None:
        yield Story.first_reported_at < until


def story_detail(session: Session, story_id: int) -> StoryDetail | None:
    """The story of this id. One that was merged is given with `merged_into` and no articles; None: there never was."""
    return story_details(session, [story_id]).get(story_id)


def story_details(session: Session, story_ids: Collection[int]) -> dict[int, StoryDetail]:
    """These stories by id, those that there are; a few statements however many they are."""
    found: dict[int, StoryDetail] = {}
    for some in in_batches(story_ids):
        rows = list(session.scalars(select(Story).where(Story.id.in_(some))))
        followed, following = _follows(session, some)
        reports = _reports(session, some)
        entities, deals = _entities(session, some), _deals(session, some)
        for row in rows:
            articles = () if row.merged_into is not None else tuple(reports.get(row.id, ()))
            found[row.id] = StoryDetail(
                id=row.id,
                title=articles[0].title if articles else "",
                head=articles[0] if articles else None,
                articles=articles,
                first_reported_at=row.first_reported_at,
                last_reported_at=row.last_reported_at,
                entities=entities.get(row.id, ()),
                deals=deals.get(row.id, ()),
                reason=reason_of(row.reason),
                follows=followed.get(row.id),
                followed_by=tuple(following.get(row.id, ())),
                merged_into=row.merged_into,
            )
    return found


def reason_of(kept: Mapping[str, Any] | None) -> StoryReason:
    """A reason as it was kept."""
    if not kept:
        return StoryReason()
    return StoryReason(
        ko=kept["ko"],
        en=kept["en"],
        entities=tuple(kept["entities"]),
        amounts=tuple(kept["amounts"]),
        words=tuple(kept["words"]),
        same_text=kept["same_text"],
    )


def _reports(session: Session, story_ids: Sequence[int]) -> dict[int, list[StoryReport]]:
    """The live articles of each story by time of report, each with what it is to the others."""
    rows = session.execute(
        select(StoryArticle.story_id, Article, Revision.title)
        .join(Article, Article.id == StoryArticle.article_id)
        .join(Revision, Revision.seq == Article.revision)
        .where(StoryArticle.story_id.in_(story_ids), Article.state == "live")
    )
    grouped: defaultdict[int, list[StoryReport]] = defaultdict(list)
    for story_id, article, title in rows:
        at = reported_at(article.published_at, article.first_seen_at)
        report = StoryReport(
            article.id, article.outlet, article.canonical_url, title, at, "report", article.wire_source
        )
        grouped[story_id].append(report)
    shares = _shared_text(session, [report.article_id for reports in grouped.values() for report in reports])
    return {story_id: _with_roles(reports, shares) for story_id, reports in grouped.items()}


def _shared_text(session: Session, article_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for some in in_batches(article_ids):
        rows = session.execute(
            select(Relation.article_id, Relation.other_id, Relation.kind).where(
                Relation.article_id.in_(some), Relation.kind.in_(SAME_TEXT)
            )
        )
        for article_id, other_id, kind in rows:
            found[article_id, other_id] = found[other_id, article_id] = _TEXT_ROLES[kind]
    return found


def _with_roles(reports: list[StoryReport], shares: Mapping[tuple[int, int], str]) -> list[StoryReport]:
    ordered = sorted(reports, key=lambda one: (one.reported_at, one.url, one.article_id))
    roles = ["head"]
    for place in range(1, len(ordered)):
        ties = {shares.get((ordered[place].article_id, earlier.article_id)) for earlier in ordered[:place]}
        roles.append("copy" if "copy" in ties else "excerpt" if "excerpt" in ties else "report")
    return [replace(report, relation=role) for report, role in zip(ordered, roles, strict=True)]


def _entities(session: Session, story_ids: Sequence[int]) -> dict[int, tuple[StoryEntity, ...]]:
    rows = session.execute(
        select(StoryArticle.story_id, Entity.id, Entity.name, Entity.kind)
        .join(Article, Article.id == StoryArticle.article_id)
        .join(ArticleEntity, ArticleEntity.article_id == Article.id)
        .join(Entity, Entity.id == ArticleEntity.entity_id)
        .where(StoryArticle.story_id.in_(story_ids), Article.state == "live")
    )
    counts: defaultdict[int, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for story_id, entity_id, name, kind in rows:
        counts[story_id][entity_id, name, kind] += 1
    return {
        story_id: tuple(
            StoryEntity(*entity, articles)
            for entity, articles in sorted(count.items(), key=lambda row: (-row[1], row[0][0]))
        )
        for story_id, count in counts.items()
    }


def _deals(session: Session, story_ids: Sequence[int]) -> dict[int, tuple[StoryDeal, ...]]:
    rows = session.execute(
        select(StoryArticle.story_id, Deal, DealReport.article_id)
        .join(Article, Article.id == StoryArticle.article_id)
        .join(DealReport, DealReport.article_id == Article.id)
        .join(Deal, Deal.id == DealReport.deal_id)
        .where(StoryArticle.story_id.in_(story_ids), Article.state == "live")
    )
    deals: dict[int, Deal] = {}
    told: defaultdict[int, defaultdict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for story_id, deal, article_id in rows:
        deals[deal.id] = deal
        told[story_id][deal.id].add(article_id)
    return {
        story_id: tuple(
            _story_deal(deals[deal_id], len(articles))
            for deal_id, articles in sorted(by_deal.items(), key=lambda row: (-len(row[1]), row[0]))
        )
        for story_id, by_deal in told.items()
    }


def _story_deal(deal: Deal, articles: int) -> StoryDeal:
    return StoryDeal(
        deal.id, deal.company, deal.company_id, deal.kind, deal.value, deal.currency, deal.krw, deal.round, articles
    )


def _follows(
    session: Session, story_ids: Sequence[int]
) -> tuple[dict[int, StoryFollowed], defaultdict[int, list[int]]]:
    """What each of these stories goes on from, and which ones go on from it."""
    followed = {}
    rows = session.execute(
        select(StoryFollow, Story.first_reported_at, Article.state, Revision.title)
        .join(Story, Story.id == StoryFollow.older_id)
        .join(Article, Article.id == Story.head_id)
        .join(Revision, Revision.seq == Article.revision)
        .where(StoryFollow.story_id.in_(story_ids))
    )
    for row, first_reported_at, state, title in rows:
        shown = title if state == "live" else ""
        followed[row.story_id] = StoryFollowed(row.older_id, shown, first_reported_at, reason_of(row.evidence))
    following: defaultdict[int, list[int]] = defaultdict(list)
    newer = session.execute(
        select(StoryFollow.older_id, StoryFollow.story_id)
        .join(Story, Story.id == StoryFollow.story_id)
        .where(StoryFollow.older_id.in_(story_ids))
        .order_by(Story.first_reported_at, Story.id)
    )
    for older_id, story_id in newer:
        following[older_id].append(story_id)
    return followed, following
