"""What stories are judged by: heads of articles with their facts, signatures, links, how far the feed was read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from storage.models.archive import Article, ChangeRow, Revision
from storage.models.base import table_of
from storage.models.digest import StoryArticle
from storage.models.meaning import (
    ArticleAmount,
    ArticleEntity,
    ArticleFacts,
    CandidateSighting,
    Deal,
    DealReport,
    Entity,
)
from storage.models.stories import StoryLink, StorySignature, StoryState
from storage.stories.members import IDS_A_STATEMENT, in_batches, reported_at

LEAD_CHARACTERS = 240  # of the text behind the headline; reports differ in what they add further down


@dataclass(frozen=True, slots=True)
class StoryDealFact:
    """A deal as one article tells it. `company` is the entity's id or, where no lexicon has it, the name."""

    company: str
    known: bool
    kind: str
    value: float | None
    currency: str | None
    krw: float | None
    round: str | None


@dataclass(frozen=True, slots=True)
class StoryAmount:
    """A sum of money in an article; offsets count in headline and paragraphs, one a line."""

    start: int
    end: int
    value: float
    currency: str
    krw: float | None


@dataclass(frozen=True, slots=True)
class StoryText:
    """The head of a live article and what was read off it. `text` is the headline, a line break, and the lead.

    `entities` are (id, kind, mentions as in `ArticleEntity`). `mark` changes with the text and with the facts.
    """

    article_id: int
    reported_at: datetime
    text: str
    title_end: int
    mark: bytes
    entities: tuple[tuple[str, str, tuple[tuple[int, int], ...]], ...] = ()
    amounts: tuple[StoryAmount, ...] = ()
    deals: tuple[StoryDealFact, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredSignature:
    """A signature as it is kept; see `StorySignature`."""

    article_id: int
    mark: bytes
    reported_at: datetime
    keys: bytes
    terms: bytes
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles (the lower id first) and how surely they tell one event; below 0: surely not."""

    article_id: int
    other_id: int
    score: float


def last_change(session: Session) -> int:
    """The number of the newest change; 0 when there is none."""
    return session.scalar(select(func.max(ChangeRow.seq))) or 0


def changed_since(session: Session, seq: int) -> tuple[set[int], int]:
    """The articles of the changes after `seq`, and the last change there is."""
    last = last_change(session)
    ids = session.scalars(select(ChangeRow.article_id).where(ChangeRow.seq > seq, ChangeRow.seq <= last).distinct())
    return set(ids), last


def seen_since(session: Session, since: datetime) -> set[int]:
    """Live articles first seen at or after `since`, and those without a story."""
    placed = select(StoryArticle.article_id).where(StoryArticle.article_id == Article.id).exists()
    return set(
        session.scalars(select(Article.id).where(Article.state == "live", or_(Article.first_seen_at >= since, ~placed)))
    )


def story_state(session: Session) -> tuple[int, str] | None:
    """How far the change feed was read, and by which version of the rule; None before the first time."""
    row = session.get(StoryState, 1, populate_existing=True)
    return None if row is None else (row.seq, row.version)


def set_story_state(session: Session, seq: int, version: str) -> None:
    """Everything up to the change `seq` is in stories, by this version of the rule."""
    session.merge(StoryState(id=1, seq=seq, version=version))
    session.flush()


def marks_of(session: Session, article_ids: Collection[int]) -> dict[int, bytes]:
    """The mark of the signature that each of these articles has."""
    found: dict[int, bytes] = {}
    for some in in_batches(article_ids):
        query = select(StorySignature.article_id, StorySignature.mark).where(StorySignature.article_id.in_(some))
        found.update(session.execute(query).all())
    return found


def texts_to_judge(session: Session, article_ids: Collection[int], *, version: str) -> list[StoryText]:
    """The heads of the live ones among these articles, with their facts."""
    found: list[StoryText] = []
    for some in in_batches(article_ids):
        rows = session.execute(
            select(
                Article.id,
                Article.published_at,
                Article.first_seen_at,
                Article.revision,
                ArticleFacts.digest,
                Revision.title,
                Revision.body,
            )
            .join(Revision, Revision.seq == Article.revision)
            .outerjoin(ArticleFacts, ArticleFacts.article_id == Article.id)
            .where(Article.id.in_(some), Article.state == "live")
        ).all()
        ids = [row.id for row in rows]
        entities, amounts = _entities(session, ids), _amounts(session, ids)
        deals, candidates = _deals(session, ids), _candidates(session, ids)
        for row in rows:
            title = " ".join(row.title.split("\n"))
            at = reported_at(row.published_at, row.first_seen_at)
            found.append(
                StoryText(
                    article_id=row.id,
                    reported_at=at,
                    text=f"{title}\n{_lead(row.body)}",
                    title_end=len(title),
                    mark=_mark(version, row.revision, row.digest, at),
                    entities=tuple(entities[row.id]),
                    amounts=tuple(amounts[row.id]),
                    deals=tuple(deals[row.id]),
                    candidates=tuple(candidates[row.id]),
                )
            )
    return found


def _lead(body: Sequence[str]) -> str:
    """The beginning of a text, its lines joined as offsets of facts count them."""
    parts, length = [], 0
    for part in body:
        parts.append(" ".join(part.split("\n")))
        length += len(part) + 1
        if length > LEAD_CHARACTERS:
            break
    return "\n".join(parts)[:LEAD_CHARACTERS]


def _mark(version: str, revision: int, facts: bytes | None, at: datetime) -> bytes:
    parts = f"{version} {revision} {at.isoformat()} ".encode() + (facts or b"")
    return blake2b(parts, digest_size=16).digest()


def _entities(
    session: Session, article_ids: Sequence[int]
) -> defaultdict[int, list[tuple[str, str, tuple[tuple[int, int], ...]]]]:
    rows = session.execute(
        select(ArticleEntity.article_id, Entity.id, Entity.kind, ArticleEntity.mentions)
        .join(Entity, Entity.id == ArticleEntity.entity_id)
        .where(ArticleEntity.article_id.in_(article_ids))
        .order_by(ArticleEntity.article_id, Entity.id)
    )
    found: defaultdict[int, list[tuple[str, str, tuple[tuple[int, int], ...]]]] = defaultdict(list)
    for article_id, entity_id, kind, mentions in rows:
        found[article_id].append((entity_id, kind, tuple((start, end) for start, end in mentions)))
    return found


def _amounts(session: Session, article_ids: Sequence[int]) -> defaultdict[int, list[StoryAmount]]:
    rows = session.execute(
        select(
            ArticleAmount.article_id,
            ArticleAmount.start,
            ArticleAmount.end,
            ArticleAmount.value,
            ArticleAmount.currency,
            ArticleAmount.krw,
        )
        .where(ArticleAmount.article_id.in_(article_ids), ArticleAmount.role == "amount")
        .order_by(ArticleAmount.article_id, ArticleAmount.number)
    )
    found: defaultdict[int, list[StoryAmount]] = defaultdict(list)
    for article_id, start, end, value, currency, krw in rows:
        found[article_id].append(StoryAmount(start, end, value, currency, krw))
    return found


def _deals(session: Session, article_ids: Sequence[int]) -> defaultdict[int, list[StoryDealFact]]:
    rows = session.execute(
        select(DealReport, Deal)
        .join(Deal, Deal.id == DealReport.deal_id)
        .where(DealReport.article_id.in_(article_ids))
        .order_by(DealReport.article_id, DealReport.number)
    )
    found: defaultdict[int, list[StoryDealFact]] = defaultdict(list)
    for report, deal in rows:
        found[report.article_id].append(
            StoryDealFact(
                company=deal.company_id or deal.company,
                known=deal.company_id is not None,
                kind=deal.kind,
                value=report.value,
                currency=report.currency,
                krw=report.krw,
                round=report.round,
            )
        )
    return found


def _candidates(session: Session, article_ids: Sequence[int]) -> defaultdict[int, list[str]]:
    rows = session.execute(
        select(CandidateSighting.article_id, CandidateSighting.name)
        .where(CandidateSighting.article_id.in_(article_ids))
        .order_by(CandidateSighting.article_id, CandidateSighting.name)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for article_id, name in rows:
        found[article_id].append(name)
    return found


_signatures = table_of(StorySignature)
_links = table_of(StoryLink)


def save_signatures(session: Session, signatures: Sequence[StoredSignature]) -> None:
    """Keep these signatures, in place of those their articles had."""
    for some in in_batches([one.article_id for one in signatures]):
        session.connection().execute(delete(_signatures).where(_signatures.c.article_id.in_(some)))
    if signatures:
        rows = [
            {
                "article_id": one.article_id,
                "mark": one.mark,
                "reported_at": one.reported_at,
                "keys": one.keys,
                "terms": one.terms,
                "facts": one.facts,
            }
            for one in signatures
        ]
        session.connection().execute(insert(_signatures), rows)


def keys_between(session: Session, since: datetime, until: datetime) -> list[tuple[int, datetime, bytes]]:
    """(article, time of report, keys) of every signature reported in [since, until]."""
    query = select(_signatures.c.article_id, _signatures.c.reported_at, _signatures.c["keys"])
    rows = session.connection().execute(
        query.where(_signatures.c.reported_at >= since, _signatures.c.reported_at <= until)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def signatures_of(session: Session, article_ids: Collection[int]) -> dict[int, StoredSignature]:
    """The signatures that these articles have."""
    found: dict[int, StoredSignature] = {}
    for some in in_batches(article_ids):
        query = select(
            _signatures.c.article_id,
            _signatures.c.mark,
            _signatures.c.reported_at,
            _signatures.c["keys"],
            _signatures.c.terms,
            _signatures.c.facts,
        ).where(_signatures.c.article_id.in_(some))
        found.update((row[0], StoredSignature(*row)) for row in session.connection().execute(query))
    return found


def forget_signatures(session: Session, article_ids: Collection[int]) -> set[int]:
    """Erase signatures and links of articles that are gone; the articles that they were linked with."""
    for some in in_batches(article_ids):
        session.connection().execute(delete(_signatures).where(_signatures.c.article_id.in_(some)))
    return forget_links(session, article_ids)


def forget_links(session: Session, article_ids: Collection[int]) -> set[int]:
    """Erase the links of these articles; the articles at their other ends."""
    ends: set[int] = set()
    for some in in_batches(article_ids):
        ours = or_(_links.c.article_id.in_(some), _links.c.other_id.in_(some))
        gone = delete(_links).where(ours).returning(_links.c.article_id, _links.c.other_id)
        ends.update(article_id for row in session.connection().execute(gone) for article_id in row)
    return ends - set(article_ids)


def save_links(session: Session, links: Iterable[Link]) -> None:
    """Keep these links; those of the same articles must have been forgotten."""
    rows = [{"article_id": one.article_id, "other_id": one.other_id, "score": one.score} for one in links]
    if rows:
        session.connection().execute(insert(_links), rows)


def links_of(session: Session, article_ids: Collection[int]) -> dict[tuple[int, int], float]:
    """The score of every link of these articles."""
    found: dict[tuple[int, int], float] = {}
    for some in in_batches(article_ids):
        for ours in (_links.c.article_id.in_(some), _links.c.other_id.in_(some)):
            query = select(_links.c.article_id, _links.c.other_id, _links.c.score).where(ours)
            found.update(((row[0], row[1]), row[2]) for row in session.connection().execute(query))
    return found


def entity_names(session: Session, entity_ids: Collection[str]) -> dict[str, tuple[str, list[str]]]:
    """The name and all names of each of these entities."""
    ordered = sorted(entity_ids)
    found: dict[str, tuple[str, list[str]]] = {}
    for start in range(0, len(ordered), IDS_A_STATEMENT):
        some = ordered[start : start + IDS_A_STATEMENT]
        rows = session.execute(select(Entity.id, Entity.name, Entity.names).where(Entity.id.in_(some)))
        found.update((row.id, (row.name, row.names)) for row in rows)
    return found
