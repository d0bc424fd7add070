"""What articles say: entities and where they are named, amounts, deals and who reported them, names to be reviewed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, UtcDateTime


class ArticleFacts(Base):
    """That an article's facts were read, of which revision, and a digest that shows whether a re-run changed any."""

    __tablename__ = "article_facts"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(BigId)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Entity(Base):
    """An entity of the lexicon that an article has named; its names as of the newest reading."""

    __tablename__ = "entities"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    zgc: Mapped[bool]
    home: Mapped[str] = mapped_column(String(8))
    names: Mapped[list[str]] = mapped_column(JsonValue)


class ArticleEntity(Base):
    """An entity in an article. `mentions` are [start, end] in title and paragraphs joined by line breaks."""

    __tablename__ = "article_entities"
    __table_args__ = (Index("ix_article_entities_entity_id", "entity_id", "article_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), primary_key=True)
    in_title: Mapped[bool]
    mentions: Mapped[list[list[int]]] = mapped_column(JsonValue)


class ArticleAmount(Base):
    """A sum of money in an article; `number` counts them in reading order."""

    __tablename__ = "article_amounts"
    __table_args__ = (CheckConstraint("role IN ('amount', 'threshold')", name="role"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    value: Mapped[float] = mapped_column(Float(53))
    currency: Mapped[str] = mapped_column(String(3))
    krw: Mapped[float | None] = mapped_column(Float(53))
    qualifier: Mapped[str | None] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(10))
    flags: Mapped[list[str]] = mapped_column(JsonValue)


class Deal(Base):
    """One deal, however many articles tell it. Its fields are those of its first report."""

    __tablename__ = "deals"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('raised', 'valued', 'acquired', 'listed', 'fund_formed', 'subsidy', 'area_total')", name="kind"
        ),
        Index("ix_deals_company_key", "company_key", "kind", "first_seen_at"),
        Index("ix_deals_first_seen_at", "first_seen_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_key: Mapped[str] = mapped_column(String(100))
    company: Mapped[str] = mapped_column(Text)
    company_id: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[float | None] = mapped_column(Float(53))
    currency: Mapped[str | None] = mapped_column(String(3))
    krw: Mapped[float | None] = mapped_column(Float(53))
    round: Mapped[str | None] = mapped_column(String(40))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DealReport(Base):
    """A deal as one article tells it, with the sentence; `number` counts the deals of the article."""

    __tablename__ = "deal_reports"
    __table_args__ = (Index("ix_deal_reports_deal_id", "deal_id", "article_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    value: Mapped[float | None] = mapped_column(Float(53))
    currency: Mapped[str | None] = mapped_column(String(3))
    krw: Mapped[float | None] = mapped_column(Float(53))
    round: Mapped[str | None] = mapped_column(String(40))
    investors: Mapped[list[str]] = mapped_column(JsonValue)
    period: Mapped[str | None] = mapped_column(Text)
    stated_date: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)


class CandidateName(Base):
    """A name that may be a company and is in no lexicon yet; a person says what becomes of it."""

    __tablename__ = "candidate_names"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'dismissed')", name="state"),
        Index("ix_candidate_names_state", "state", "first_seen_at"),
    )

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    alias: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CandidateSighting(Base):
    """An article that has a candidate's name, with the sentence."""

    __tablename__ = "candidate_sightings"

    name: Mapped[str] = mapped_column(ForeignKey("candidate_names.name"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    sentence: Mapped[str] = mapped_column(Text)
