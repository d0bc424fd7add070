"""Tables of what stories are made with: what an article is about, which articles tell one event, who follows whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, JsonValue, UtcDateTime


class StoryAnchor(Base):
    """The article a story has its id from: each article gives an id to one story at most, and for ever."""

    __tablename__ = "story_anchors"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), unique=True)


class StoryFollow(Base):
    """A story that goes on where an older one ended, and what says so."""

    __tablename__ = "story_follows"
    __table_args__ = (Index("ix_story_follows_older_id", "older_id"),)

    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), primary_key=True, autoincrement=False)
    older_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    evidence: Mapped[dict[str, Any]] = mapped_column(JsonValue)


class StorySignature(Base):
    """What of an article is compared with others, computed once from one version of its text and facts (`mark`).

    `keys` are the hashes by which articles to compare are found, `terms` the weighted words and letters; packed.
    """

    __tablename__ = "story_signatures"
    __table_args__ = (Index("ix_story_signatures_reported_at", "reported_at"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    keys: Mapped[bytes] = mapped_column(LargeBinary)
    terms: Mapped[bytes] = mapped_column(LargeBinary)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)


class StoryLink(Base):
    """How surely two articles tell one event; below 0: surely not. `article_id` is the lower id."""

    __tablename__ = "story_links"
    __table_args__ = (Index("ix_story_links_other_id", "other_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    score: Mapped[float] = mapped_column(Float(53))


class StoryState(Base):
    """How far the change feed was read for stories, and by which version of the rule: one row."""

    __tablename__ = "story_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[str] = mapped_column(String(64))


class StoryVector(Base):
    """What a model made of an article's headline and lead, once: 384 signed bytes. `mark` tells the text's version."""

    __tablename__ = "story_vectors"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(64))
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
