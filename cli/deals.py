"""`zgcwatch deals`: who raised, was valued, was bought or went public, with every outlet's version."""

import csv
import sys
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, database_option, json_option, pass_app, short_time, shown_time
from cli.parameters import Moment
from cli.printing import print_rows

if TYPE_CHECKING:
    from storage.meaning import DealRow


@click.command(epilog="Example: zgcwatch deals --kind raised --csv > deals.csv")
@click.option("--company", metavar="ID", help="Only deals of this entity.")
@click.option(
    "--kind",
    type=click.Choice(["raised", "valued", "acquired", "listed", "fund_formed", "subsidy", "area_total"]),
    help="Only deals of this kind.",
)
@click.option("--currency", metavar="CODE", help="Only deals in this currency: USD, CNY, KRW, …")
@click.option("--min-krw", type=float, help="Only deals told to be at least so many won.")
@click.option("--since", type=Moment(), help="First told then or later (day or time, Korean time without a zone).")
@click.option("--until", type=Moment(), help="First told before then.")
@click.option("--limit", type=click.IntRange(1), help="At most so many (default: all).")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table for spreadsheets.")
@database_option
@json_option
@pass_app
def deals(
    app: App,
    company: str | None,
    kind: str | None,
    currency: str | None,
    min_krw: float | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    as_csv: bool,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Deals in the archive, newest first; versions of several outlets are one row with its differences."""
    from storage.deals import DealFilters, iter_deals

    filters = DealFilters(company_id=company, kind=kind, currency=currency, min_krw=min_krw, since=since, until=until)
    with app.reading(database_url) as session:
        rows = islice(iter_deals(session, filters), limit)
        if as_csv:
            _write_csv(rows)
            return
        print_rows(rows, as_json=as_json, record=deal_record, line=_line)


def deal_record(row: "DealRow") -> dict[str, Any]:
    """The contract of one line of `deals --json`."""
    return {
        "id": row.id,
        "company": row.company,
        "company_id": row.company_id,
        "kind": row.kind,
        "value": row.value,
        "currency": row.currency,
        "krw": row.krw,
        "round": row.round,
        "investors": list(row.investors),
        "period": row.period,
        "stated_date": row.stated_date,
        "first_seen_at": shown_time(row.first_seen_at),
        "reports": [
            {
                "article_id": report.article_id,
                "outlet": report.outlet,
                "url": report.url,
                "first_seen_at": shown_time(report.first_seen_at),
                "value": report.value,
                "currency": report.currency,
                "krw": report.krw,
                "evidence": report.evidence,
            }
            for report in row.reports
        ],
        "differences": [
            {"field": one.field, "versions": [{"text": text, "articles": list(ids)} for text, ids in one.versions]}
            for one in row.differences
        ],
    }


def _write_csv(rows: Iterable["DealRow"]) -> None:
    from storage.export.deals import COLUMNS, deal_cells

    table = csv.writer(sys.stdout)
    table.writerow(COLUMNS)
    table.writerows(deal_cells(row, time=shown_time, evidence=row.reports[0].evidence) for row in rows)


def _line(row: "DealRow") -> str:
    money = f"{row.currency} {row.value:,.0f}" if row.value is not None else "no amount"
    krw = f" (KRW {row.krw:,.0f})" if row.krw is not None else ""
    told = f"{len(row.reports)} reports" if len(row.reports) > 1 else row.reports[0].outlet
    odd = f"; differing {', '.join(one.field for one in row.differences)}" if row.differences else ""
    return f"{short_time(row.first_seen_at)}  {row.company}  {row.kind}  {money}{krw}  {row.round or ''}  [{told}{odd}]"
