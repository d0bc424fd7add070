"""What is known of many articles at once: the companies they name, their sums of money, the deals they tell."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.deals import deal_row
from storage.meaning.records import AmountDraft, DealRow
from storage.models.meaning import ArticleAmount, ArticleEntity, Deal, DealReport, Entity
from storage.stories import in_batches


@dataclass(frozen=True, slots=True)
class Named:
    """An entity as one article names it; `places` is how often."""

    id: str
    name: str
    kind: str
    in_title: bool
    places: int


def named_in(session: Session, article_ids: Collection[int]) -> dict[int, tuple[Named, ...]]:
    """The entities each of these articles names: those of the headline first, then the most named."""
    found: defaultdict[int, list[Named]] = defaultdict(list)
    for some in in_batches(article_ids):
        rows = session.execute(
            select(ArticleEntity.article_id, Entity, ArticleEntity.in_title, ArticleEntity.mentions)
            .join(Entity, Entity.id == ArticleEntity.entity_id)
            .where(ArticleEntity.article_id.in_(some))
        )
        for article_id, entity, in_title, mentions in rows:
            found[article_id].append(Named(entity.id, entity.name, entity.kind, in_title, len(mentions)))
    order = {i: sorted(rows, key=lambda one: (not one.in_title, -one.places, one.id)) for i, rows in found.items()}
    return {article_id: tuple(rows) for article_id, rows in order.items()}


def amounts_in(session: Session, article_ids: Collection[int]) -> dict[int, tuple[AmountDraft, ...]]:
    """The sums each of these articles gives, in reading order; bars like "10억달러 이상" are left out."""
    found: defaultdict[int, list[AmountDraft]] = defaultdict(list)
    for some in in_batches(article_ids):
        rows = session.scalars(
            select(ArticleAmount)
            .where(ArticleAmount.article_id.in_(some), ArticleAmount.role == "amount")
            .order_by(ArticleAmount.article_id, ArticleAmount.number)
        )
        for row in rows:
            found[row.article_id].append(
                AmountDraft(
                    row.start, row.end, row.value, row.currency, row.krw, row.qualifier, row.role, tuple(row.flags)
                )
            )
    return {article_id: tuple(rows) for article_id, rows in found.items()}


def deals_in(session: Session, article_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The ids of the deals that each of these articles tells."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for some in in_batches(article_ids):
        rows = session.execute(
            select(DealReport.article_id, DealReport.deal_id)
            .where(DealReport.article_id.in_(some))
            .order_by(DealReport.article_id, DealReport.number)
        )
        for article_id, deal_id in rows:
            found[article_id].append(deal_id)
    return {article_id: tuple(dict.fromkeys(deals)) for article_id, deals in found.items()}


def deals_by_id(session: Session, deal_ids: Collection[int]) -> dict[int, DealRow]:
    """These deals with all their reports."""
    return {
        deal.id: deal_row(session, deal)
        for some in in_batches(deal_ids)
        for deal in session.scalars(select(Deal).where(Deal.id.in_(some)))
    }
