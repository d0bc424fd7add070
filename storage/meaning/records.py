"""Facts as they go into the archive and come out of it. Offsets count in title and paragraphs, one a line."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EntityDraft:
    """An entity with the places it is named at; `names` are all names the lexicon has for it."""

    id: str
    name: str
    kind: str
    zgc: bool
    home: str
    names: tuple[str, ...]
    mentions: tuple[tuple[int, int], ...]
    in_title: bool


@dataclass(frozen=True, slots=True)
class AmountDraft:
    """A sum of money: `value` in `currency`, `krw` as the article itself gives it."""

    start: int
    end: int
    value: float
    currency: str
    krw: float | None
    qualifier: str | None
    role: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DealDraft:
    """A deal as one article tells it. `company_id` is None for a company no lexicon has."""

    company: str
    company_id: str | None
    kind: str
    value: float | None
    currency: str | None
    krw: float | None
    round: str | None
    investors: tuple[str, ...]
    period: str | None
    stated_date: str | None
    evidence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CandidateDraft:
    """A name that may be a company, with its sentence."""

    name: str
    alias: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class FactsDraft:
    """All that was read off one article."""

    entities: tuple[EntityDraft, ...] = ()
    amounts: tuple[AmountDraft, ...] = ()
    deals: tuple[DealDraft, ...] = ()
    candidates: tuple[CandidateDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity with how often live articles name it, and when the first and the last of them were first seen."""

    id: str
    name: str
    kind: str
    zgc: bool
    home: str
    names: tuple[str, ...]
    articles: int
    mentions: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate with the sentences it was seen in, newest first."""

    name: str
    alias: str | None
    state: str
    first_seen_at: datetime
    articles: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One outlet's version of a deal."""

    article_id: int
    outlet: str
    url: str
    first_seen_at: datetime
    value: float | None
    currency: str | None
    krw: float | None
    round: str | None
    investors: tuple[str, ...]
    period: str | None
    stated_date: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class DealDifference:
    """A field that not all reports give alike: each version with the articles that have it."""

    field: str
    versions: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class DealRow:
    """A deal with all its reports, the first one first, and where they differ."""

    id: int
    company: str
    company_id: str | None
    kind: str
    value: float | None
    currency: str | None
    krw: float | None
    round: str | None
    investors: tuple[str, ...]
    period: str | None
    stated_date: str | None
    first_seen_at: datetime
    reports: tuple[ReportRow, ...]
    differences: tuple[DealDifference, ...]
