"""The facts of an article, written whole: what was there before goes, deals keep their ids."""

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from storage.changes import hold_feed
from storage.meaning.merging import place_deals, settle_deals
from storage.meaning.records import CandidateDraft, EntityDraft, FactsDraft
from storage.models.archive import Article
from storage.models.meaning import (
    ArticleAmount,
    ArticleEntity,
    ArticleFacts,
    CandidateName,
    CandidateSighting,
    DealReport,
    Entity,
)
from storage.models.stories import StoryLink, StorySignature, StoryVector
from storage.text import clean_value

_NAME_LENGTH = 100


def store_facts(session: Session, article_id: int, facts: FactsDraft, *, now: datetime) -> bool:
    """Keep what was read off an article, inside the caller's `writer()`. True if it is not what was kept before.

    An article that is gone keeps no facts.
    """
    hold_feed(session)
    article = session.get_one(Article, article_id, populate_existing=True)
    if article.state != "live":
        return False
    facts = clean_value(facts)
    digest = hashlib.blake2b(repr(facts).encode(), digest_size=16).digest()
    row = session.get(ArticleFacts, article_id, populate_existing=True)
    if row is not None and row.digest == digest:
        row.revision, row.read_at = article.revision, now
        return False
    _clear(session, article_id, keep_deals=True)
    for entity in facts.entities:
        _write_entity(session, article_id, entity)
    session.add_all(
        ArticleAmount(
            article_id=article_id,
            number=number,
            start=amount.start,
            end=amount.end,
            value=amount.value,
            currency=amount.currency,
            krw=amount.krw,
            qualifier=amount.qualifier,
            role=amount.role,
            flags=list(amount.flags),
        )
        for number, amount in enumerate(facts.amounts)
    )
    place_deals(session, article, facts.deals)
    for candidate in {one.name[:_NAME_LENGTH]: one for one in facts.candidates}.values():
        _write_candidate(session, article, candidate)
    session.merge(ArticleFacts(article_id=article_id, revision=article.revision, digest=digest, read_at=now))
    session.flush()
    return True


def forget_facts(session: Session, article_id: int) -> None:
    """Erase what was read off an article: it was taken down, and its sentences with it."""
    _clear(session, article_id, keep_deals=False)
    session.execute(delete(StoryVector).where(StoryVector.article_id == article_id))
    session.execute(delete(StorySignature).where(StorySignature.article_id == article_id))
    session.execute(delete(StoryLink).where(or_(StoryLink.article_id == article_id, StoryLink.other_id == article_id)))
    session.execute(delete(ArticleFacts).where(ArticleFacts.article_id == article_id))
    session.flush()


def _clear(session: Session, article_id: int, *, keep_deals: bool) -> None:
    for model in (ArticleEntity, ArticleAmount, CandidateSighting):
        session.execute(delete(model).where(model.article_id == article_id))
    if not keep_deals:
        deals = list(session.scalars(select(DealReport.deal_id).where(DealReport.article_id == article_id)))
        session.execute(delete(DealReport).where(DealReport.article_id == article_id))
        settle_deals(session, deals)


def _write_entity(session: Session, article_id: int, entity: EntityDraft) -> None:
    session.merge(
        Entity(
            id=entity.id,
            name=entity.name,
            kind=entity.kind,
            zgc=entity.zgc,
            home=entity.home,
            names=list(entity.names),
        )
    )
    session.flush()
    session.add(
        ArticleEntity(
            article_id=article_id,
            entity_id=entity.id,
            in_title=entity.in_title,
            mentions=[list(place) for place in entity.mentions],
        )
    )


def _write_candidate(session: Session, article: Article, candidate: CandidateDraft) -> None:
    candidate = replace(candidate, name=candidate.name[:_NAME_LENGTH])
    known = session.get(CandidateName, candidate.name, populate_existing=True)
    if known is None:
        session.add(
            CandidateName(name=candidate.name, alias=candidate.alias, state="new", first_seen_at=article.first_seen_at)
        )
    elif known.alias is None:
        known.alias = candidate.alias
    session.flush()
    session.add(CandidateSighting(name=candidate.name, article_id=article.id, sentence=candidate.sentence))
