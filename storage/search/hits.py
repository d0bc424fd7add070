"""The articles that fulfil a query, as statements for either database."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from storage.models.archive import Article
from storage.records import SearchFilters
from storage.search import filters as filtering
from storage.search.index import fts5_match, state_of, tsquery
from storage.search.query import Query

COUNTED = 1_000  # so many hits are counted; where there are more, the total says "at least"


class Hits:
    """The articles that fulfil a query and its filters, the newest first."""

    def __init__(
        self, session: Session, query: Query, filters: SearchFilters, within: Select[int] | None = None
    ) -> None:
        self.session, self.query, self.filters = session, query, filters
        self._on_sqlite = session.get_bind().dialect.name == "sqlite"
        self._table = state_of(session).table
        self._span = filtering.span_of_ids(session, filters)
        self._conditions = filtering.conditions(filters, within, indexed=bool(query.groups))
        # Words of a gone article are erased, so none is found by a word.
        self._is_empty = bool(query.groups) and filters.state == filtering.GONE
        if not self._on_sqlite:
            # The planner would rather read and unpack every row than trust the index.
            session.execute(text("SET LOCAL enable_seqscan = off"))

    def newest(self, limit: int, *, before: int | None = None, in_title: bool = False) -> list[int]:
        """The ids of the newest hits below the id `before`; with `in_title` of those that have the words there."""
        if self._is_empty:
            return []
        statement, article_id = self._found(before, in_title=in_title)
        if self._conditions:
            if not self._on_sqlite:
                # Ordered before they are asked, so that few fill the page: OFFSET 0 keeps it a step of its own.
                article_id = statement.order_by(article_id.desc()).offset(0).subquery().c[0]
                statement = select(article_id)
            statement = statement.where(self._holds(article_id))
        return list(self.session.scalars(statement.order_by(article_id.desc()).limit(limit)))

    def count(self) -> tuple[int, bool]:
        """How many hits there are, and whether that is all: nobody counts a hundred thousand for one page."""
        if self._is_empty:
            return 0, True
        statement, article_id = self._found(None, in_title=False)
        # Conditions are asked of each article: of the newest two thousand that have the words, not of all.
        looked_at = COUNTED * (2 if self._conditions else 1)
        newest = statement.order_by(article_id.desc()).limit(looked_at + 1).subquery()
        every = newest.c[0]
        holds = func.sum(case((self._holds(every), 1), else_=0)) if self._conditions else func.count()
        seen, found = self.session.execute(select(func.count(), holds).select_from(newest)).one()
        return min(found or 0, COUNTED), seen <= looked_at and (found or 0) <= COUNTED

    def _holds(self, article_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The conditions, asked of one article after the other: as a value, for EXISTS may become a join of all."""
        row = select(literal(1)).select_from(Article).where(and_(Article.id == article_id, *self._conditions))
        return row.scalar_subquery().is_not(None)

    def _found(self, before: int | None, *, in_title: bool) -> tuple[Select[Any], ColumnElement[int]]:
        """The articles with the words, and the column that numbers them."""
        if not self.query.groups:
            every = Article.__table__.alias("every")
            return select(every.c.id).where(*self._bounds(every.c.id, before)), every.c.id
        facets = filtering.facets_wanted(self.filters)
        if self._on_sqlite:
            index = table(self._table, column("rowid", BigInteger))
            match = fts5_match(self.query, facets=facets, in_title=in_title)
            statement = select(index.c.rowid).where(text(f"{self._table} MATCH :match").bindparams(match=match))
            return statement.where(*self._bounds(index.c.rowid, before)), index.c.rowid
        index = table(self._table, column("article_id", BigInteger), column("lexemes"))
        wanted = cast(literal(tsquery(self.query, facets=facets, in_title=in_title)), TSQUERY)
        found = select(index.c.article_id).where(index.c.lexemes.op("@@")(wanted))
        # Bounds are for what was found: inside, the planner would walk the key and unpack every row between them.
        hits = found.cte("hits").prefix_with("MATERIALIZED")
        return select(hits.c.article_id).where(*self._bounds(hits.c.article_id, before)), hits.c.article_id

    def _bounds(self, article_id: ColumnElement[int], before: int | None) -> list[ColumnElement[bool]]:
        first, last = self._span
        bounds = [
            article_id >= first if first is not None else None,
            article_id <= last if last is not None else None,
            article_id < before if before is not None else None,
        ]
        return [bound for bound in bounds if bound is not None]
