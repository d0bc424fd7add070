"""The articles that fulfil a query, as statements for either database."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from storage.models.archive import Article
from storage.records import SearchFilters
from storage.search import filters as filtering
from storage.search.index import fts5_match, state_of, tsquery
from storage.search.query import Query

WALKED = 300  # articles whose lexemes PostgreSQL looks at one by one before it asks the index for all that have them
COUNTED = 1_000  # so many hits are counted; where there are more, the total says "at least"


class Hits:
    """The articles that fulfil a query and its filters, the newest first."""

    def __init__(
        self, session: Session, query: Query, filters: SearchFilters, within: Select[int] | None = None
    ) -> None:
        self.session, self.query, self.filters = session, query, filters
        self._on_sqlite = session.get_bind().dialect.name == "sqlite"
        self._walks = bool(query.groups) and not self._on_sqlite
        self._table = state_of(session).table
        self._span = filtering.span_of_ids(session, filters)
        self._conditions = filtering.conditions(filters, within, indexed=bool(query.groups))
        # Words of a gone article are erased, so none is found by a word.
        self._is_empty = bool(query.groups) and filters.state == filtering.GONE
        self._index = table(
            self._table, column("rowid" if self._on_sqlite else "article_id", BigInteger), column("lexemes")
        )
        if not self._on_sqlite:
            # The planner would rather read and unpack every row than trust the index.
            session.execute(text("SET LOCAL enable_seqscan = off"))

    def newest(self, limit: int, *, before: int | None = None, in_title: bool = False) -> list[int]:
        """The ids of the newest hits below the id `before`; with `in_title` of those that have the words there."""
        if self._is_empty:
            return []
        if self._walks and not in_title:
            walked = self._page(self._walk(max(WALKED, 2 * limit), before), limit)
            if len(walked) == limit:
                return walked
        return self._page(self._found(before, in_title=in_title), limit)

    def _page(self, statement: Select[Any], limit: int) -> list[int]:
        """The newest of what a statement finds that fulfil the conditions, too."""
        newest_first = self._place(statement.selected_columns[0]).desc()
        if self._conditions:
            if not self._on_sqlite:
                # Ordered before they are asked, so that few fill the page: OFFSET 0 keeps it a step of its own.
                statement = select(statement.order_by(newest_first).offset(0).subquery().c[0])
                newest_first = statement.selected_columns[0].desc()
            statement = statement.where(self._holds(statement.selected_columns[0]))
        return list(self.session.scalars(statement.order_by(newest_first).limit(limit)))

    def count(self) -> tuple[int, bool]:
        """How many hits there are, and whether that is all: nobody counts a hundred thousand for one page."""
        if self._is_empty:
            return 0, True
        # Conditions are asked of each article: of so many that have the words, not of all.
        found = self._found(None, in_title=False)
        if self._on_sqlite:
            found = found.order_by(found.selected_columns[0].desc())
        else:
            # Planned as if all were read, for which the index is best; no more of it is read than is asked for.
            found = select(found.cte("hits").prefix_with("MATERIALIZED").c[0])
        every = found.limit(COUNTED + 1).subquery().c[0]
        holds = func.sum(case((self._holds(every), 1), else_=0)) if self._conditions else func.count()
        seen, held = self.session.execute(select(func.count(), holds).select_from(every.table)).one()
        return min(held or 0, COUNTED), seen <= COUNTED

    def _holds(self, article_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The conditions, asked of one article after the other: as a value, for EXISTS may become a join of all."""
        row = select(literal(1)).select_from(Article).where(and_(Article.id == article_id, *self._conditions))
        return row.scalar_subquery().is_not(None)

    def _found(self, before: int | None, *, in_title: bool) -> Select[Any]:
        """The articles with the words, in no order: one column that numbers them."""
        if not self.query.groups:
            every = Article.__table__.alias("every")
            return select(every.c.id).where(*self._bounds(every.c.id, before))
        index = self._index
        article_id = index.c[0]
        return select(article_id).where(
            self._matches(index, in_title=in_title), *self._bounds(self._place(article_id), before)
        )

    def _walk(self, length: int, before: int | None) -> Select[Any]:
        """The articles with the words among the newest `length`: words of every third article fill a page from them."""
        newest = select(self._index).where(*self._bounds(self._index.c.article_id, before))
        walked = newest.order_by(self._index.c.article_id.desc()).limit(length).subquery()
        return select(walked.c.article_id).where(self._matches(walked, in_title=False))

    def _matches(self, index: FromClause, *, in_title: bool) -> ColumnElement[bool]:
        facets = filtering.facets_wanted(self.filters)
        if self._on_sqlite:
            match = fts5_match(self.query, facets=facets, in_title=in_title)
            return text(f"{self._table} MATCH :match").bindparams(match=match)  # type: ignore[return-value]
        wanted = cast(literal(tsquery(self.query, facets=facets, in_title=in_title)), TSQUERY)
        return index.c.lexemes.op("@@")(wanted)

    def _place(self, article_id: ColumnElement[int]) -> ColumnElement[int]:
        """The id as something to sort and bound by that keeps PostgreSQL from walking the key through all articles."""
        return article_id if self._on_sqlite or not self.query.groups else article_id + 0

    def _bounds(self, article_id: ColumnElement[int], before: int | None) -> list[ColumnElement[bool]]:
        first, last = self._span
        bounds = [
            article_id >= first if first is not None else None,
            article_id <= last if last is not None else None,
            article_id < before if before is not None else None,
        ]
        return [bound for bound in bounds if bound is not None]
