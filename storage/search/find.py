"""The search itself: lexemes to articles, articles to one page of hits.

Newest first, the index is read from its end and no further than the page needs. By relevance, the hits that may be best
are read whole and judged: those with the words in their title before the others, the newer before the older.
"""

from collections.abc import Callable

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from storage import cursor as cursors
from storage.models.archive import Article, Revision
from storage.models.base import table_of
from storage.records import SearchFilters, SearchHit, SearchResult
from storage.search.highlight import highlights
from storage.search.hits import Hits
from storage.search.query import Expand, Query, parse
from storage.search.rank import score

RANKED = 300  # so many hits are judged by their text
_BY_AGE = "search-newest"
_BY_RANK = "search-best"
_EVERYTHING = SearchFilters()

_ARTICLES, _REVISIONS = table_of(Article).c, table_of(Revision).c
_OF_ARTICLE = _REVISIONS.seq == _ARTICLES.revision
_TEXTS = select(_ARTICLES.id, _REVISIONS.title, cast(_REVISIONS.body, Text)).where(_OF_ARTICLE)
_SHOWN = select(
    _ARTICLES.id,
    _REVISIONS.title,
    _ARTICLES.outlet,
    _ARTICLES.canonical_url,
    _ARTICLES.published_at,
    _ARTICLES.first_seen_at,
    _REVISIONS.body,
).where(_OF_ARTICLE)


def _always(_outlet: str) -> bool:
    return True


def search(
    session: Session,
    query: str,
    *,
    limit: int = 20,
    cursor: str | None = None,
    newest_first: bool = True,
    filters: SearchFilters = _EVERYTHING,
    within: Select[int] | None = None,
    expand: Expand | None = None,
    marked: Callable[[str], bool] = _always,
) -> SearchResult:
    """Live articles whose newest text fulfils the query, newest first seen first or best match first.

    Any text is a valid query. Without a word it finds what the filters leave, newest first; without filters either,
    nothing. `within` is a statement that gives the ids of the articles to search in; `expand` gives the other names of
    a name; `marked` says of an outlet whether hits in the bodies of its articles are wanted. By relevance the best 300
    are listed. Raises CursorError for a cursor of another list or order.
    """
    parsed = parse(query, expand)
    kind = _BY_AGE if newest_first else _BY_RANK
    after = cursors.decode(kind, cursor) if cursor is not None else None
    if not parsed.groups and filters == _EVERYTHING and within is None:
        return SearchResult(total=0, items=())
    hits = Hits(session, parsed, filters, within)
    if newest_first or not parsed.groups:
        ids, last = _newest(hits, limit, after)
    else:
        ids, last = _best(session, hits, limit, after)
    total, is_exact = (len(ids), True) if after is None and last is None else hits.count()
    following = cursors.encode(kind, *last) if last else None
    # Where conditions are rare, a page may show more than was counted.
    return SearchResult(max(total, len(ids)), _shown(session, parsed, ids, marked), following, total_is_exact=is_exact)


_Place = tuple[float, int]


def _newest(hits: Hits, limit: int, after: _Place | None) -> tuple[list[int], _Place | None]:
    found = hits.newest(limit + 1, before=after[1] if after else None)
    ids = found[:limit]
    return ids, (0, ids[-1]) if len(found) > limit and ids else None


def _best(session: Session, hits: Hits, limit: int, after: _Place | None) -> tuple[list[int], _Place | None]:
    candidates = hits.newest(RANKED)
    if len(candidates) == RANKED:
        in_title = hits.newest(RANKED, in_title=True)
        candidates = list(dict.fromkeys((*in_title, *candidates)))[:RANKED]
    texts = session.execute(_TEXTS.where(_ARTICLES.id.in_(candidates)))
    ranked = sorted((-score(hits.query, title, body), -article_id) for article_id, title, body in texts)
    if after is not None:
        ranked = [place for place in ranked if place > (after[0], -after[1])]
    page = ranked[:limit]
    last = (page[-1][0], -page[-1][1]) if len(ranked) > limit and page else None
    return [-article_id for _, article_id in page], last


def _shown(session: Session, query: Query, ids: list[int], marked: Callable[[str], bool]) -> tuple[SearchHit, ...]:
    found = {
        article_id: SearchHit(
            id=article_id,
            title=title,
            outlet=outlet,
            url=url,
            published_at=published_at,
            first_seen_at=first_seen_at,
            highlights=highlights(query, title, "\n".join(body) if marked(outlet) else ""),
        )
        for article_id, title, outlet, url, published_at, first_seen_at, body in session.execute(
            _SHOWN.where(_ARTICLES.id.in_(ids))
        )
    }
    return tuple(found[article_id] for article_id in ids if article_id in found)
