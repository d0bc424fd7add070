"""Articles: the list, one of them, its versions, and what is like it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from storage.archive import get_article, known_at, list_articles, revisions_of
from storage.database import Session
from storage.models.archive import Revision
from storage.records import StoredArticle
from storage.related import Related, related_to
from web.access import Admitted
from web.licence import Sight
from web.parameters import ArticleId, Moment, OutletId, Paged, Parameters
from web.problems import Refusal, documented
from web.room import RoomOf
from web.rows import Row, Shape, View, moments, own

router = APIRouter(tags=["articles"])


class ArticleRow(Row):
    """One article. `body` is as much as the outlet's licence and the token's scopes allow."""

    id: int = Field(examples=[41])
    outlet: str = Field(examples=["hankyung"])
    outlet_name: str = Field(examples=["한국경제"])
    url: str = Field(examples=["https://outlet.example/news/41"])
    title: str | None = Field(
        description="Null where the licence does not let us print it, and when gone.",
        examples=["중관춘 예시로봇, 4억달러 유치 (예시)"],
    )
    subtitle: str | None = Field(description="Shown from the licence excerpt on.", examples=[None])
    authors: list[str] = Field(examples=[["홍길동"]])
    section: str | None = Field(examples=["산업"])
    published_at: AwareDatetime | None = Field(
        description="What the page says.", examples=["2026-11-24T07:10:00+09:00"]
    )
    modified_at: AwareDatetime | None = Field(description="What the page says.", examples=[None])
    first_seen_at: AwareDatetime = Field(
        description="When zgcwatch read it first; lists are ordered by it.", examples=["2026-11-24T07:20:31+09:00"]
    )
    state: str = Field(
        description="live, or gone: taken down, the text is withheld.",
        examples=["live"],
        json_schema_extra={"enum": ["live", "gone"]},
    )
    revision: int = Field(description="Place of its newest version in the change feed.", examples=[97])
    duplicate_of: int | None = Field(description="The article that told this text first.", examples=[None])
    language: str | None = Field(examples=["ko"])
    keywords: list[str] = Field(description="Words the desk gave the article.", examples=[["중관춘", "로봇"]])
    image: str | None = Field(description="Address of the lead image at the outlet.", examples=[None])
    paywalled: bool | None = Field(
        description="The page says that it shows only a part of the text; null: not known.", examples=[False]
    )
    topics: list[str] = Field(examples=[["zhongguancun"]])
    body: list[str] = Field(
        description="Every paragraph (licence full, scope fulltext), the opening (licence excerpt or full), or none.",
        examples=[["중관춘의 예시로봇이 투자를 유치했다고 24일 밝혔다."]],
    )


class ArticlePage(BaseModel):
    """Newest first; `next` is the cursor of the following page, or null at the end."""

    items: list[ArticleRow]
    next: str | None = Field(examples=["WyJhcnRpY2xlcyIsMSwxXQ"])


ARTICLE: Shape[StoredArticle] = Shape({
    **own("id", "outlet"),
    "outlet_name": lambda article, view: view.outlet_name(article.outlet),
    "url": lambda article, _: article.canonical_url,
    "title": lambda article, view: view.sight(article.outlet).title(article.title),
    "subtitle": lambda article, view: view.sight(article.outlet).subtitle(article.subtitle),
    "authors": lambda article, _: [author.name for author in article.authors],
    **own("section"),
    **moments("published_at", "modified_at", "first_seen_at"),
    **own("state", "revision", "duplicate_of", "language", "keywords"),
    "image": lambda article, _: article.image_url,
    **own("paywalled", "topics"),
    "body": lambda article, view: view.sight(article.outlet).body(article.body),
})  # fmt: skip

FIELDS = ARTICLE.parameter("article", "id,title,url")
AT = Field(
    default=None,
    description="As the archive knew it then: text, state, head and ties of that time. What has no history (authors, "
    "section, topics, the times a page says) is as it is now; so is a text that its outlet has withdrawn since.",
    examples=["2026-11-24T07:40:00+09:00"],
)


class ArticleQuery(Paged):
    outlet: OutletId | None = Field(default=None, description="Only this outlet's.")
    since: Moment | None = Field(default=None, description="First seen at or after this time.")
    at: Moment | None = AT
    fields: str | None = FIELDS


class OneArticle(Parameters):
    at: Moment | None = AT
    fields: str | None = FIELDS


@router.get("/articles", summary="Articles, newest first", response_model=ArticlePage, responses=documented(400))
async def articles(
    request: Request, reader: Admitted, room: RoomOf, query: Annotated[ArticleQuery, Query()]
) -> Response:
    """Ordered by the time they were first seen. Gone articles are in it, without their text."""

    def listed(session: Session) -> tuple[Sequence[StoredArticle], str | None]:
        rows, cursor = list_articles(
            session,
            limit=query.limit,
            after=query.after,
            outlet=query.outlet,
            since=query.since,
            known_by=query.at,
        )
        return known_at(session, rows, query.at) if query.at else rows, cursor

    return await room.answer_page(request, reader, ARTICLE, query.fields, listed)


@router.get("/articles/{article_id}", summary="One article", response_model=ArticleRow, responses=documented(404))
async def article(
    request: Request, reader: Admitted, room: RoomOf, article_id: ArticleId, query: Annotated[OneArticle, Query()]
) -> Response:
    def one(session: Session) -> dict[str, Any]:
        return ARTICLE.row(existing(session, article_id, query.at), room.view(session, reader), query.fields)

    return await room.answer(request, one)


def existing(session: Session, article_id: int, at: datetime | None = None) -> StoredArticle:
    """The article, with `at` as it was known then. Raises Refusal: 404."""
    found = get_article(session, article_id)
    if found is None:
        raise Refusal(404, "No such article: its id is not in this archive.")
    if at is None:
        return found
    then = known_at(session, [found], at)
    if not then:
        raise Refusal(404, "This article was not known at that time: `first_seen_at` says since when it is.")
    return then[0]


class EditRow(BaseModel):
    """A place that differs. An empty side: something came or went. Null: words that this reader may not see."""

    field: str = Field(examples=["title"], json_schema_extra={"enum": ["title", "subtitle", "body"]})
    reason: str = Field(examples=["amount"])
    before: str | None = Field(examples=["3억달러"])
    after: str | None = Field(examples=["4억달러"])


class VersionRow(Row):
    """One version of an article's text. When the article is gone, its versions have no text left."""

    revision: int = Field(description="Its place in the change feed.", examples=[97])
    at: AwareDatetime = Field(description="When it was read first.", examples=["2026-11-24T07:20:31+09:00"])
    title: str | None = Field(examples=["중관춘 예시로봇, 4억달러 유치 (예시)"])
    subtitle: str | None = Field(examples=[None])
    body: list[str] = Field(description="As much as for the article.", examples=[[]])
    extractor: str = Field(description="What took the text out of the page.", examples=["profile:mk/2022+blocks/1"])
    verdict: str | None = Field(
        description="Whether it differs from the version before in what it says (material) or only in how (cosmetic); "
        "null for the first.",
        examples=["material"],
        json_schema_extra={"enum": ["material", "cosmetic", None]},
    )
    reasons: list[str] = Field(
        description="What is different: headline, amount, name, text (said or not said) are material; typo, spacing, "
        "punctuation are cosmetic.",
        examples=[["headline", "amount"]],
    )
    edits: list[EditRow] = Field(description="The places that differ, at most 50, the material ones first.")
    origin: str = Field(
        description="visit: the outlet's page was new or had changed; reextraction: the same page, read again.",
        examples=["visit"],
        json_schema_extra={"enum": ["visit", "reextraction"]},
    )


class VersionList(BaseModel):
    """Oldest first; the last one is the article's text."""

    items: list[VersionRow]


def _version(revision: Revision, outlet: str, view: View) -> dict[str, Any]:
    sight = view.sight(outlet)
    return {
        "revision": revision.seq,
        "at": view.time(revision.at),
        "title": sight.title(revision.title),
        "subtitle": sight.subtitle(revision.subtitle),
        "body": sight.body(revision.body),
        "extractor": revision.extractor,
        "verdict": revision.verdict,
        "reasons": revision.reasons or [],
        "edits": [_edit(edit, sight) for edit in revision.edits or []],
        "origin": revision.origin,
    }


def _edit(edit: Sequence[str], sight: Sight) -> dict[str, Any]:
    field, reason, before, after = edit
    shown = {"title": sight.title, "subtitle": sight.subtitle}.get(field, sight.sentence)
    return {"field": field, "reason": reason, "before": before and shown(before), "after": after and shown(after)}


@router.get(
    "/articles/{article_id}/versions",
    summary="Every version of an article's text",
    response_model=VersionList,
    responses=documented(404),
)
async def versions(
    request: Request, reader: Admitted, room: RoomOf, article_id: ArticleId, query: Annotated[Parameters, Query()]
) -> Response:
    del query

    def every(session: Session) -> dict[str, Any]:
        outlet, view = existing(session, article_id).outlet, room.view(session, reader)
        return {"items": [_version(revision, outlet, view) for revision in revisions_of(session, article_id)]}

    return await room.answer(request, every)


class DuplicateRow(Row):
    """An article like the one asked about, and what ties them."""

    article: ArticleRow
    kind: str = Field(
        description="What `of` says: copy_of (the same text), excerpt_of (a part of it) or sibling (same template).",
        examples=["copy_of"],
        json_schema_extra={"enum": ["copy_of", "excerpt_of", "sibling"]},
    )
    of: int = Field(description="The id of the article that the other one copies, excerpts or follows.", examples=[41])
    containment: float = Field(description="Share of the shorter text found in the longer one.", examples=[0.97])
    shared_numbers: float = Field(description="Share of its numbers found there.", examples=[1.0])


class DuplicateList(BaseModel):
    """`head` is the article that told this text first, or null when the one asked about did."""

    head: int | None = Field(examples=[41])
    items: list[DuplicateRow]


def _duplicate(one: Related, view: View, chosen: str | None) -> dict[str, Any]:
    return {
        "article": ARTICLE.row(one.other, view, chosen),
        "kind": one.kind,
        "of": one.other_id,
        "containment": round(one.containment, 4),
        "shared_numbers": round(one.shared_numbers, 4),
    }


@router.get(
    "/articles/{article_id}/duplicates",
    summary="Copies, excerpts and siblings of an article",
    response_model=DuplicateList,
    responses=documented(404),
)
async def duplicates(
    request: Request, reader: Admitted, room: RoomOf, article_id: ArticleId, query: Annotated[OneArticle, Query()]
) -> Response:
    """At most 200 of them. `fields` names the fields of each article in it."""

    def like_it(session: Session) -> dict[str, Any]:
        head, view = existing(session, article_id, query.at).duplicate_of, room.view(session, reader)
        found = related_to(session, article_id, at=query.at)
        return {"head": head, "items": [_duplicate(one, view, query.fields) for one in found]}

    return await room.answer(request, like_it)
