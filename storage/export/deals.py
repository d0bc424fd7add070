"""Deals as rows of a table for spreadsheets."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from storage.export.cells import write_text
from storage.meaning import DealRow

COLUMNS = (
    "id", "company", "company_id", "kind", "value", "currency", "krw", "round", "investors", "period", "stated_date",
    "first_seen_at", "reports", "outlets", "differences", "evidence",
)  # fmt: skip


def deal_cells(deal: DealRow, *, time: Callable[[datetime], str | None], evidence: str | None) -> list[str]:
    """One deal under COLUMNS; no cell is one that a spreadsheet would run. `evidence` is as much as may be shown."""
    cells = {
        **{name: getattr(deal, name) for name in COLUMNS if hasattr(deal, name)},
        "investors": "; ".join(deal.investors),
        "first_seen_at": time(deal.first_seen_at),
        "reports": len(deal.reports),
        "outlets": "; ".join(dict.fromkeys(report.outlet for report in deal.reports)),
        "differences": "; ".join(
            f"{one.field}: {' / '.join(text for text, _ in one.versions)}" for one in deal.differences
        ),
        "evidence": evidence,
    }
    return [_cell(cells[column]) for column in COLUMNS]


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(value)
    return write_text(value) if value else ""
