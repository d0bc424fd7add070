"""Runs of re-extraction: how far each came, so that an interrupted one goes on where it stopped."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, UtcDateTime

# Where a revision comes from: the outlet's page was new or had changed, or it was read again by a newer extractor.
VISIT, REEXTRACTION = "visit", "reextraction"


class ReextractionRun(Base):
    """One pass over stored pages. `selection` names what was asked for and by which version of the extractor."""

    __tablename__ = "reextraction_runs"
    __table_args__ = (Index("ix_reextraction_runs_selection", "selection", "finished_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    selection: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(String(8))
    after: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
