"""Where articles are announced: feeds, sitemaps, lists and news searches, as outlet files describe them."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, Self
from urllib.parse import quote_plus, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

# The address a search is known by, whatever host the settings send it to.
SEARCHES = {
    "naver": "https://openapi.naver.com/v1/search/news.json?sort=date&query={query}",
    "google-news": "https://news.google.com/rss/search?hl=ko&gl=KR&ceid=KR:ko&q={query}",
}
_KEYS_OF_KINDS = {
    "links": {"list"},
    "next": {"list"},
    "page": {"list"},
    "pages": {"list", "naver"},
    "queries": set(SEARCHES),
    "resolve": {"google-news"},
}


class Source(BaseModel):
    """Where an outlet announces its articles, or a search that finds those of others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["feed", "sitemap", "list", "naver", "google-news"] = Field(
        description="feed: RSS, Atom, RDF or JSON Feed; sitemap: sitemap, news sitemap or an index of them; list: a "
        "section page; naver, google-news: a news search."
    )
    url: str = Field(default="", description="Absolute address; a search has `queries` instead.")
    section: str | None = Field(default=None, description="Section name given to articles found here.")
    use: Literal["news", "archive"] = Field(
        default="news", description="archive: only asked for a stretch of the past (backfill, catching up)."
    )
    links: str | None = Field(default=None, description="list only: CSS selector of the links to articles.")
    next: str | None = Field(default=None, description="list only: CSS selector of the link to the following page.")
    page: str | None = Field(
        default=None,
        description="list only: address of page {page}; {date:%Y%m%d} in it makes it a list of one day.",
    )
    pages: int = Field(
        default=5, ge=1, le=100, description="list and naver: pages read in one visit while each brings something new."
    )
    queries: tuple[str, ...] = Field(default=(), description="Searches only: what is searched for.")
    resolve: bool = Field(
        default=False, description="google-news only: follow its opaque links where its robots.txt allows it."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for key in self.model_fields_set & set(_KEYS_OF_KINDS):
            if self.kind not in _KEYS_OF_KINDS[key]:
                raise ValueError(f"`{key}` belongs to kind = {' or '.join(sorted(_KEYS_OF_KINDS[key]))}")
        if self.kind == "list" and self.links is None:
            raise ValueError('`links` belongs to kind = "list", which needs it')
        if self.is_search and not (self.queries and all(map(str.strip, self.queries))):
            raise ValueError(f'kind = "{self.kind}" needs `queries`, none of them empty')
        if self.next and self.page:
            raise ValueError("give `next` or `page`, not both")
        if not self.is_search and (
            urlsplit(self.url).scheme not in {"http", "https"} or not urlsplit(self.url).hostname
        ):
            raise ValueError("`url` must be an absolute http or https URL")
        return self

    @field_validator("page")
    @classmethod
    def _is_a_template(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            first, second = (value.format(page=page, date=date(2026, 1, 1)) for page in (1, 2))
        except (LookupError, ValueError, AttributeError) as error:
            raise ValueError(
                f"{value!r} is not a page template: only {{page}} and {{date:%Y%m%d}} may stand in it"
            ) from error
        if first == second or urlsplit(first).scheme not in {"http", "https"}:
            raise ValueError(f"{value!r} must be an absolute URL with {{page}} in it")
        return value

    @property
    def is_search(self) -> bool:
        return self.kind in SEARCHES

    @property
    def query(self) -> str:
        """What a search looks for; after the outlet file has been read, a search has one query."""
        return self.queries[0]

    def single_queries(self) -> Iterator["Source"]:
        """The source itself, or one search for each of its queries: each is due, quiet or failing for itself."""
        if not self.is_search:
            yield self
            return
        for query in dict.fromkeys(" ".join(query.split()) for query in self.queries):
            yield self.model_copy(
                update={"queries": (query,), "url": SEARCHES[self.kind].format(query=quote_plus(query))}
            )

    def page_url(self, number: int, day: date) -> str | None:
        """The address of a further page of a list, None where it has no such pages."""
        return self.page.format(page=number, date=day) if self.page else None

    @property
    def is_daily(self) -> bool:
        """Whether the list's template names the day."""
        return self.page is not None and "{date" in self.page
