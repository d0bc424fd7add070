"""Deals as a page shows them: kind, sum and the outlets' differing versions in the visitor's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.words import words
from storage.meaning import DealRow
from web.rows import View


class Told(Protocol):
    """A deal with its money, wherever it comes from."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def krw(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class ShownReport:
    """One outlet's version; `evidence` is as much of the sentence as may be shown."""

    article_id: int
    outlet_name: str
    at: datetime
    money: str | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class ShownDeal:
    """One deal as a row of a table."""

    id: int
    company: str
    company_id: str | None
    kind: str
    money: str
    won: str | None
    round: str | None
    investors: tuple[str, ...]
    at: datetime
    reports: tuple[ShownReport, ...]
    differs: bool


def kind_name(kind: str, language: str) -> str:
    return words(language)(f"kind.{kind}")


def money(deal: Told, language: str) -> str:
    """`4억 달러`, or that it was not told."""
    speak = words(language)
    return speak("deal.no_amount") if deal.value is None else speak.money(deal.value, deal.currency)


def won(deal: Told, language: str) -> str | None:
    """The sum in won as an article itself gives it, where the deal is in another currency."""
    return words(language).money(deal.krw, "KRW") if deal.krw is not None and deal.currency != "KRW" else None


def shown_deals(deals: Sequence[DealRow], view: View, language: str) -> list[ShownDeal]:
    """Deals of a table."""
    return [_shown(deal, view, language) for deal in deals]


def _shown(deal: DealRow, view: View, language: str) -> ShownDeal:
    speak = words(language)
    reports = tuple(
        ShownReport(
            article_id=report.article_id,
            outlet_name=view.outlet_name(report.outlet),
            at=report.first_seen_at,
            money=None if report.value is None else speak.money(report.value, report.currency),
            evidence=view.sight(report.outlet).sentence(report.evidence),
        )
        for report in deal.reports
    )
    return ShownDeal(
        id=deal.id,
        company=deal.company,
        company_id=deal.company_id,
        kind=kind_name(deal.kind, language),
        money=money(deal, language),
        won=won(deal, language),
        round=deal.round,
        investors=deal.investors,
        at=deal.first_seen_at,
        reports=reports,
        differs=bool(deal.differences),
    )
