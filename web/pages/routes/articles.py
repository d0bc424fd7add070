"""One article: what its outlet's licence allows of it, what it names, how it changed, and what it is to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from digest.licence import RIGHTS
from storage.archive.reading import get_article, revisions_of
from storage.database import Session
from storage.mentions import deals_by_id, deals_in, named_in
from storage.models.archive import Revision
from storage.related import Related, related_to
from storage.stories import stories_of
from web.licence import Sight
from web.pages.answering import show
from web.pages.desk import Desk, DeskOf
from web.pages.money import shown_deals
from web.pages.shown import shown_articles, view_of
from web.pages.visitor import Reading, Visitor
from web.parameters import ArticleId
from web.rows import View

router = APIRouter(include_in_schema=False)

MOST_RELATED = 20


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """One place that an outlet changed; `field` and `reason` name texts."""

    field: str
    reason: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version of the text and what it changed, as far as that may be shown."""

    at: datetime
    verdict: str | None
    reasons: tuple[str, ...]
    edits: tuple[ShownEdit, ...]
    hidden: int
    by_us: bool


@router.get("/articles/{article_id}")
async def article_page(request: Request, desk: DeskOf, visitor: Reading, article_id: ArticleId) -> Response:
    return await show(request, desk, visitor, "article", lambda session: _one(session, desk, visitor, article_id))


def _one(session: Session, desk: Desk, visitor: Visitor, article_id: int) -> Mapping[str, Any]:
    article = get_article(session, article_id)
    if article is None:
        raise HTTPException(404)
    view = view_of(session, visitor, desk.room.in_zone)
    sight = view.sight(article.outlet)
    gone = article.state != "live"
    deals = deals_by_id(session, deals_in(session, [article_id]).get(article_id, ()))
    [shown] = shown_articles([article], view)
    return {
        "article": article,
        "shown": shown,
        "subtitle": None if gone else sight.subtitle(article.subtitle),
        "authors": [author.name for author in article.authors if author.name],
        "body": [] if gone else sight.body(article.body),
        "is_whole": sight.whole,
        "licence": sight.licence if sight.licence in RIGHTS else "none",
        "entities": named_in(session, [article_id]).get(article_id, ()),
        "deals": shown_deals([deals[key] for key in deals], view, visitor.language),
        "versions": shown_versions(revisions_of(session, article_id), sight),
        "related": _related(related_to(session, article_id, limit=MOST_RELATED), article_id, view),
        "story_id": stories_of(session, [article_id]).get(article_id),
        "set_aside": _set_aside(article.removed),
        "outlet_name": view.outlet_name(article.outlet),
    }


def shown_versions(revisions: Sequence[Revision], sight: Sight) -> list[ShownVersion]:
    """Every version, the newest first. An earlier headline is a headline, a changed sentence part of the text."""
    return [_version(revision, sight) for revision in reversed(revisions)]


def _version(revision: Revision, sight: Sight) -> ShownVersion:
    edits, hidden = [], 0
    for field, reason, before, after in revision.edits or []:
        if _may_show(field, sight):
            edits.append(ShownEdit(field, reason, before, after))
        else:
            hidden += 1
    return ShownVersion(
        at=revision.at,
        verdict=revision.verdict,
        reasons=tuple(revision.reasons or ()),
        edits=tuple(edits),
        hidden=hidden,
        by_us=revision.origin != "visit",
    )


def _may_show(field: str, sight: Sight) -> bool:
    if field == "title":
        return sight.title("…") is not None
    return sight.licence in {"excerpt", "full"}


def _related(ties: Sequence[Related], article_id: int, view: View) -> list[dict[str, Any]]:
    rows = []
    for tie in ties:
        [shown] = shown_articles([tie.other], view)
        # copy_of: this one copies the other; copied_by: the other way round.
        kind = tie.kind if tie.article_id == article_id or tie.kind == "sibling" else f"{tie.kind}_this"
        rows.append({"kind": kind, "article": shown, "percent": round(tie.containment * 100)})
    return rows


def _set_aside(removed: Sequence[Any]) -> dict[str, int]:
    """How many blocks were taken off the page, by reason."""
    reasons = [str(block.reason) for block in removed]
    return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
