"""A deal as one article tells it."""

from dataclasses import dataclass
from decimal import Decimal

KINDS = ("raised", "valued", "acquired", "listed", "fund_formed", "subsidy", "area_total")


@dataclass(frozen=True, slots=True)
class Deal:
    """One row: `company` is the one that raised, was valued, was bought, went public, or the area or fund meant.

    `company_id` is its lexicon id, None for a name the lexicon does not have. Money is None where the text gives none.
    `investors` are buyers for an acquisition. `period` and `stated_date` are the text's own words ("작년", "24일").
    Offsets are those of the evidence sentence in the text.
    """

    company: str
    company_id: str | None
    kind: str
    value: Decimal | None
    currency: str | None
    krw: Decimal | None
    round: str | None
    investors: tuple[str, ...]
    period: str | None
    stated_date: str | None
    evidence: str
    start: int
    end: int
