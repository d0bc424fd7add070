"""What besides words narrows a search: each filter as a facet of the index where it has one, else as a condition."""

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from storage.models.archive import Article, Relation
from storage.records import SearchFilters
from storage.search.index import facet

LIVE, GONE, ANY = "live", "gone", "any"
STATES = (LIVE, GONE, ANY)
_KINDS = ("copy_of", "excerpt_of", "sibling")
RELATIONS = ("original", "duplicate", *_KINDS)
# Ids follow the order of first sight but for the clocks of several machines: so many articles may be out of order.
_OUT_OF_ORDER = 1_000
_NO_ID = 1 << 62


def facets_wanted(filters: SearchFilters) -> list[list[str]]:
    """Facets of the index: of each list one has to be there."""
    wanted = (("outlet", filters.outlets), ("section", filters.sections))
    return [[facet(kind, value) for value in values] for kind, values in wanted if values]


def conditions(filters: SearchFilters, within: Select[int] | None, *, indexed: bool) -> list[ColumnElement[bool]]:
    """What is asked of the article's row; with `indexed` the facets are left to the index."""
    found: list[ColumnElement[bool]] = [] if within is None else [Article.id.in_(within)]
    if filters.since is not None:
        found.append(Article.first_seen_at >= filters.since)
    if filters.until is not None:
        found.append(Article.first_seen_at < filters.until)
    if filters.relation is not None:
        found.append(_relation(filters.relation))
    if indexed:
        return found
    if filters.outlets:
        found.append(Article.outlet.in_(filters.outlets))
    if filters.sections:
        found.append(Article.section.in_(filters.sections))
    if filters.state != ANY:
        found.append(Article.state == filters.state)
    return found


def _relation(name: str) -> ColumnElement[bool]:
    if name == "original":
        return Article.duplicate_of.is_(None)
    if name == "duplicate":
        return Article.duplicate_of.is_not(None)
    return exists().where(Relation.article_id == Article.id, Relation.kind == name)


def span_of_ids(session: Session, filters: SearchFilters) -> tuple[int | None, int | None]:
    """The ids between which all articles of the time asked for are (None: no bound), so that others are not read."""
    seen = Article.first_seen_at
    first = last = None
    if filters.since is not None:
        # An article that entered the archive late has a later id than those of its time, never an earlier one.
        edge = select(Article.id).where(seen >= filters.since).order_by(seen, Article.id).limit(_OUT_OF_ORDER)
        first = session.scalar(select(func.min(edge.subquery().c.id))) or _NO_ID
    if filters.until is not None:
        last = session.scalar(select(func.max(Article.id)).where(seen < filters.until)) or 0
    return first, last
