"""Tables of watching over the outlets: what each source did at each visit, states, marks, messages to the operator."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, UtcDateTime

_STATES = "IN ('ok', 'quiet', 'failing', 'blocked', 'degraded', 'disabled')"


class SourceVisit(Base):
    """What one source did in one visit. `error_class` None: it answered; `new_items` were not there the time before."""

    __tablename__ = "source_visits"
    __table_args__ = (Index("ix_source_visits_source_id", "source_id", "at"), Index("ix_source_visits_at", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    visit_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    announced: Mapped[int]
    new_items: Mapped[int]
    error_class: Mapped[str | None] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(Text)


class HealthState(Base):
    """How an outlet (`source_id` 0) or one of its sources is, and what the operator was last told of it.

    `pending` is the state that the last `pending_count` judgements asked for and that is not believed yet.
    """

    __tablename__ = "health_states"
    __table_args__ = (
        CheckConstraint(f"state {_STATES}", name="state"),
        CheckConstraint(f"told {_STATES}", name="told"),
    )

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    source_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text)
    judged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    judged_visit: Mapped[int] = mapped_column(BigId)
    pending: Mapped[str | None] = mapped_column(String(8))
    pending_count: Mapped[int]
    told: Mapped[str] = mapped_column(String(8))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutletMark(Base):
    """What the operator decided about an outlet; `measured_from` begins the measure of what is normal anew."""

    __tablename__ = "outlet_marks"

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_why: Mapped[str | None] = mapped_column(Text)
    muted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    measured_from: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OperatorMessage(Base):
    """A message about one round of changes for one channel: its words are frozen, it is claimed before it is sent."""

    __tablename__ = "operator_messages"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name="state"),
        UniqueConstraint("round", "channel"),
        Index("ix_operator_messages_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    round: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int]
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
