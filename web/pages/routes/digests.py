"""Digests: the issues there were, each as it was mailed and who has it, and what the next one would say."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator
from starlette.exceptions import HTTPException

from digest.editions import as_shown
from digest.service import preview
from digest.watches import DEFAULT, WatchError, load_watch
from storage.database import Session
from storage.outbox import list_deliveries
from storage.views import issue_row, list_issues
from web.pages.answering import digest_settings, show, watch_titles
from web.pages.asked import Asked, Cursor, Id, empty
from web.pages.desk import Desk, DeskOf
from web.pages.render import HEADERS
from web.pages.texts import Speech
from web.pages.visitor import Operating, Reading, Visitor
from web.parameters import ArticleId

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 30
MOST_DELIVERIES = 200
# The mail is styled for mail programs, inside its tags; it runs nothing and may only be shown inside our own page.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


class IssuesAsked(Asked):
    """Issues of one watch, or of all; `all` shows windows too that had nothing to say."""

    watch: Id
    show: Annotated[Literal["all"] | None, BeforeValidator(empty)] = None
    after: Cursor


@router.get("/digests")
async def digests_page(
    request: Request, desk: DeskOf, visitor: Reading, asked: Annotated[IssuesAsked, Query()]
) -> Response:
    return await show(request, desk, visitor, "digests", lambda session: _every(session, desk, asked))


def _every(session: Session, desk: Desk, asked: IssuesAsked) -> Mapping[str, Any]:
    rows, following = list_issues(
        session, limit=ON_A_PAGE, after=asked.after, watch=asked.watch, mailed_only=asked.show is None
    )
    return {
        "asked": asked,
        "chosen": asked.chosen,
        "rows": rows,
        "following": following,
        "watches": watch_titles(session, desk),
    }


@router.get("/digests/preview")
async def preview_page(
    request: Request, desk: DeskOf, visitor: Operating, asked: Annotated[IssuesAsked, Query()]
) -> Response:
    """A frame for what the next issue of a watch would be if its window closed now."""
    settings, name = digest_settings(desk), asked.watch or DEFAULT

    def ask(session: Session) -> Mapping[str, Any]:
        try:
            watch = load_watch(session, settings, name)
        except WatchError:
            raise HTTPException(404) from None
        return {"watch": watch}

    return await show(request, desk, visitor, "preview", ask)


@router.get("/digests/preview/mail")
async def preview_mail(desk: DeskOf, visitor: Operating, asked: Annotated[IssuesAsked, Query()]) -> Response:
    """The mail itself; composing it may take a moment."""
    settings = digest_settings(desk)

    def compose() -> str | None:
        with desk.room.archive.database.reader() as session:
            watch = load_watch(session, settings, asked.watch or DEFAULT)
        found = preview(desk.room.archive.database, settings, now=desk.clock(), watch=watch)
        return found.html if found else None

    try:
        html = await desk.room.archive.work(compose)
    except WatchError:
        raise HTTPException(404) from None
    return _mail(html or _nothing(visitor))


@router.get("/digests/{issue_id}")
async def issue_page(request: Request, desk: DeskOf, visitor: Reading, issue_id: ArticleId) -> Response:
    return await show(request, desk, visitor, "digest", lambda session: _one(session, visitor, issue_id))


def _one(session: Session, visitor: Visitor, issue_id: int) -> Mapping[str, Any]:
    issue = issue_row(session, issue_id)
    if issue is None:
        raise HTTPException(404)
    _, text = as_shown(session, issue_id)
    deliveries = list_deliveries(session, issue_id=issue_id, limit=MOST_DELIVERIES) if visitor.is_operator else []
    return {"issue": issue, "text": text, "deliveries": deliveries}


@router.get("/digests/{issue_id}/mail")
async def issue_mail(desk: DeskOf, visitor: Reading, issue_id: ArticleId) -> Response:
    """The HTML part of an issue as it was composed, without the place for a reader's own links."""
    del visitor

    def read(session: Session) -> str | None:
        return as_shown(session, issue_id)[0] if issue_row(session, issue_id) else None

    html = await desk.room.archive.read(read)
    if not html:
        raise HTTPException(404)
    return _mail(html)


def _mail(html: str) -> Response:
    return HTMLResponse(html, headers={**HEADERS, "Content-Security-Policy": MAIL_POLICY})


def _nothing(visitor: Visitor) -> str:
    said = Speech(visitor.language)("digest.nothing")
    return f'<!doctype html><html lang="{visitor.language}"><title>{said}</title><body><p>{said}</p></body></html>'
