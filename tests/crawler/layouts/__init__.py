"""Hand-made Korean article pages with gold: what the clean article of each must hold, and what it must not."""

from functools import cache

from . import cases_encodings, cases_lines, cases_metadata, cases_payloads, cases_repeats, cases_structure, cases_traps
from .pages import Layout

__all__ = ["Layout", "layouts"]

FAMILIES = (
    cases_lines,
    cases_repeats,
    cases_structure,
    cases_payloads,
    cases_metadata,
    cases_encodings,
    cases_traps,
)


@cache
def layouts() -> tuple[Layout, ...]:
    """Every page of the suite, in a stable order; names are unique."""
    return tuple(page for family in FAMILIES for page in family.cases())
