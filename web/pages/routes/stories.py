"""Stories: those of a day, and one with its time line, its outlets, what changed in it, and why it is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from storage.archive.reading import revisions_of
from storage.database import Session
from storage.mentions import deals_by_id
from storage.stories import StoryDetail, StoryReport, list_stories, story_detail
from storage.views import articles_by_id, newest_day
from web.pages.answering import show, times_of
from web.pages.asked import Asked, Cursor, Day, Id
from web.pages.desk import Desk, DeskOf
from web.pages.money import kind_name, money, shown_deals
from web.pages.routes.articles import ShownVersion, shown_versions
from web.pages.shown import NOTHING, outlet_choices, snippet, view_of
from web.pages.times import Times
from web.pages.visitor import Reading, Visitor
from web.rows import View

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 30
OTHERS = 6
StoryId = Annotated[int, Path(ge=1, lt=1 << 63)]


class StoriesAsked(Asked):
    """The stories of a Korean day, perhaps only of one entity or outlet."""

    day: Day
    entity: Id
    outlet: Id
    after: Cursor


@dataclass(frozen=True, slots=True)
class Telling:
    """One outlet's article of a story. `title` is None where it may not be shown."""

    article_id: int
    outlet: str
    outlet_name: str
    url: str
    title: str | None
    at: datetime
    relation: str
    wire: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A story in a list. It is headed by the first headline that may be shown."""

    id: int
    lead: Telling
    excerpt: str
    others: tuple[Telling, ...]
    more: int
    outlets: int
    entities: tuple[tuple[str, str], ...]
    deals: tuple[str, ...]
    follows: int | None


@router.get("/")
async def day_page(
    request: Request, desk: DeskOf, visitor: Reading, asked: Annotated[StoriesAsked, Query()]
) -> Response:
    """The stories of a day, today's where none is named."""
    times = times_of(desk, visitor)
    return await show(request, desk, visitor, "stories", lambda session: _day(session, desk, visitor, asked, times))


def _day(session: Session, desk: Desk, visitor: Visitor, asked: StoriesAsked, times: Times) -> Mapping[str, Any]:
    day = asked.day or times.today
    since, until = times.span(day)
    view = view_of(session, visitor, desk.room.in_zone)
    stories, following = list_stories(
        session, since=since, until=until, entity=asked.entity, outlet=asked.outlet, limit=ON_A_PAGE, after=asked.after
    )
    newest = newest_day(session, times.local) if not stories and day == times.today else None
    return {
        "asked": asked,
        "chosen": {key: value for key, value in (("entity", asked.entity), ("outlet", asked.outlet)) if value},
        "day": day,
        "before": day - timedelta(days=1),
        "later": day + timedelta(days=1) if day < times.today else None,
        "cards": cards(session, stories, view, visitor.language),
        "following": following,
        "newest": newest if newest != day else None,
        "outlets": outlet_choices(view),
    }


def cards(session: Session, stories: list[StoryDetail], view: View, language: str) -> list[Card]:
    """Stories as a list shows them."""
    leads = {story.id: _lead(story, view) for story in stories if story.articles}
    texts = articles_by_id(session, [lead.article_id for lead in leads.values()])
    return [_card(story, leads[story.id], texts, view, language) for story in stories if story.id in leads]


def _lead(story: StoryDetail, view: View) -> Telling:
    tellings = [_telling(report, view) for report in story.articles]
    return next((one for one in tellings if one.title is not None), tellings[0])


def _telling(report: StoryReport, view: View) -> Telling:
    return Telling(
        article_id=report.article_id,
        outlet=report.outlet,
        outlet_name=view.outlet_name(report.outlet),
        url=report.url,
        title=view.sight(report.outlet).title(report.title),
        at=report.reported_at,
        relation=report.relation,
        wire=report.wire_source,
    )


def _card(story: StoryDetail, lead: Telling, texts: Mapping[int, Any], view: View, language: str) -> Card:
    others = [_telling(report, view) for report in story.articles if report.article_id != lead.article_id]
    text = texts.get(lead.article_id)
    opening = snippet(text.body, view.sight(lead.outlet), NOTHING) if text else ()
    return Card(
        id=story.id,
        lead=lead,
        excerpt="".join(piece for piece, _ in opening),
        others=tuple(others[:OTHERS]),
        more=max(0, len(others) - OTHERS),
        outlets=len({report.outlet for report in story.articles}),
        entities=tuple((entity.id, entity.name) for entity in story.entities[:5]),
        deals=tuple(
            f"{deal.company} {kind_name(deal.kind, language)} {money(deal, language)}" for deal in story.deals[:2]
        ),
        follows=story.follows.id if story.follows else None,
    )


@router.get("/stories/{story_id}")
async def story_page(request: Request, desk: DeskOf, visitor: Reading, story_id: StoryId) -> Response:
    """One story; an id that was given up leads to the story that has its articles now."""
    found = await desk.room.archive.read(lambda session: story_detail(session, story_id))
    if found is None or (found.merged_into is None and not found.articles):
        raise HTTPException(404)
    if found.merged_into is not None:
        return RedirectResponse(f"/stories/{found.merged_into}", 303)
    return await show(request, desk, visitor, "story", lambda session: _story(session, desk, visitor, found))


def _story(session: Session, desk: Desk, visitor: Visitor, story: StoryDetail) -> Mapping[str, Any]:
    view = view_of(session, visitor, desk.room.in_zone)
    lead = _lead(story, view)
    tellings = [_telling(report, view) for report in story.articles]
    texts = articles_by_id(session, [lead.article_id])
    opening = snippet(texts[lead.article_id].body, view.sight(lead.outlet), NOTHING) if texts else ()
    deals = deals_by_id(session, [deal.id for deal in story.deals])
    return {
        "story": story,
        "lead": lead,
        "opening": opening,
        "tellings": tellings,
        "by_outlet": {name: [one for one in tellings if one.outlet_name == name] for name in _names(tellings)},
        "changes": _changes(session, tellings, view),
        "deals": shown_deals([deals[deal.id] for deal in story.deals if deal.id in deals], view, visitor.language),
        "reason": story.reason.ko if visitor.language == "ko" else story.reason.en,
    }


def _names(tellings: list[Telling]) -> list[str]:
    return list(dict.fromkeys(one.outlet_name for one in tellings))


def _changes(session: Session, tellings: list[Telling], view: View) -> list[tuple[Telling, list[ShownVersion]]]:
    """The articles of a story that were corrected, each with its versions after the first."""
    found = []
    for telling in tellings:
        versions = shown_versions(revisions_of(session, telling.article_id), view.sight(telling.outlet))[:-1]
        if any(not version.by_us for version in versions):
            found.append((telling, [version for version in versions if not version.by_us]))
    return found
