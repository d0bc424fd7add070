"""What is known of an outlet's health, as plain values. Times are aware."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

WHOLE_OUTLET = 0  # the `source_id` of a row that is about the outlet as a whole


class OutletState(StrEnum):
    """How an outlet or one of its sources is, worst first."""

    FAILING = "failing"  # it does not answer, or with something that cannot be read
    BLOCKED = "blocked"  # it answers, but not to us
    DEGRADED = "degraded"  # its pages are read, but what comes out has changed
    QUIET = "quiet"  # it answers, and has had nothing new for longer than is its habit
    OK = "ok"
    DISABLED = "disabled"  # the operator decided so


@dataclass(frozen=True, slots=True)
class SourceVisitRow:
    """What one source did in one visit; `error_class` None: it answered."""

    source_id: int
    announced: int
    new_items: int
    error_class: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look at a source, for the judgement."""

    at: datetime
    error_class: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the judgement needs of one enabled source: its last attempts, newest first, and when it had news."""

    id: int
    url: str
    kind: str
    added_at: datetime
    attempts: tuple[Attempt, ...] = ()
    news: tuple[datetime, ...] = ()  # oldest first
    error_count: int = 0
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """The figures of one finished visit that fetched pages."""

    id: int
    at: datetime
    extracted: int = 0
    unreadable: int = 0
    refused: int = 0
    drifted: int = 0
    text_chars: int = 0
    repeated_chars: int = 0
    log_chars: float = 0.0

    @property
    def pages(self) -> int:
        """Pages that could have given an article."""
        return self.extracted + self.unreadable


@dataclass(frozen=True, slots=True)
class MarkRow:
    """What the operator decided about an outlet."""

    outlet: str
    disabled_at: datetime | None = None
    disabled_why: str | None = None
    muted_until: datetime | None = None
    measured_from: datetime | None = None

    def is_muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """All that one outlet's state follows from. `latest_visit` is the id of the newest finished visit, 0: none."""

    outlet: str
    enabled: bool
    mark: MarkRow
    sources: tuple[SourceFacts, ...]
    visits: tuple[VisitFacts, ...]  # newest first
    latest_visit: int = 0


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A judgement as it is kept. `told` is the state the operator was last told of; what was read between `off_from`
    and `off_until`, the last time it was degraded, is nobody's habit.
    """

    outlet: str
    source_id: int
    state: OutletState
    since: datetime
    why: str
    judged_at: datetime
    judged_visit: int
    pending: OutletState | None = None
    pending_count: int = 0
    told: OutletState = OutletState.OK
    told_at: datetime | None = None
    off_from: datetime | None = None
    off_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessageClaim:
    """A message that this process alone may send until its lease runs out. `attempts` counts this one."""

    id: int
    round: str
    channel: str
    subject: str
    body: str
    created_at: datetime
    lease: str
    attempts: int
