"""Renders a sample outlet into the answers its server gives: robots.txt, feeds, lists, article pages, tombstones."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.demo.folder import FOLDER, SHARED, SampleArticle, SampleOutlet, ServedPage

TIME_FORMATS: dict[str, Callable[[datetime], str]] = {
    "rfc822": format_datetime,
    "iso": datetime.isoformat,
    "dotted": lambda at: at.strftime("%Y.%m.%d %H:%M"),
    "dashed": lambda at: at.strftime("%Y-%m-%d %H:%M"),
    "slashed": lambda at: at.strftime("%Y/%m/%d %H:%M"),
    "korean": lambda at: f"{at.year}년 {at.month}월 {at.day}일",
}
OTHERS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says to one request: bytes as the outlet encodes them, and when they last changed."""

    body: bytes
    content_type: str
    status: int = HTTPStatus.OK
    last_modified: datetime | None = None

    @property
    def etag(self) -> str:
        return '"' + hashlib.sha256(self.body).hexdigest()[:20] + '"'


def answers_of(outlet: SampleOutlet, edition: int, folder: Path = FOLDER) -> Iterator[tuple[str, Answer]]:
    """Every path of the outlet in this edition, with its answer."""
    environment = _environment([folder / outlet.id, folder / SHARED])
    articles = outlet.articles[edition]
    yield "/robots.txt", Answer(outlet.robots.encode(), "text/plain; charset=utf-8")
    yield "/", _listing(environment, outlet, articles, ServedPage("/", _html(outlet), "home.html.j2"))
    for page in outlet.pages:
        yield page.path, _listing(environment, outlet, articles, page)
    for article in articles:
        yield article.path, _article(environment, outlet, article, articles)
    for article in outlet.gone[edition]:
        yield article.path, message(outlet, HTTPStatus.GONE, folder)


def message(outlet: SampleOutlet, status: int, folder: Path = FOLDER) -> Answer:
    """A page that only says its status (404, 410, 500)."""
    environment = _environment([folder / SHARED])
    text = environment.get_template("message.html.j2").render(outlet=outlet, status=int(status))
    return Answer(text.encode(), "text/html; charset=utf-8", status)


def _environment(folders: Sequence[Path]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters.update(TIME_FORMATS)
    return environment


def _listing(
    environment: Environment, outlet: SampleOutlet, articles: Sequence[SampleArticle], page: ServedPage
) -> Answer:
    if page.template is None:
        return message(outlet, page.status)
    # A closed page is on no feed; lists show it, as real section pages link to members' articles.
    shown = [a for a in articles if a.listed or page.template == "list.html.j2"]
    updated_at = max((article.updated_at for article in shown), default=None)
    text = _render(environment, page.template, outlet, articles=shown, page=page, updated_at=updated_at)
    return Answer(text.encode(outlet.encoding), page.content_type, page.status, updated_at)


def _article(
    environment: Environment, outlet: SampleOutlet, article: SampleArticle, articles: Sequence[SampleArticle]
) -> Answer:
    others = [other for other in articles if other is not article and other.listed][:OTHERS_SHOWN]
    text = _render(environment, "article.html.j2", outlet, article=article, others=others)
    return Answer(text.encode(outlet.encoding), _html(outlet), last_modified=article.updated_at)


def _render(environment: Environment, template: str, outlet: SampleOutlet, **values: Any) -> str:
    return environment.get_template(template).render(outlet=outlet, **values)


def _html(outlet: SampleOutlet) -> str:
    # Servers of EUC-KR sites seldom name the charset in the header, and neither does this one.
    return "text/html; charset=utf-8" if outlet.encoding == "utf-8" else "text/html"
