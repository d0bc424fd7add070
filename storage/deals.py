"""Deals as readers see them: merged, with every outlet's version and where the versions differ."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import cursor
from storage.meaning.records import DealDifference, DealRow, ReportRow
from storage.models.archive import Article
from storage.models.meaning import Deal, DealReport

_LIST = "deals"
_COMPARED = ("value", "krw", "round", "investors")


def list_deals(
    session: Session,
    *,
    limit: int = 100,
    after: str | None = None,
    company_id: str | None = None,
    kind: str | None = None,
    since: datetime | None = None,
) -> tuple[list[DealRow], str | None]:
    """One page of deals, newest first, and the cursor of the next page. Raises CursorError for a foreign cursor."""
    wanted = select(Deal).order_by(Deal.first_seen_at.desc(), Deal.id.desc()).limit(limit + 1)
    if company_id is not None:
        wanted = wanted.where(Deal.company_id == company_id)
    if kind is not None:
        wanted = wanted.where(Deal.kind == kind)
    if since is not None:
        wanted = wanted.where(Deal.first_seen_at >= since)
    if after is not None:
        wanted = wanted.where(cursor.older_than(_LIST, after, Deal.first_seen_at, Deal.id))
    deals = list(session.scalars(wanted))
    rows = [deal_row(session, deal) for deal in deals[:limit]]
    if len(deals) <= limit:
        return rows, None
    last = rows[-1]
    return rows, cursor.encode(_LIST, cursor.microseconds(last.first_seen_at), last.id)


def iter_deals(
    session: Session, *, company_id: str | None = None, kind: str | None = None, since: datetime | None = None
) -> Iterator[DealRow]:
    """Every deal, newest first."""
    after = None
    while True:
        rows, after = list_deals(session, after=after, company_id=company_id, kind=kind, since=since)
        yield from rows
        if after is None:
            return


def deal_row(session: Session, deal: Deal) -> DealRow:
    """A deal with its reports, the first first."""
    reports = _reports(session, deal.id)
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


def _reports(session: Session, deal_id: int) -> tuple[ReportRow, ...]:
    rows = session.execute(
        select(DealReport, Article)
        .join(Article, Article.id == DealReport.article_id)
        .where(DealReport.deal_id == deal_id)
        .order_by(Article.first_seen_at, Article.id, DealReport.number)
    )
    return tuple(
        ReportRow(
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
        for report, article in rows
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
