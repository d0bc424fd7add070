"""Deals as readers see them: merged, with every outlet's version and where the versions differ."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, case, cast, select
from sqlalchemy.orm import Session

from storage import cursor
from storage.meaning.records import DealDifference, DealRow, ReportRow
from storage.models.archive import Article
from storage.models.meaning import Deal, DealReport, Entity

_LIST = "deals"
_COMPARED = ("value", "krw", "round", "investors")


@dataclass(frozen=True, slots=True)
class DealFilters:
    """Which deals: of a company (its entity id), from an investor (the shown name), of a kind, by money and time.

    `min_value` and `max_value` are in the deal's own currency; `min_krw` and `max_krw` ask for the sum in won, as it
    was told. Both ends count, as does `since`; `until` does not.
    """

    company_id: str | None = None
    investor: str | None = None
    kind: str | None = None
    currency: str | None = None
    min_value: float | None = None
    max_value: float | None = None
    min_krw: float | None = None
    max_krw: float | None = None
    since: datetime | None = None
    until: datetime | None = None


_EVERYTHING = DealFilters()


def list_deals(
    session: Session, *, limit: int = 100, after: str | None = None, filters: DealFilters = _EVERYTHING
) -> tuple[list[DealRow], str | None]:
    """One page of deals, newest first, and the cursor of the next page. Raises CursorError for a foreign cursor."""
    wanted = select(Deal).where(*_conditions(filters))
    if after is not None:
        wanted = wanted.where(cursor.older_than(_LIST, after, Deal.first_seen_at, Deal.id))
    newest_first = wanted.order_by(Deal.first_seen_at.desc(), Deal.id.desc()).limit(limit + 1)
    deals = list(session.scalars(newest_first))
    reports = _reports(session, [deal.id for deal in deals[:limit]])
    rows = [_deal_row(deal, tuple(reports[deal.id])) for deal in deals[:limit]]
    if len(deals) <= limit:
        return rows, None
    last = rows[-1]
    return rows, cursor.encode(_LIST, cursor.microseconds(last.first_seen_at), last.id)


def iter_deals(session: Session, filters: DealFilters = _EVERYTHING) -> Iterator[DealRow]:
    """Every deal, newest first."""
    after = None
    while True:
        rows, after = list_deals(session, after=after, filters=filters)
        yield from rows
        if after is None:
            return


def _conditions(filters: DealFilters) -> Iterator[ColumnElement[bool]]:
    equal = {Deal.company_id: filters.company_id, Deal.kind: filters.kind, Deal.currency: filters.currency}
    yield from (column == value for column, value in equal.items() if value is not None)
    won = case((Deal.currency == "KRW", Deal.value), else_=Deal.krw)
    least = ((Deal.value, filters.min_value), (won, filters.min_krw), (Deal.first_seen_at, filters.since))
    yield from (column >= value for column, value in least if value is not None)
    most = ((Deal.value, filters.max_value), (won, filters.max_krw))
    yield from (column <= value for column, value in most if value is not None)
    if filters.until is not None:
        yield Deal.first_seen_at < filters.until
    if filters.investor is not None:
        gave = cast(DealReport.investors, Text).contains(
            json.dumps(filters.investor, ensure_ascii=False), autoescape=True
        )
        yield Deal.id.in_(select(DealReport.deal_id).where(gave))


def investor_name(session: Session, investor: str) -> str:
    """The name that deals show for an entity's id; any other text is such a name itself."""
    return session.scalar(select(Entity.name).where(Entity.id == investor)) or investor


def deal_row(session: Session, deal: Deal) -> DealRow:
    """A deal with its reports, the first first."""
    return _deal_row(deal, tuple(_reports(session, [deal.id])[deal.id]))


def _deal_row(deal: Deal, reports: tuple[ReportRow, ...]) -> DealRow:
    first = reports[0]
    return DealRow(
        id=deal.id,
        company=deal.company,
        company_id=deal.company_id,
        kind=deal.kind,
        value=deal.value,
        currency=deal.currency,
        krw=deal.krw,
        round=deal.round,
        investors=tuple(dict.fromkeys(name for report in reports for name in report.investors)),
        period=first.period,
        stated_date=first.stated_date,
        first_seen_at=deal.first_seen_at,
        reports=reports,
        differences=_differences(reports),
    )


def _reports(session: Session, deal_ids: Sequence[int]) -> dict[int, list[ReportRow]]:
    rows = session.execute(
        select(DealReport, Article)
        .join(Article, Article.id == DealReport.article_id)
        .where(DealReport.deal_id.in_(deal_ids))
        .order_by(Article.first_seen_at, Article.id, DealReport.number)
    )
    found: dict[int, list[ReportRow]] = defaultdict(list)
    for report, article in rows:
        found[report.deal_id].append(_report_row(report, article))
    return found


def _report_row(report: DealReport, article: Article) -> ReportRow:
    return ReportRow(
        article_id=article.id,
        outlet=article.outlet,
        url=article.canonical_url,
        first_seen_at=article.first_seen_at,
        value=report.value,
        currency=report.currency,
        krw=report.krw,
        round=report.round,
        investors=tuple(report.investors),
        period=report.period,
        stated_date=report.stated_date,
        evidence=report.evidence,
    )


def _differences(reports: Sequence[ReportRow]) -> tuple[DealDifference, ...]:
    found = []
    for field in _COMPARED:
        versions: dict[str, list[int]] = {}
        for report in reports:
            shown = _shown(report, field)
            if shown:
                versions.setdefault(shown, []).append(report.article_id)
        if len(versions) > 1:
            found.append(DealDifference(field, tuple((text, tuple(ids)) for text, ids in versions.items())))
    return tuple(found)


def _shown(report: ReportRow, field: str) -> str:
    value = getattr(report, field)
    if value is None or value == ():
        return ""
    if field == "value":
        return f"{report.currency} {value:,.0f}"
    if field == "investors":
        return ", ".join(sorted(value))
    return f"{value:,.0f}" if isinstance(value, float) else str(value)
