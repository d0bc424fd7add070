"""Searching the archive: words and filters, hits with the words marked, and what the hits are of."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from storage.archive.reading import list_articles
from storage.database import Session
from storage.facets import naming, search_facets
from storage.meaning.glance import entity_card
from storage.records import SearchFilters
from storage.search import search
from storage.search.query import parse
from storage.views import articles_by_id
from web.pages.answering import show, times_of
from web.pages.asked import SearchAsked
from web.pages.desk import Desk, DeskOf
from web.pages.shown import outlet_choices, shown_articles, view_of
from web.pages.times import Times
from web.pages.visitor import Reading, Visitor

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 20
PERIODS = (("day", 1), ("week", 7), ("month", 30), ("year", 365))


@router.get("/search")
async def search_page(
    request: Request, desk: DeskOf, visitor: Reading, asked: Annotated[SearchAsked, Query()]
) -> Response:
    times = times_of(desk, visitor)
    return await show(request, desk, visitor, "search", lambda session: _answer(session, desk, visitor, asked, times))


def _answer(session: Session, desk: Desk, visitor: Visitor, asked: SearchAsked, times: Times) -> Mapping[str, Any]:
    filters, expand = _filters(asked, times), desk.room.expand
    view = view_of(session, visitor, desk.room.in_zone)
    is_narrowed = bool(asked.chosen.keys() - {"order"})
    total: int | None = None
    is_exact = True
    if is_narrowed:
        found = search(
            session,
            asked.q or "",
            limit=ON_A_PAGE,
            cursor=asked.after,
            newest_first=asked.order != "relevance",
            filters=filters,
            within=naming(asked.entity) if asked.entity else None,
            expand=expand,
        )
        known = articles_by_id(session, [hit.id for hit in found.items])
        articles = [known[hit.id] for hit in found.items if hit.id in known]
        total, is_exact, following = found.total, found.total_is_exact, found.next
    else:
        articles, following = list_articles(session, limit=ON_A_PAGE, after=asked.after)
    entity = entity_card(session, asked.entity) if asked.entity else None
    return {
        "asked": asked,
        "chosen": asked.chosen,
        "is_narrowed": is_narrowed,
        "items": shown_articles(articles, view, parse(asked.q or "", expand)),
        "total": total,
        "is_exact": is_exact,
        "following": following,
        "facets": search_facets(session, asked.q or "", filters=filters, entity=asked.entity, expand=expand),
        "periods": _periods(asked, times),
        "outlets": outlet_choices(view),
        "entity_name": entity.name if entity else asked.entity,
    }


def _filters(asked: SearchAsked, times: Times) -> SearchFilters:
    since, until = times.between(asked.since, asked.until)
    return SearchFilters(
        since=since,
        until=until,
        outlets=(asked.outlet,) if asked.outlet else (),
        sections=(asked.section,) if asked.section else (),
        relation=asked.only,
    )


def _periods(asked: SearchAsked, times: Times) -> list[dict[str, Any]]:
    """Usual spans that end today, each with the parameters that ask for it."""
    rows = []
    for name, days in PERIODS:
        since = (times.today - timedelta(days=days - 1)).isoformat()
        is_chosen = asked.since is not None and asked.since.isoformat() == since and asked.until is None
        rows.append({"name": name, "since": since, "is_chosen": is_chosen})
    return rows
