"""Tables of collecting: the sources of each outlet and the history of visits."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, UtcDateTime

# What visits from before these figures were kept have in their place.
NONE = text("0")
EMPTY = text("'{}'")


class Source(Base):
    """A feed, sitemap or list of an outlet and what its last answers left behind."""

    __tablename__ = "sources"
    __table_args__ = (
        UniqueConstraint("outlet", "url"),
        Index("ix_sources_next_visit_at", "enabled", "next_visit_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    enabled: Mapped[bool]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_visit_at: Mapped[datetime] = mapped_column(UtcDateTime)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[str | None] = mapped_column(Text)
    error_count: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_new_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen: Mapped[bytes | None] = mapped_column(LargeBinary)
    ttl_seconds: Mapped[int | None]
    parts: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonValue)


class Visit(Base):
    """One visit of one outlet. Without `finished_at` it is under way or was cut off."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_outlet", "outlet", "id"), Index("ix_visits_started_at", "started_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    candidates: Mapped[int]
    fetched: Mapped[int]
    stored: Mapped[int]
    duplicates: Mapped[int]
    corrected: Mapped[int]
    unchanged: Mapped[int]
    gone: Mapped[int]
    off_topic: Mapped[int]
    failed: Mapped[int]
    closed: Mapped[int] = mapped_column(server_default=NONE)
    extracted: Mapped[int] = mapped_column(server_default=NONE)
    unreadable: Mapped[int] = mapped_column(server_default=NONE)
    refused: Mapped[int] = mapped_column(server_default=NONE)
    drifted: Mapped[int] = mapped_column(server_default=NONE)
    new_items: Mapped[int] = mapped_column(server_default=NONE)
    text_chars: Mapped[int] = mapped_column(server_default=NONE)
    repeated_chars: Mapped[int] = mapped_column(server_default=NONE)
    log_chars: Mapped[float] = mapped_column(Float, server_default=NONE)
    received: Mapped[int] = mapped_column(BigInteger, server_default=NONE)
    failures: Mapped[dict[str, int]] = mapped_column(JsonValue, server_default=EMPTY)
    leads: Mapped[int] = mapped_column(server_default=NONE)
    unsure: Mapped[int] = mapped_column(server_default=NONE)
    errors: Mapped[list[str]] = mapped_column(JsonValue)
    error: Mapped[str | None] = mapped_column(Text)
