"""What articles say, kept: entities, amounts, deals, names to be reviewed."""

from storage.meaning.facts import forget_facts, store_facts
from storage.meaning.records import (
    AmountDraft,
    CandidateDraft,
    DealDifference,
    DealDraft,
    DealRow,
    EntityDraft,
    EntityRow,
    FactsDraft,
    ReportRow,
)

__all__ = [
    "AmountDraft",
    "CandidateDraft",
    "DealDifference",
    "DealDraft",
    "DealRow",
    "EntityDraft",
    "EntityRow",
    "FactsDraft",
    "ReportRow",
    "forget_facts",
    "store_facts",
]
