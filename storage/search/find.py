"""The search itself: lexemes to revisions, revisions to live articles, articles to one page of hits."""

from typing import Any

from sqlalchemy import (
    CTE,
    REAL,
    ColumnElement,
    Double,
    Row,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session

from storage import cursor as cursors
from storage.models.archive import Article, Revision
from storage.records import SearchHit, SearchResult
from storage.search.highlight import highlights
from storage.search.index import fts5_match, stems_tsquery, tsquery
from storage.search.query import Query, parse

_BY_AGE = "search-age"
_BY_RANK = "search-rank"
# A word in the title says more than one in the text, a whole word more than its pieces.
_FTS5_WEIGHTS = "4.0, 1.0, 2.0"
_PG_WEIGHTS = cast(literal("{0.1, 0.2, 0.5, 1.0}"), ARRAY(REAL))  # of D, C, B and A
_BY_LENGTH = 1  # ts_rank: divide by 1 + the logarithm of the length

_index = table("search_index", column("rowid"), column("seq"), column("terms"))


def search(
    session: Session, query: str, *, limit: int = 20, cursor: str | None = None, newest_first: bool = True
) -> SearchResult:
    """Live articles whose newest text fulfils the query, newest first seen first or best match first.

    Any text is a valid query. Raises CursorError for a cursor of another list or order.
    """
    parsed = parse(query)
    if cursor is not None:
        cursors.decode(_BY_AGE if newest_first else _BY_RANK, cursor)
    if not parsed.conditions:
        return SearchResult(total=0, items=())
    live = _live_hits(session, parsed, ranked=not newest_first)
    total = session.scalar(select(func.count()).select_from(live)) or 0
    page = _newest(live, cursor) if newest_first else _best(live, cursor)
    rows = session.execute(page.limit(limit + 1)).all()
    shown = rows[:limit]
    items = _hits(session, parsed, [row.id for row in shown])
    return SearchResult(total, items, _next(shown[-1], newest_first) if len(rows) > limit and shown else None)


def _live_hits(session: Session, query: Query, *, ranked: bool) -> CTE:
    """The live articles that fulfil the query: id, first_seen_at and rank (smaller is better)."""
    if session.get_bind().dialect.name == "sqlite":
        hits = _fts5_hits(query, ranked=ranked)
    else:
        # The planner would rather read and unpack every row than trust the index.
        session.execute(text("SET LOCAL enable_seqscan = off"))
        hits = _tsvector_hits(query, ranked=ranked)
    return (
        select(Article.id, Article.first_seen_at, hits.c.rank)
        .join(hits, hits.c.seq == Article.revision)
        .where(Article.state == "live")
        .cte("live")
    )


def _fts5_hits(query: Query, *, ranked: bool) -> CTE:
    rank = f"bm25(search_index, {_FTS5_WEIGHTS})" if ranked else "0.0"
    match = text("search_index MATCH :match").bindparams(match=fts5_match(query, ranked=ranked))
    hits = select(_index.c.rowid.label("seq"), literal_column(rank, Double).label("rank"))
    return hits.where(match).cte("hits").prefix_with("MATERIALIZED")


def _tsvector_hits(query: Query, *, ranked: bool) -> CTE:
    wanted = cast(literal(tsquery(query)), TSQUERY)
    rank: ColumnElement[float] = literal(0.0)
    if ranked:
        by_pieces = func.ts_rank(_PG_WEIGHTS, _index.c.terms, wanted, _BY_LENGTH)
        by_words = func.ts_rank(_PG_WEIGHTS, _index.c.terms, cast(literal(stems_tsquery(query)), TSQUERY), _BY_LENGTH)
        rank = cast(-(by_pieces + by_words), Double)
    hits = select(_index.c.seq, rank.label("rank")).where(_index.c.terms.op("@@")(wanted))
    return hits.cte("hits").prefix_with("MATERIALIZED")


def _newest(live: CTE, cursor: str | None) -> Select[Any]:
    page = select(live).order_by(live.c.first_seen_at.desc(), live.c.id.desc())
    return page if cursor is None else page.where(cursors.older_than(_BY_AGE, cursor, live.c.first_seen_at, live.c.id))


def _best(live: CTE, cursor: str | None) -> Select[Any]:
    page = select(live).order_by(live.c.rank, live.c.id.desc())
    if cursor is None:
        return page
    rank, article_id = cursors.decode(_BY_RANK, cursor)
    return page.where(or_(live.c.rank > rank, and_(live.c.rank == rank, live.c.id < article_id)))


def _next(last: Row[Any], newest_first: bool) -> str:
    if newest_first:
        return cursors.encode(_BY_AGE, cursors.microseconds(last.first_seen_at), last.id)
    return cursors.encode(_BY_RANK, last.rank, last.id)


def _hits(session: Session, query: Query, ids: list[int]) -> tuple[SearchHit, ...]:
    rows = session.execute(
        select(
            Article.id,
            Revision.title,
            Article.outlet,
            Article.canonical_url.label("url"),
            Article.published_at,
            Article.first_seen_at,
            Revision.body,
        )
        .join(Revision, Revision.seq == Article.revision)
        .where(Article.id.in_(ids))
    ).all()
    found = {
        row.id: SearchHit(
            id=row.id,
            title=row.title,
            outlet=row.outlet,
            url=row.url,
            published_at=row.published_at,
            first_seen_at=row.first_seen_at,
            highlights=highlights(query, row.title, "\n".join(row.body)),
        )
        for row in rows
    }
    return tuple(found[article_id] for article_id in ids)
