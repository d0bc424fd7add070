"""Deals over HTTP: as JSON by pages, or as a table for spreadsheets."""

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.database import Session
from storage.deals import DealFilters, investor_name, list_deals
from storage.export.deals import COLUMNS, deal_cells
from storage.meaning import DealDifference, DealRow, ReportRow
from web.access import Admitted
from web.answers import answer_bytes
from web.parameters import NO_CONTROLS, EntityId, Moment, Paged
from web.problems import documented
from web.room import RoomOf
from web.rows import Row, Shape, View, moments, own

router = APIRouter(tags=["deals"])

MOST_ROWS = 10_000
KINDS = Literal["raised", "valued", "acquired", "listed", "fund_formed", "subsidy", "area_total"]
CSV = "text/csv; charset=utf-8"
Amount = Annotated[float, Field(ge=0, le=1e18, allow_inf_nan=False)]


class ReportItem(Row):
    """One article's version of a deal."""

    article_id: int = Field(examples=[41])
    outlet: str = Field(examples=["hankyung"])
    outlet_name: str = Field(examples=["한국경제"])
    url: str = Field(examples=["https://outlet.example/news/41"])
    first_seen_at: AwareDatetime = Field(examples=["2026-11-24T07:20:31+09:00"])
    value: float | None = Field(examples=[410000000.0])
    currency: str | None = Field(examples=["USD"])
    krw: float | None = Field(description="The sum in won that the article itself gives.", examples=[436000000000.0])
    round: str | None = Field(examples=["시리즈 B"])
    investors: list[str] = Field(examples=[["훙산(HongShan)"]])
    stated_date: str | None = Field(description="As the article writes it.", examples=["24일"])
    evidence: str | None = Field(
        description="The sentence that says it, as much of it as the outlet's licence and the token's scopes allow.",
        examples=["예시로봇은 4억1000만달러를 투자받았다. (예시)"],
    )


class VersionItem(BaseModel):
    """One version of a field, and the articles that have it."""

    text: str = Field(examples=["USD 410,000,000"])
    articles: list[int] = Field(examples=[[41]])


class DifferenceItem(BaseModel):
    """A field that not all reports give alike."""

    field: str = Field(examples=["value"], json_schema_extra={"enum": ["value", "krw", "round", "investors"]})
    versions: list[VersionItem]


class DealItem(Row):
    """One deal, however many outlets told it. Its money is that of the first report that gives any."""

    id: int = Field(examples=[7])
    company: str = Field(examples=["예시로봇(SampleRobo)"])
    company_id: str | None = Field(description="Null for a company that no lexicon has.", examples=["sample-robo"])
    kind: str = Field(examples=["raised"], json_schema_extra={"enum": list(KINDS.__args__)})  # type: ignore[attr-defined]
    value: float | None = Field(description="Null where nobody gives the sum.", examples=[410000000.0])
    currency: str | None = Field(examples=["USD"])
    krw: float | None = Field(description="The sum in won that an article itself gives.", examples=[436000000000.0])
    round: str | None = Field(examples=["시리즈 B"])
    investors: list[str] = Field(description="Buyers, for an acquisition.", examples=[["훙산(HongShan)"]])
    period: str | None = Field(description="As the article writes it.", examples=["지난해"])
    stated_date: str | None = Field(description="As the article writes it.", examples=["24일"])
    first_seen_at: AwareDatetime = Field(examples=["2026-11-24T07:20:31+09:00"])
    reports: list[ReportItem] = Field(description="Every outlet's version, the first one first.")
    differences: list[DifferenceItem] = Field(description="Where the versions differ.")


class DealPage(BaseModel):
    """Newest first; `next` is the cursor of the following page, or null at the end."""

    items: list[DealItem]
    next: str | None = Field(examples=[None])


def _report(report: ReportRow, view: View) -> dict[str, Any]:
    return {
        "article_id": report.article_id,
        "outlet": report.outlet,
        "outlet_name": view.outlet_name(report.outlet),
        "url": report.url,
        "first_seen_at": view.time(report.first_seen_at),
        "value": report.value,
        "currency": report.currency,
        "krw": report.krw,
        "round": report.round,
        "investors": list(report.investors),
        "stated_date": report.stated_date,
        "evidence": view.sight(report.outlet).sentence(report.evidence),
    }


def _difference(one: DealDifference) -> dict[str, Any]:
    return {"field": one.field, "versions": [{"text": text, "articles": list(ids)} for text, ids in one.versions]}


DEAL: Shape[DealRow] = Shape({
    **own("id", "company", "company_id", "kind", "value", "currency", "krw", "round", "investors", "period"),
    **own("stated_date"),
    **moments("first_seen_at"),
    "reports": lambda deal, view: [_report(report, view) for report in deal.reports],
    "differences": lambda deal, _: [_difference(one) for one in deal.differences],
})  # fmt: skip


class DealQuery(Paged):
    company: EntityId | None = Field(default=None, description="Only this entity's deals.")
    investor: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        pattern=NO_CONTROLS,
        description="Only deals with this investor: an entity's id, or the name as deals show it.",
        examples=["hongshan"],
    )
    kind: KINDS | None = Field(default=None, description="Only deals of this kind.")
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="Only this one.", examples=["USD"])
    min_value: Amount | None = Field(default=None, description="At least this, in the deal's own currency.")
    max_value: Amount | None = Field(default=None, description="At most this, in the deal's own currency.")
    min_krw: Amount | None = Field(default=None, description="Told to be at least so many won.")
    max_krw: Amount | None = Field(default=None, description="Told to be at most so many won.")
    since: Moment | None = Field(default=None, description="First told at or after this time.")
    until: Moment | None = Field(default=None, description="First told before this time.")
    fields: str | None = DEAL.parameter("deal", "id,company,value,currency", besides="A table has all of its own.")
    format: Literal["json", "csv"] | None = Field(
        default=None,
        description="csv: a table of all deals asked for, at most 10,000 unless `limit` is given; "
        "without this the header Accept decides.",
    )

    def filters(self, session: Session) -> DealFilters:
        return DealFilters(
            company_id=self.company,
            investor=investor_name(session, self.investor) if self.investor else None,
            kind=self.kind,
            currency=self.currency,
            min_value=self.min_value,
            max_value=self.max_value,
            min_krw=self.min_krw,
            max_krw=self.max_krw,
            since=self.since,
            until=self.until,
        )


TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": ",".join(COLUMNS)}}}
}


@router.get("/deals", summary="Deals, newest first", response_model=DealPage, responses={**documented(400), **TABLE})
async def deals(request: Request, reader: Admitted, room: RoomOf, query: Annotated[DealQuery, Query()]) -> Response:
    """Several outlets' versions of a deal are one row, with where they differ."""

    def listed(session: Session) -> tuple[Sequence[DealRow], str | None]:
        return list_deals(session, limit=query.limit, after=query.after, filters=query.filters(session))

    def table() -> Response:
        limit = query.limit if "limit" in query.model_fields_set else MOST_ROWS
        with room.archive.database.reader() as session:
            rows, cursor = list_deals(session, limit=limit, after=query.after, filters=query.filters(session))
            body = deal_table(rows, room.view(session, reader))
        links = {"Link": f'<{request.url.include_query_params(after=cursor)}>; rel="next"'} if cursor else {}
        return answer_bytes(request, body, media_type=CSV, headers=links)

    if query.format == "csv" or (query.format is None and _prefers_a_table(request.headers.get("accept", ""))):
        return await room.archive.work(table)
    return await room.answer_page(request, reader, DEAL, query.fields, listed)


def _prefers_a_table(accept: str) -> bool:
    return "text/csv" in accept and "json" not in accept


def deal_table(rows: list[DealRow], view: View) -> bytes:
    """Deals as a table for spreadsheets, with a byte order mark: without one they take Korean for another encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for deal in rows:
        shown = (view.sight(report.outlet).sentence(report.evidence) for report in deal.reports)
        writer.writerow(deal_cells(deal, time=view.time, evidence=next(filter(None, shown), None)))
    return text.getvalue().encode("utf-8-sig")
