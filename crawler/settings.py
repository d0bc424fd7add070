"""The crawler's section of the settings: what is watched, how politely, and how much of it at most."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from storage.version import version

MEGABYTE = 1024 * 1024
PRODUCT = "zgcwatch"

Hours = Annotated[float, Field(gt=0)]


class NaverSettings(BaseModel):
    """Access to the Naver News search API. Without an id and a secret, searches of kind naver fail, and say so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str | None = Field(default=None, description="Client id of your application at Naver.")
    client_secret: SecretStr | None = Field(default=None, description="Its secret; better given as a file.")
    calls_per_day: int = Field(
        default=25_000, ge=1, description="Calls a day allowed for the client id, counted in the database."
    )
    url: str = Field(default="https://openapi.naver.com/v1/search/news.json", description="Where the API is.")


class BoilerplateSettings(BaseModel):
    """Which last lines of an outlet's articles are suggested as boilerplate. Nothing is removed without approval."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    newest_articles: int = Field(default=400, ge=10, le=5000, description="Newest articles of an outlet looked at.")
    least_articles: int = Field(default=8, ge=2, description="Articles that end with a line before it is suggested.")
    least_share: float = Field(
        default=0.05, ge=0, le=1, description="Share of the articles looked at that end with it, at least."
    )


class CrawlerSettings(BaseModel):
    """How outlets are visited. Every limit holds for each fetch: pages, feeds, robots.txt and redirects alike."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = Field(
        default="", description="Web or mail address printed in the User-Agent, so that an outlet can reach you."
    )
    user_agent: str | None = Field(default=None, description="Whole User-Agent; absent: zgcwatch/<version> (+contact).")
    outlets: tuple[Path, ...] = Field(default=(), description="Folders of outlet files laid over the packaged ones.")
    packaged_outlets: bool = Field(default=True, description="Whether the outlets that come with zgcwatch are watched.")
    topics: Path | None = Field(default=None, description="A topics file in place of the packaged one.")
    entities: tuple[Path, ...] = Field(
        default=(), description="Files of names laid over the packaged lexicon (see docs/meaning.md)."
    )
    keep: Literal["relevant", "all"] = Field(
        default="relevant", description="relevant: articles that touch a topic; all: every article that is found."
    )
    allow_private_addresses: bool = Field(
        default=False, description="Let fetches reach loopback and private networks. For tests and the demo only."
    )
    browser: Path | None = Field(
        default=None,
        description="Path of the Chromium for outlets that need a browser; absent: the one Playwright installed.",
    )
    verify_certificates: bool = Field(default=True, description="Refuse outlets whose TLS certificate does not hold.")
    delay: float | None = Field(
        default=None, ge=0, le=120, description="Seconds between two requests to a host, in place of the outlets' own."
    )
    download_timeout: float = Field(default=15.0, gt=0, le=20, description="Seconds one fetch may take, all in all.")
    max_page_bytes: int = Field(default=5 * MEGABYTE, ge=1024, description="Largest page, counted after unpacking.")
    max_feed_bytes: int = Field(default=5 * MEGABYTE, ge=1024, description="Largest feed, sitemap or section page.")
    parse_processes: int = Field(default=2, ge=1, le=64, description="Worker processes that parse what was fetched.")
    parse_deadline: float = Field(default=5.0, gt=0, le=120, description="Seconds one page may take to be parsed.")
    recheck_after: tuple[Hours, ...] = Field(
        default=(1, 6, 24, 72), description="Hours after its first sight at which an article is looked at again."
    )
    confirm_gone_after_hours: Hours = Field(
        default=6, description="Hours an article must stay missing (404) before it counts as withdrawn."
    )
    visit_every_minutes: Hours = Field(default=20, description="Minutes between two visits of a busy source.")
    visit_at_least_every_minutes: Hours = Field(default=360, description="Minutes between two visits of a quiet one.")
    google_news_url: str = Field(
        default="https://news.google.com/rss/search", description="Where the Google News RSS search is."
    )
    naver: NaverSettings = Field(default_factory=NaverSettings, description="Access to the Naver News search API.")
    night_pages: int = Field(
        default=300,
        ge=0,
        description="Article pages of one outlet fetched between 00:00 and 06:00 Korean time at most.",
    )
    robots_hours: Hours = Field(default=12, description="Hours a robots.txt is believed before it is read again.")
    boilerplate: BoilerplateSettings = Field(
        default_factory=BoilerplateSettings, description="Which last lines are suggested as boilerplate."
    )

    @field_validator("contact", "user_agent")
    @classmethod
    def _one_header_line(cls, value: str | None) -> str | None:
        if value is not None and not (value.isascii() and value.isprintable()):
            raise ValueError("goes into an HTTP header: ASCII letters only, on one line")
        return value

    @field_validator("recheck_after")
    @classmethod
    def _ascending(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if list(value) != sorted(set(value)):
            raise ValueError("must be hours in ascending order, each once")
        return value

    @property
    def agent(self) -> str:
        """The User-Agent header: who visits, and how to reach the operator."""
        contact = f" (+{self.contact})" if self.contact else ""
        return self.user_agent or f"{PRODUCT}/{version()}{contact}"

    @property
    def recheck_plan(self) -> tuple[timedelta, ...]:
        return tuple(timedelta(hours=hours) for hours in self.recheck_after)
