"""Lines an outlet prints under its articles, learned from the archive: suggested, then approved or rejected by hand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, UtcDateTime


class BoilerplateLine(Base):
    """A repeated last line. `articles` of the `looked_at` newest ones end with it; `doubt` says why it may be text."""

    __tablename__ = "boilerplate_lines"
    __table_args__ = (
        CheckConstraint("state IN ('suggested', 'approved', 'rejected')", name="state"),
        UniqueConstraint("outlet", "key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    line: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    articles: Mapped[int]
    looked_at: Mapped[int]
    sample_urls: Mapped[list[str]] = mapped_column(JsonValue)
    doubt: Mapped[str | None] = mapped_column(Text)
    suggested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
