"""Tables of readers: who they are, what is watched for them, who reads what, and an issue as some of them get it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, UtcDateTime


class Subscriber(Base):
    """A person who gets mail. `key` is the address without regard to case; links to leave derive from `secret`.

    `zone` None: times are shown in the zone of the watch. `excerpts`: may be shown openings where the outlet allows it.
    """

    __tablename__ = "subscribers"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("language IN ('ko', 'en')", name="language"),
        CheckConstraint("format IN ('html', 'text')", name="format"),
        CheckConstraint("state IN ('pending', 'active', 'unsubscribed')", name="state"),
        CheckConstraint("origin IN ('settings', 'operator', 'sign_up')", name="origin"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    zone: Mapped[str | None] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(8))
    excerpts: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16))
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opted_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the mail with the link to confirm was made


class Watch(Base):
    """What is watched for, and when it is told. `rules` and `schedule` are those of digest/watches.py."""

    __tablename__ = "watches"
    __table_args__ = (
        CheckConstraint("kind IN ('daily', 'weekly', 'alert')", name="kind"),
        CheckConstraint("origin IN ('settings', 'operator')", name="origin"),
    )

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(8))
    rules: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    schedule: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    channels: Mapped[list[str]] = mapped_column(JsonValue)
    paused: Mapped[bool]
    open_to_all: Mapped[bool]
    origin: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Subscription(Base):
    """A reader of a watch. Who left stays on record, so that nothing brings that reader back unasked."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'active', 'left')", name="state"),
        Index("ix_subscriptions_subscriber_id", "subscriber_id"),
    )

    watch: Mapped[str] = mapped_column(ForeignKey("watches.name"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DigestRendering(Base):
    """An issue as readers of another language, form, zone or right than the house's get it, for ever."""

    __tablename__ = "digest_renderings"

    issue_id: Mapped[int] = mapped_column(ForeignKey("digest_issues.id"), primary_key=True, autoincrement=False)
    variant: Mapped[str] = mapped_column(String(96), primary_key=True)
    subject: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    message: Mapped[bytes] = mapped_column(LargeBinary)


class DigestEdition(Base):
    """What a new edition of an issue says, compressed as the issue's own content is. Edition 0 is the issue."""

    __tablename__ = "digest_editions"

    issue_id: Mapped[int] = mapped_column(ForeignKey("digest_issues.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary)
