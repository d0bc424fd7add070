"""An article as a page shows it: what its outlet's licence allows, with the words of a search marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.safe import one_line, shorten
from storage.database import Session
from storage.records import StoredArticle
from storage.search.highlight import highlights
from storage.search.query import Query
from web.licence import Sight
from web.pages.visitor import Visitor
from web.rows import InZone, View

SNIPPET = 220  # characters of the text around a hit
BEFORE = 60

Pieces = Sequence[tuple[str, bool]]
NOTHING = Query()


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """One article in a list. `title` is None where it may not be shown; `gone`: the outlet took it down."""

    id: int
    outlet: str
    outlet_name: str
    url: str
    title: Pieces | None
    snippet: Pieces
    published_at: datetime | None
    first_seen_at: datetime
    section: str | None
    gone: bool
    copy: bool


def view_of(session: Session, visitor: Visitor, in_zone: InZone) -> View:
    """How the visitor sees the archive."""
    return View.of(session, visitor.reader, in_zone)


def marked(query: Query, text: str) -> Pieces:
    """A text in pieces, those that a search found marked."""
    pieces, end = [], 0
    for mark in highlights(query, text, ""):
        pieces += [(text[end : mark.start], False), (text[mark.start : mark.end], True)]
        end = mark.end
    return [piece for piece in (*pieces, (text[end:], False)) if piece[0]]


def shown_articles(articles: Sequence[StoredArticle], view: View, query: Query = NOTHING) -> list[ShownArticle]:
    """Articles of a list."""
    return [_shown(article, view, query) for article in articles]


def _shown(article: StoredArticle, view: View, query: Query) -> ShownArticle:
    sight = view.sight(article.outlet)
    gone = article.state != "live"
    title = None if gone else sight.title(article.title)
    return ShownArticle(
        id=article.id,
        outlet=article.outlet,
        outlet_name=view.outlet_name(article.outlet),
        url=article.canonical_url,
        title=None if title is None else marked(query, title),
        snippet=() if gone else snippet(article.body, sight, query),
        published_at=article.published_at,
        first_seen_at=article.first_seen_at,
        section=article.section,
        gone=gone,
        copy=article.duplicate_of is not None,
    )


def snippet(body: Sequence[str], sight: Sight, query: Query) -> Pieces:
    """What a list shows of the text: around the first hit where the reader may see it whole, else the opening."""
    if not sight.whole:
        return marked(query, " ".join(sight.body(body)))
    text = one_line(" ".join(body))
    first = next(iter(highlights(query, text, "")), None)
    start = max(0, first.start - BEFORE) if first else 0
    if start:
        start = text.find(" ", start, start + BEFORE) + 1 or start
    return marked(query, ("…" if start else "") + shorten(text[start:], SNIPPET))


def outlet_choices(view: View) -> Mapping[str, str]:
    """Every outlet's name by its id, by name."""
    return {row.id: row.name for row in sorted(view.outlets.values(), key=lambda row: row.name)}
