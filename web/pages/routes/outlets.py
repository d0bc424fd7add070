"""The outlets: how each is, since when and why; for operators, looking at one now, and letting it rest or not."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from storage.archive.reading import list_articles
from storage.database import Session
from storage.errors import ZgcwatchError
from storage.health import HealthRow, OutletState, disable_outlet, enable_outlet, health_rows, outlet_marks
from storage.outlets import outlet_names
from storage.records import OutletRow
from storage.sources import sources_of
from storage.views import LastNews, article_counts, last_news, last_visits
from web.pages.answering import go_on, show
from web.pages.charts import spark
from web.pages.desk import Desk, DeskOf, TestStep
from web.pages.forms import read_form
from web.pages.shown import shown_articles, view_of
from web.pages.visitor import Operating, Reading, Visitor
from web.parameters import SHORT_ID

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()

LATELY = timedelta(days=7)
NEWEST = 8
LONGEST_WHY = 500
MOST_TESTS_KEPT = 50
WHOLE = 0  # the source id of a judgement about the outlet as a whole
NOTHING_KNOWN = LastNews(None, None, None)
ORDER = {state.value: place for place, state in enumerate(OutletState)}
OutletId = Annotated[str, Path(pattern=SHORT_ID)]


@router.get("/outlets")
async def outlets_page(request: Request, desk: DeskOf, visitor: Reading) -> Response:
    return await show(request, desk, visitor, "outlets", lambda session: _every(session, desk))


def _every(session: Session, desk: Desk) -> Mapping[str, Any]:
    judged = {row.outlet: row for row in health_rows(session) if row.source_id == WHOLE}
    outlets, marks, news = outlet_names(session), outlet_marks(session), last_news(session)
    counts = article_counts(session, desk.clock() - LATELY)
    visits = last_visits(session, outlets)
    rows: list[dict[str, Any]] = [
        {
            "outlet": outlet,
            "health": judged.get(outlet.id),
            "state": _state(judged.get(outlet.id)),
            "mark": marks.get(outlet.id),
            "news": news.get(outlet.id, NOTHING_KNOWN),
            "count": counts.get(outlet.id, 0),
            "spark": spark(visits[outlet.id]),
        }
        for outlet in outlets.values()
        if outlet.id in news or outlet.id in judged or visits[outlet.id]
    ]
    rows.sort(key=lambda row: (ORDER.get(row["state"], len(ORDER)), row["outlet"].name))
    states = [row["state"] for row in rows]
    return {"rows": rows, "states": {state: states.count(state) for state in dict.fromkeys(states)}}


def _state(row: HealthRow | None) -> str:
    return row.state.value if row else "unknown"


@router.get("/outlets/{outlet_id}")
async def outlet_page(request: Request, desk: DeskOf, visitor: Reading, outlet_id: OutletId) -> Response:
    return await show(request, desk, visitor, "outlet", lambda session: _one(session, desk, visitor, outlet_id))


def _one(session: Session, desk: Desk, visitor: Visitor, outlet_id: str) -> Mapping[str, Any]:
    outlet = _known(session, outlet_id)
    judged = {row.source_id: row for row in health_rows(session) if row.outlet == outlet_id}
    visits = last_visits(session, [outlet_id])[outlet_id]
    articles, _ = list_articles(session, limit=NEWEST, outlet=outlet_id)
    return {
        "outlet": outlet,
        "health": judged.get(WHOLE),
        "state": _state(judged.get(WHOLE)),
        "mark": outlet_marks(session).get(outlet_id),
        "sources": [(source, judged.get(source.id)) for source in sources_of(session, outlet_id)],
        "visits": tuple(reversed(visits)),
        "spark": spark(visits),
        "articles": shown_articles(articles, view_of(session, visitor, desk.room.in_zone)),
        "test": desk.tests.get(outlet_id),
        "is_testing": outlet_id in desk.testing,
        "can_test": desk.tools.test_outlet is not None,
    }


def _known(session: Session, outlet_id: str) -> OutletRow:
    outlet = outlet_names(session).get(outlet_id)
    if outlet is None:
        raise HTTPException(404)
    return outlet


@router.post("/outlets/{outlet_id}/disable")
async def disable(request: Request, desk: DeskOf, visitor: Operating, outlet_id: OutletId) -> Response:
    """Visits the outlet no more until somebody enables it; a running service obeys at its next tick."""
    form = await read_form(request, visitor)
    why = form.one("why")[:LONGEST_WHY] or None

    def rest(session: Session) -> None:
        disable_outlet(session, _known(session, outlet_id).id, now=desk.clock(), why=why)

    await desk.room.archive.write(rest)
    log.info("outlet.disabled", outlet=outlet_id, by=visitor.reader.name)
    return go_on(visitor, f"/outlets/{outlet_id}")


@router.post("/outlets/{outlet_id}/enable")
async def enable(request: Request, desk: DeskOf, visitor: Operating, outlet_id: OutletId) -> Response:
    """Takes the outlet up again; its habits are measured anew."""
    await read_form(request, visitor)
    await desk.room.archive.write(lambda session: _take_up(session, desk, outlet_id))
    log.info("outlet.enabled", outlet=outlet_id, by=visitor.reader.name)
    return go_on(visitor, f"/outlets/{outlet_id}")


def _take_up(session: Session, desk: Desk, outlet_id: str) -> None:
    enable_outlet(session, _known(session, outlet_id).id, now=desk.clock())


@router.post("/outlets/{outlet_id}/test")
async def test(request: Request, desk: DeskOf, visitor: Operating, outlet_id: OutletId) -> Response:
    """Looks at the outlet now and stores nothing; the answer waits for it, and its page shows what was found."""
    await read_form(request, visitor)
    await desk.room.archive.read(lambda session: _known(session, outlet_id))
    if desk.tools.test_outlet is not None and outlet_id not in desk.testing:
        desk.testing.add(outlet_id)
        # Goes on when the visitor leaves.
        task = asyncio.create_task(_look(desk, outlet_id))
        await asyncio.shield(task)
    return go_on(visitor, f"/outlets/{outlet_id}#test")


async def _look(desk: Desk, outlet_id: str) -> None:
    assert desk.tools.test_outlet is not None
    try:
        steps = await desk.tools.test_outlet(outlet_id)
    except ZgcwatchError as error:
        steps = [TestStep("visit", "", ok=False, said=str(error), milliseconds=0)]
    finally:
        desk.testing.discard(outlet_id)
    desk.tests[outlet_id] = (desk.clock(), steps)
    while len(desk.tests) > MOST_TESTS_KEPT:
        del desk.tests[next(iter(desk.tests))]
