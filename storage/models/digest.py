"""Tables of the digest: stories, issues with their frozen bytes, and the outbox of deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, OptionalJson, UtcDateTime

ONE_REPORT = text("kind IN ('new', 'follow_up')")


class Story(Base):
    """One event as several outlets told it. `head_id` is its first report; a story that was merged points on.

    `reason` says why its articles are together: what they share, and how many share text.
    """

    __tablename__ = "stories"
    __table_args__ = (
        Index("ix_stories_first_reported_at", "first_reported_at", "id"),
        Index("ix_stories_head_id", "head_id"),
        Index("ix_stories_merged_into", "merged_into"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    head_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    first_reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("stories.id"))
    reason: Mapped[dict[str, Any] | None] = mapped_column(OptionalJson)


class StoryArticle(Base):
    """An article's place in a story: an article is in one story at a time."""

    __tablename__ = "story_articles"
    __table_args__ = (Index("ix_story_articles_story_id", "story_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))


class DigestIssue(Base):
    """A closed window of a watch and, when there was something to say, the mail as it was composed, for ever.

    `message` is the mail without the lines that differ from reader to reader. `change_seq` is the last change it saw.
    `content` is what it says, compressed, for the page at its unguessable `web_token` and for new editions.
    """

    __tablename__ = "digest_issues"
    __table_args__ = (
        UniqueConstraint("watch", "window_end"),
        Index("uq_digest_issues_web_token", "web_token", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    watch: Mapped[str] = mapped_column(String(64))
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    window_end: Mapped[datetime] = mapped_column(UtcDateTime)
    composed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    change_seq: Mapped[int] = mapped_column(BigInteger)
    stories: Mapped[int]
    subject: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    message: Mapped[bytes | None] = mapped_column(LargeBinary)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    web_token: Mapped[str | None] = mapped_column(String(32))


class DigestIssueArticle(Base):
    """What an issue said of an article, and of which version. The partial index is the promise: told once a watch."""

    __tablename__ = "digest_issue_articles"
    __table_args__ = (
        CheckConstraint("kind IN ('new', 'follow_up', 'correction', 'gone')", name="kind"),
        Index(
            "uq_digest_issue_articles_told",
            "watch",
            "article_id",
            unique=True,
            sqlite_where=ONE_REPORT,
            postgresql_where=ONE_REPORT,
        ),
        Index("ix_digest_issue_articles_article_id", "article_id"),
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("digest_issues.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    watch: Mapped[str] = mapped_column(String(64))
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    kind: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(BigInteger)


class Delivery(Base):
    """An issue on its way to one reader. A row being sent holds a lease; a lease that ran out means a crash.

    `variant` says which rendering the reader gets; empty is that of the issue itself.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'deferred', 'uncertain', 'failed')", name="state"),
        UniqueConstraint("issue_id", "recipient", "edition"),
        UniqueConstraint("message_id"),
        Index("ix_deliveries_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("digest_issues.id"))
    variant: Mapped[str] = mapped_column(String(96), server_default=text("''"))
    recipient: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(Integer)
    first_refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    edition: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    in_reply_to: Mapped[str | None] = mapped_column(String(200))


class Suppression(Base):
    """An address that is sent nothing: its server said there is no such mailbox, or the operator decided so."""

    __tablename__ = "suppressions"
    __table_args__ = (CheckConstraint("source IN ('refused', 'bounce', 'operator')", name="source"),)

    key: Mapped[str] = mapped_column(String(254), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
