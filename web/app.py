"""The archive over HTTP: liveness and the list of articles. What a reader sees of one is its outlet's licence."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from digest.licence import DEFAULT_LICENCE, shown_title
from storage.archive import list_articles
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.outlets import outlet_names
from storage.records import StoredArticle
from storage.schema import state
from web.licence import shown_body

PROBLEM = "application/problem+json"
MAX_PAGE = 200


class ArticleRow(BaseModel):
    """One article. `body` is as much as the outlet's licence allows: nothing, an excerpt or every paragraph."""

    id: int = Field(examples=[41])
    outlet: str = Field(examples=["hankyung"])
    outlet_name: str = Field(examples=["한국경제"])
    url: str
    title: str | None = Field(description="Null where the licence does not let us print it, and when gone.")
    authors: list[str]
    section: str | None
    published_at: AwareDatetime | None = Field(examples=["2026-11-24T07:10:00+09:00"])
    first_seen_at: AwareDatetime = Field(description="When zgcwatch read it first; lists are ordered by it.")
    state: str = Field(description="live, or gone: the outlet took it down and the text is withheld.")
    revision: int = Field(description="Place of its newest version in the change feed.")
    duplicate_of: int | None = Field(description="The article that told this text first.")
    topics: list[str]
    body: list[str]


class ArticlePage(BaseModel):
    """Newest first; `next` is the cursor of the following page, or null at the end."""

    items: list[ArticleRow]
    next: str | None


def create_app(database: Database, *, version: str, in_zone: Callable[[datetime], datetime]) -> FastAPI:
    """The application over one archive. `in_zone` turns a stored UTC time into the zone that readers see."""
    app = FastAPI(title="zgcwatch", version=version, docs_url=None, redoc_url=None)

    @app.exception_handler(RequestValidationError)
    async def bad_request(request: Request, error: RequestValidationError) -> JSONResponse:
        del request
        fields = sorted({str(problem["loc"][-1]) for problem in error.errors()})
        return _problem(422, f"Not a valid request: see {', '.join(fields)} in /openapi.json.")

    @app.exception_handler(ZgcwatchError)
    async def refused(request: Request, error: ZgcwatchError) -> JSONResponse:
        del request
        return _problem(400, str(error))

    @app.exception_handler(404)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        del request, error
        return _problem(404, "No such address: see /openapi.json.")

    @app.get("/healthz", summary="Whether this process lives and can read its archive")
    def healthz() -> JSONResponse:
        schema = state(database.url)
        return JSONResponse({"status": "ok", "version": version, "schema": schema.revision})

    @app.get("/v1/articles", summary="Articles, newest first")
    def articles(
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Articles on one page.")] = 50,
        after: Annotated[str | None, Query(max_length=200, description="The `next` of the page before.")] = None,
        outlet: Annotated[str | None, Query(max_length=40, description="Only this outlet's.")] = None,
        since: Annotated[AwareDatetime | None, Query(description="First seen at or after this time.")] = None,
    ) -> ArticlePage:
        with database.reader() as session:
            rows, cursor = list_articles(session, limit=limit, after=after, outlet=outlet, since=since)
            outlets = outlet_names(session)
        return ArticlePage(items=[_row(article, outlets, in_zone) for article in rows], next=cursor)

    return app


def _row(article: StoredArticle, outlets: dict[str, Any], in_zone: Callable[[datetime], datetime]) -> ArticleRow:
    outlet = outlets.get(article.outlet)
    licence = outlet.licence if outlet else DEFAULT_LICENCE
    return ArticleRow(
        id=article.id,
        outlet=article.outlet,
        outlet_name=outlet.name if outlet else article.outlet,
        url=article.canonical_url,
        title=shown_title(article.title, licence) if article.title else None,
        authors=[author.name for author in article.authors],
        section=article.section,
        published_at=in_zone(article.published_at) if article.published_at else None,
        first_seen_at=in_zone(article.first_seen_at),
        state=article.state,
        revision=article.revision,
        duplicate_of=article.duplicate_of,
        topics=list(article.topics),
        body=shown_body(article.body, licence),
    )


def _problem(status: int, detail: str) -> JSONResponse:
    """RFC 9457 problem details; says what to look at and echoes nothing of the request."""
    return JSONResponse({"type": "about:blank", "status": status, "detail": detail}, status, media_type=PROBLEM)
