"""Reads the folder of sample outlets: who they are, how they are served, and their articles in each edition."""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
FOLDER = Path(__file__).parent / "site"
SHARED = "shared"
EDITIONS = (1, 2)
MARK = "(예시 기사)"
SPAN = timedelta(hours=20)  # the oldest article is younger than this

_FILE = re.compile(r"(?P<number>\d+)(?:\.edition-(?P<edition>\d+))?\.txt")


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One made-up article as its outlet prints it. Times are aware, Asia/Seoul, whole minutes."""

    outlet: str
    number: str
    url: str
    title: str
    paragraphs: tuple[str, ...]
    author: str
    email: str
    section: str
    relevant: bool
    published_at: datetime
    modified_at: datetime | None = None
    caption: str | None = None
    wire: str | None = None
    listed: bool = True
    gone_in_edition: int | None = None

    @property
    def path(self) -> str:
        """Path and query: what a request line asks for."""
        return "/" + self.url.split("/", 3)[3]

    @property
    def updated_at(self) -> datetime:
        return self.modified_at or self.published_at


@dataclass(frozen=True, slots=True)
class ServedPage:
    """A feed, sitemap or list of an outlet, from its `serve.toml`."""

    path: str
    content_type: str
    template: str | None = None
    status: int = 200
    summaries: bool = False
    tracking: str | None = None  # parameters added to every link of a feed


@dataclass(frozen=True, slots=True)
class SampleOutlet:
    """One sample outlet on its own loopback address; `articles` holds the live ones of each edition, newest first."""

    id: str
    name: str
    host: str
    port: int
    encoding: str
    catalogue_toml: str
    robots: str
    pages: tuple[ServedPage, ...]
    articles: dict[int, tuple[SampleArticle, ...]] = field(default_factory=dict)
    gone: dict[int, tuple[SampleArticle, ...]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"


def read_folder(now: datetime, port: int, folder: Path = FOLDER) -> tuple[SampleOutlet, ...]:
    """All sample outlets, articles dated within the last 20 hours before `now`, by address."""
    outlets = [_read_outlet(file.parent, now.astimezone(SEOUL), port) for file in sorted(folder.glob("*/serve.toml"))]
    return tuple(sorted(outlets, key=lambda outlet: outlet.host))


def _read_outlet(folder: Path, now: datetime, port: int) -> SampleOutlet:
    serve = tomllib.loads((folder / "serve.toml").read_text(encoding="utf-8"))
    host = f"127.0.0.{serve['address']}"
    base = f"http://{host}:{port}"
    places = {"{base}": base, "{host}": f"{host}:{port}"}
    toml = _filled((folder / "outlet.toml").read_text(encoding="utf-8"), places)
    row = tomllib.loads(toml)
    address = base + serve["article_path"]
    everything = {edition: _read_articles(folder, row["id"], edition, address, now) for edition in EDITIONS}
    return SampleOutlet(
        id=row["id"],
        name=row["name"],
        host=host,
        port=port,
        encoding=serve.get("encoding", "utf-8"),
        catalogue_toml=toml,
        robots=_filled((folder / "robots.txt").read_text(encoding="utf-8"), places),
        pages=tuple(ServedPage(**page) for page in serve["pages"]),
        articles={e: tuple(a for a in everything[e] if not _is_gone(a, e)) for e in EDITIONS},
        gone={e: tuple(a for a in everything[e] if _is_gone(a, e)) for e in EDITIONS},
    )


def _filled(text: str, places: dict[str, str]) -> str:
    # str.format would trip over the braces of regular expressions in outlet.toml.
    for place, value in places.items():
        text = text.replace(place, value)
    return text


def _is_gone(article: SampleArticle, edition: int) -> bool:
    return article.gone_in_edition is not None and edition >= article.gone_in_edition


def _read_articles(folder: Path, outlet: str, edition: int, address: str, now: datetime) -> list[SampleArticle]:
    chosen: dict[str, tuple[int, Path]] = {}
    for file in sorted(folder.glob("articles/*.txt")):
        match = _FILE.fullmatch(file.name)
        if match is None:
            raise ValueError(f"{file}: article files are called NUMBER.txt or NUMBER.edition-N.txt")
        number, since = match["number"], int(match["edition"] or 1)
        if since <= edition and since >= chosen.get(number, (0, file))[0]:
            chosen[number] = (since, file)
    articles = [_read_article(file, outlet, number, address, now) for number, (_, file) in chosen.items()]
    return sorted(articles, key=lambda article: article.published_at, reverse=True)


def _read_article(file: Path, outlet: str, number: str, address: str, now: datetime) -> SampleArticle:
    head, _, text = file.read_text(encoding="utf-8").partition("\n---\n")
    facts: dict[str, Any] = dict(line.split(": ", 1) for line in head.splitlines())
    text = text.replace("{day}", str((now - SPAN).day))
    closed = facts.get("path")  # a page that is linked but that robots.txt closes
    base = "/".join(address.split("/", 3)[:3])
    gone = facts.get("gone_in_edition")
    return SampleArticle(
        outlet=outlet,
        number=number,
        url=base + closed if closed else address.replace("{number}", number),
        title=facts["title"],
        paragraphs=tuple(part.strip() for part in text.split("\n\n") if part.strip()),
        author=facts["author"],
        email=facts["email"],
        section=facts["section"],
        relevant=facts["relevant"] == "yes",
        published_at=_hours_before(now, facts["hours_ago"]),
        modified_at=_hours_before(now, facts["modified_hours_ago"]) if "modified_hours_ago" in facts else None,
        caption=facts.get("caption"),
        wire=facts.get("wire"),
        listed=closed is None,
        gone_in_edition=int(gone) if gone else None,
    )


def _hours_before(now: datetime, hours: str) -> datetime:
    return (now - timedelta(hours=float(hours))).replace(second=0, microsecond=0)
