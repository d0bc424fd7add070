"""How much is written about whom: live articles per entity and topic, and money of deals, by week or against a mean."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, select
from sqlalchemy.orm import Session

from storage.models.archive import Article
from storage.models.meaning import ArticleEntity, Deal, Entity

MOST_WEEKS = 160
TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Series:
    """One entity (or topic, of the kind `topic`) with its live articles of each week."""

    id: str
    name: str
    kind: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class MoneySeries:
    """The deals of one kind in one currency (None: without an amount), how many and their sum in each week."""

    kind: str
    currency: str | None
    counts: tuple[int, ...]
    sums: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """Series over the same weeks; `weeks` are their Mondays in the zone that was asked for."""

    weeks: tuple[date, ...]
    rows: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class MoneyTrends:
    """The same for money."""

    weeks: tuple[date, ...]
    rows: tuple[MoneySeries, ...]


@dataclass(frozen=True, slots=True)
class TrendRow:
    """How many live articles of a window name something, and how many an equally long window before had on average.

    `mean` is None where the archive has nothing from before the window.
    """

    name: str
    id: str
    kind: str
    count: int
    mean: float | None


def mondays(since: datetime, until: datetime, zone: tzinfo) -> list[date]:
    """The Mondays of all weeks that [since, until) touches. Raises ValueError for more than MOST_WEEKS of them."""
    if since >= until:
        return []
    first = _monday(since.astimezone(zone).date())
    last = _monday((until - timedelta(microseconds=1)).astimezone(zone).date())
    number = (last - first).days // 7 + 1
    if number > MOST_WEEKS:
        raise ValueError(f"{number} weeks are more than {MOST_WEEKS}: ask for a shorter time")
    return [first + timedelta(weeks=week) for week in range(number)]


def entity_counts(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    zone: tzinfo,
    entities: Collection[str] | None = None,
    limit: int = 20,
) -> Trends:
    """Live articles that name an entity, by the week (from Monday in `zone`) they were first seen in.

    Weeks are whole: the first one may begin before `since`. `entities` are ids; None: the `limit` most named.
    """
    weeks = mondays(since, until, zone)
    if not weeks:
        return Trends((), ())
    number, wanted = _by_week(weeks, zone)
    wanted = wanted.join(ArticleEntity, ArticleEntity.article_id == Article.id)
    if entities is None:
        articles = func.count()
        most = wanted.with_only_columns(ArticleEntity.entity_id).group_by(ArticleEntity.entity_id)
        entities = session.scalars(most.order_by(articles.desc(), ArticleEntity.entity_id).limit(limit)).all()
    counts = (
        wanted.where(ArticleEntity.entity_id.in_(entities))
        .with_only_columns(ArticleEntity.entity_id, number, func.count())
        .group_by(ArticleEntity.entity_id, number)
    )
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(weeks))
    for entity_id, week, count in session.execute(counts):
        found[entity_id][week] = count
    known = {row.id: row for row in session.scalars(select(Entity).where(Entity.id.in_(entities)))}
    rows = [Series(row.id, row.name, row.kind, tuple(found[row.id])) for row in known.values()]
    return Trends(tuple(weeks), _ordered(rows))


def topic_counts(session: Session, *, since: datetime, until: datetime, zone: tzinfo, limit: int = 20) -> Trends:
    """Live articles of each topic, by week as in `entity_counts`. Topics are named by their ids."""
    weeks = mondays(since, until, zone)
    if not weeks:
        return Trends((), ())
    number, wanted = _by_week(weeks, zone)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(weeks))
    for topics, week, count in _topics(session, wanted, number):
        for topic in topics:
            found[topic][week] += count
    rows = [Series(topic, topic, TOPIC, tuple(counts)) for topic, counts in found.items()]
    return Trends(tuple(weeks), _ordered(rows)[:limit])


def deal_sums(session: Session, *, since: datetime, until: datetime, zone: tzinfo) -> MoneyTrends:
    """Deals and their money by kind, currency and the week they were first told in."""
    weeks = mondays(since, until, zone)
    if not weeks:
        return MoneyTrends((), ())
    number, within = _weeks_of(Deal.first_seen_at, weeks, zone)
    columns = (Deal.kind, Deal.currency, number)
    asked = select(*columns, func.count(), func.sum(Deal.value)).where(within).group_by(*columns)
    counts: dict[tuple[str, str | None], list[int]] = defaultdict(lambda: [0] * len(weeks))
    sums: dict[tuple[str, str | None], list[float]] = defaultdict(lambda: [0.0] * len(weeks))
    for kind, currency, week, count, total in session.execute(asked):
        counts[kind, currency][week], sums[kind, currency][week] = count, float(total or 0)
    rows = [MoneySeries(*key, tuple(counts[key]), tuple(sums[key])) for key in counts]
    return MoneyTrends(tuple(weeks), tuple(sorted(rows, key=lambda row: (row.kind, row.currency or "~"))))


def counts_against_mean(
    session: Session, *, window_start: datetime, window_end: datetime, weeks: int = 4, limit: int = 10
) -> list[TrendRow]:
    """The topics, and the `limit` entities that most live articles of a window name, each beside its usual count.

    The window is first-seen time, half-open. The usual count is what an equally long stretch of the `weeks` weeks
    before it had on average; where the archive is younger, of the time since its first article.
    """
    length = window_end - window_start
    if length <= timedelta(0):
        return []
    base_start = window_start - timedelta(weeks=weeks)
    oldest = session.scalar(select(func.min(Article.first_seen_at)))
    covered = window_start - max(base_start, oldest) if oldest is not None else timedelta(0)
    stretches = covered / length if covered >= length else None
    now, before = _within(window_start, window_end), _within(base_start, window_start)
    named = select(ArticleEntity.entity_id, func.count()).join(Article, Article.id == ArticleEntity.article_id)
    named = named.group_by(ArticleEntity.entity_id)
    most = named.where(now).order_by(func.count().desc(), ArticleEntity.entity_id).limit(limit)
    counts = dict(session.execute(most).all())
    usual = dict(session.execute(named.where(before, ArticleEntity.entity_id.in_(counts))).all())
    known = {row.id: row for row in session.scalars(select(Entity).where(Entity.id.in_(counts)))}

    def mean(total: int) -> float | None:
        return total / stretches if stretches is not None else None

    rows = [
        TrendRow(known[entity_id].name, entity_id, known[entity_id].kind, count, mean(usual.get(entity_id, 0)))
        for entity_id, count in counts.items()
    ]
    topics, usual_topics = _topic_totals(session, now), _topic_totals(session, before)
    rows += [TrendRow(topic, topic, TOPIC, count, mean(usual_topics.get(topic, 0))) for topic, count in topics.items()]
    return sorted(rows, key=lambda row: (row.kind != TOPIC, -row.count, row.id))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_of(seen: Any, weeks: Sequence[date], zone: tzinfo) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """Which of the weeks a time lies in, and the condition that it lies in one."""
    days = [*weeks, weeks[-1] + timedelta(weeks=1)]
    starts = [datetime.combine(day, time(), tzinfo=zone) for day in days]
    number = case(*((seen < end, week) for week, end in enumerate(starts[1:])), else_=len(weeks))
    return number.label("week"), (seen >= starts[0]) & (seen < starts[-1])


def _by_week(weeks: Sequence[date], zone: tzinfo) -> tuple[ColumnElement[int], Select[Any]]:
    number, within = _weeks_of(Article.first_seen_at, weeks, zone)
    return number, select(Article.id).where(Article.state == "live", within)


def _within(start: datetime, end: datetime) -> ColumnElement[bool]:
    return (Article.state == "live") & (Article.first_seen_at >= start) & (Article.first_seen_at < end)


def _topics(session: Session, wanted: Select[Any], number: ColumnElement[int]) -> list[tuple[list[str], int, int]]:
    """Each list of topics that articles have, with the week and their number: lists are few, articles many."""
    topics = cast(Article.topics, Text).label("topics")
    rows = session.execute(wanted.with_only_columns(topics, number, func.count()).group_by(topics, number))
    return [(_names(text), week, count) for text, week, count in rows]


def _topic_totals(session: Session, within: ColumnElement[bool]) -> dict[str, int]:
    topics = cast(Article.topics, Text).label("topics")
    totals: dict[str, int] = defaultdict(int)
    for text, count in session.execute(select(topics, func.count()).where(within).group_by(topics)):
        for topic in _names(text):
            totals[topic] += count
    return dict(totals)


def _names(topics: str) -> list[str]:
    names: list[str] = json.loads(topics)
    return names


def _ordered(rows: Sequence[Series]) -> tuple[Series, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.total, row.id)))
