"""One exported article: the contract that files keep for years. Its JSON Schema is made from the model here."""

from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from storage.records import Author, RemovedBlock, StoredArticle

SCHEMA_VERSION = "1.1"  # major: a field changed its meaning or went; minor: a field was added
MAJOR = int(SCHEMA_VERSION.split(".", maxsplit=1)[0])


class ExportedAuthor(BaseModel):
    """A byline; the e-mail address where the page prints one."""

    name: str
    email: str | None


class ExportedBlock(BaseModel):
    """A block that was on the page and is not in the body, with the reason."""

    text: str
    reason: str


class ExportedArticle(BaseModel):
    """An article of a zgcwatch archive with its newest text. A gone article has its id, address and times, no text."""

    model_config = ConfigDict(title="zgcwatch article")

    schema_: int = Field(alias="schema", description="Major version of this schema.", examples=[MAJOR])
    id: int = Field(description="Stays the same for ever.", examples=[41])
    revision: int = Field(description="Place of this text in the change feed.", examples=[97])
    state: Literal["live", "gone"] = Field(description="gone: taken down; delete your copy of the text.")
    outlet: str = Field(examples=["hankyung"])
    url: str = Field(description="The canonical address.")
    title: str
    subtitle: str | None
    authors: list[ExportedAuthor]
    section: str | None
    published_at: AwareDatetime | None = Field(description="What the page says.")
    modified_at: AwareDatetime | None = Field(description="What the page says.")
    first_seen_at: AwareDatetime = Field(description="When zgcwatch read it first.")
    body: list[str] = Field(description="Paragraphs in order.")
    captions: list[str]
    removed: list[ExportedBlock] = Field(description="What was set aside, with the reason.")
    extractor: str = Field(description="What took the text out of the page, with versions.")
    language: str | None
    relevance: float = Field(description="0 to 1: how much it is about the topics.")
    topics: list[str]
    duplicate_of: int | None = Field(description="The article that told this text first.")
    keywords: list[str] = Field(description="Words the desk gave the article. Since 1.1.")
    image: str | None = Field(description="Address of the lead image. Since 1.1.")
    paywalled: bool | None = Field(description="The page says that it shows only a part; null: not known. Since 1.1.")


def article_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one row."""
    schema = ExportedArticle.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:zgcwatch:article:{SCHEMA_VERSION}",
        **schema,
    }


def export_row(article: StoredArticle, zone: tzinfo) -> dict[str, Any]:
    """An article as a row of plain values; times are ISO 8601 in the given zone."""

    def shown(moment: datetime | None) -> str | None:
        return moment.astimezone(zone).isoformat() if moment else None

    return {
        "schema": MAJOR,
        "id": article.id,
        "revision": article.revision,
        "state": article.state,
        "outlet": article.outlet,
        "url": article.canonical_url,
        "title": article.title,
        "subtitle": article.subtitle,
        "authors": [asdict(author) for author in article.authors],
        "section": article.section,
        "published_at": shown(article.published_at),
        "modified_at": shown(article.modified_at),
        "first_seen_at": shown(article.first_seen_at),
        "body": list(article.body),
        "captions": list(article.captions),
        "removed": [asdict(block) for block in article.removed],
        "extractor": article.extractor,
        "language": article.language,
        "relevance": article.relevance,
        "topics": list(article.topics),
        "duplicate_of": article.duplicate_of,
        "keywords": list(article.keywords),
        "image": article.image_url,
        "paywalled": article.paywalled,
    }


def record_of(row: dict[str, Any]) -> StoredArticle:
    """The article that `export_row` made this row of."""

    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return StoredArticle(
        id=row["id"],
        outlet=row["outlet"],
        canonical_url=row["url"],
        title=row["title"],
        subtitle=row["subtitle"],
        authors=tuple(Author(**author) for author in row["authors"]),
        section=row["section"],
        published_at=moment(row["published_at"]),
        modified_at=moment(row["modified_at"]),
        first_seen_at=datetime.fromisoformat(row["first_seen_at"]),
        body=tuple(row["body"]),
        captions=tuple(row["captions"]),
        removed=tuple(RemovedBlock(**block) for block in row["removed"]),
        extractor=row["extractor"],
        language=row["language"],
        relevance=row["relevance"],
        topics=tuple(row["topics"]),
        state=row["state"],
        revision=row["revision"],
        duplicate_of=row["duplicate_of"],
        keywords=tuple(row.get("keywords") or ()),
        image_url=row.get("image"),
        paywalled=row.get("paywalled"),
    )
