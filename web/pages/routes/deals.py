"""Deals as a table: by kind, company, investor, currency and sum; and the same as a file for spreadsheets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from storage.database import Session
from storage.deals import DealFilters, investor_name, list_deals
from storage.meaning.glance import entity_card
from web.pages.addresses import link
from web.pages.answering import show, times_of
from web.pages.asked import Asked, Cursor, Day, Id, Word, empty
from web.pages.desk import Desk, DeskOf
from web.pages.money import kind_name, shown_deals
from web.pages.render import HEADERS
from web.pages.shown import view_of
from web.pages.times import Times
from web.pages.visitor import Reading, Visitor
from web.routes.deals import CSV, KINDS, MOST_ROWS, deal_table

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 40
CURRENCIES = Literal["KRW", "USD", "CNY", "HKD", "JPY", "EUR"]
Sum = Annotated[
    Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None, BeforeValidator(empty), Field(default=None)
]


class DealsAsked(Asked):
    """Deals of a kind, company, investor or currency, told between two Korean days; `least` is in 억 원."""

    kind: Annotated[KINDS | None, BeforeValidator(empty)] = None
    company: Id
    investor: Word
    currency: Annotated[CURRENCIES | None, BeforeValidator(empty)] = None
    least: Sum
    since: Day
    until: Day
    after: Cursor

    def filters(self, session: Session, times: Times) -> DealFilters:
        since, until = times.between(self.since, self.until)
        return DealFilters(
            company_id=self.company,
            investor=investor_name(session, self.investor) if self.investor else None,
            kind=self.kind,
            currency=self.currency,
            min_krw=self.least * 1e8 if self.least else None,
            since=since,
            until=until,
        )


@router.get("/deals")
async def deals_page(
    request: Request, desk: DeskOf, visitor: Reading, asked: Annotated[DealsAsked, Query()]
) -> Response:
    times = times_of(desk, visitor)
    return await show(request, desk, visitor, "deals", lambda session: _page(session, desk, visitor, asked, times))


def _page(session: Session, desk: Desk, visitor: Visitor, asked: DealsAsked, times: Times) -> Mapping[str, Any]:
    rows, following = list_deals(session, limit=ON_A_PAGE, after=asked.after, filters=asked.filters(session, times))
    company = entity_card(session, asked.company) if asked.company else None
    return {
        "asked": asked,
        "chosen": asked.chosen,
        "deals": shown_deals(rows, view_of(session, visitor, desk.room.in_zone), visitor.language),
        "following": following,
        "kinds": {kind: kind_name(kind, visitor.language) for kind in get_args(KINDS)},
        "currencies": get_args(CURRENCIES),
        "company_name": company.name if company else asked.company,
        "table": link("/deals.csv", **asked.chosen),
    }


@router.get("/deals.csv")
async def deals_file(desk: DeskOf, visitor: Reading, asked: Annotated[DealsAsked, Query()]) -> Response:
    """All deals asked for, at most 10,000. No cell is one that a spreadsheet would run."""
    times = times_of(desk, visitor)

    def table(session: Session) -> bytes:
        rows, _ = list_deals(session, limit=MOST_ROWS, filters=asked.filters(session, times))
        return deal_table(rows, view_of(session, visitor, desk.room.in_zone))

    body = await desk.room.archive.read(table)
    return Response(body, media_type=CSV, headers={**HEADERS, **_named(times.local(times.now))})


def _named(now: datetime) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="deals-{now:%Y-%m-%d}.csv"'}
