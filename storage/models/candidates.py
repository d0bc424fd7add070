"""Tables of what was found and not (yet) fetched: leads, backfills with their steps, daily quotas, article numbers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, UtcDateTime


class Lead(Base):
    """A headline a news search told of. It is no article: its page is fetched by its own outlet's visit, or never."""

    __tablename__ = "leads"
    __table_args__ = (
        CheckConstraint("state IN ('lead', 'waiting', 'taken')", name="state"),
        UniqueConstraint("key"),
        Index("ix_leads_waiting", "state", "outlet", "due_at"),
        Index("ix_leads_found_at", "found_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    url: Mapped[str] = mapped_column(Text)
    finder: Mapped[str] = mapped_column(String(40))
    outlet: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str | None] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    publisher: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8))


class Quota(Base):
    """How much of a daily allowance is used up. `day` is the day of the zone in which the allowance begins anew."""

    __tablename__ = "quotas"

    service: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    used: Mapped[int]


class Backfill(Base):
    """A stretch of time to be read again from an outlet's sitemaps and lists: asked for, or missed while down."""

    __tablename__ = "backfills"
    __table_args__ = (
        CheckConstraint("reason IN ('asked', 'catch_up')", name="reason"),
        Index("ix_backfills_outlet", "outlet", "finished_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(16))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BackfillStep(Base):
    """One sitemap or list page of a backfill. Open steps are what is left to do; `before` is the page before it."""

    __tablename__ = "backfill_steps"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'failed')", name="state"),
        UniqueConstraint("backfill_id", "key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    backfill_id: Mapped[int] = mapped_column(ForeignKey("backfills.id"))
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(Text)
    source_url: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    depth: Mapped[int]
    day: Mapped[date | None] = mapped_column(Date)
    before: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int]
    candidates: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)


class UrlNumber(Base):
    """An article's own number at its outlet, and the address under which its page was judged first."""

    __tablename__ = "url_numbers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(200), primary_key=True)
    url_key: Mapped[bytes] = mapped_column(ForeignKey("urls.key"))
