"""Learned last lines of outlets: the articles they are learned from, suggestions, and what the operator decided."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.models.archive import Article, Revision
from storage.models.boilerplate import BoilerplateLine
from storage.text import clean_text, readable

SUGGESTED, APPROVED, REJECTED = "suggested", "approved", "rejected"


@dataclass(frozen=True, slots=True)
class Ending:
    """A stored article as learning looks at it."""

    url: str
    title: str
    writers: tuple[str, ...]
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line that recurs at the end of an outlet's articles; `doubt` says why it may be text all the same."""

    line: str
    articles: int
    sample_urls: tuple[str, ...]
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class LearnedLine:
    """A line as it is kept; `articles` of the `looked_at` newest articles ended with it when it was seen last."""

    id: int
    outlet: str
    line: str
    state: str
    articles: int
    looked_at: int
    sample_urls: tuple[str, ...]
    doubt: str | None
    suggested_at: datetime
    seen_at: datetime
    decided_at: datetime | None


def newest_endings(session: Session, outlet: str, *, limit: int) -> list[Ending]:
    """The outlet's newest live articles that are nobody's copy, newest first."""
    rows = session.execute(
        select(Article.canonical_url, Article.authors, Revision.title, Revision.body)
        .join(Revision, Revision.seq == Article.revision)
        .where(Article.outlet == outlet, Article.state == "live", Article.duplicate_of.is_(None))
        .order_by(Article.first_seen_at.desc(), Article.id.desc())
        .limit(limit)
    )
    return [
        Ending(row.canonical_url, row.title, tuple(author["name"] for author in row.authors), tuple(row.body))
        for row in rows
    ]


def approved_lines(session: Session, outlet: str) -> frozenset[str]:
    """The outlet's approved lines, as `readable` gives them."""
    approved = select(BoilerplateLine.line).where(BoilerplateLine.outlet == outlet, BoilerplateLine.state == APPROVED)
    return frozenset(readable(line) for line in session.scalars(approved))


def note_suggestions(
    session: Session, outlet: str, found: Iterable[Suggestion], *, looked_at: int, now: datetime
) -> int:
    """Keep what one look found; gives the number of new suggestions.

    A decision once made stays. Suggestions that no longer hold and that nobody decided on are dropped.
    """
    known = {row.key: row for row in session.scalars(select(BoilerplateLine).where(BoilerplateLine.outlet == outlet))}
    seen: set[bytes] = set()
    new = 0
    for suggestion in found:
        line = clean_text(suggestion.line)
        key = _key(line)
        seen.add(key)
        row = known.get(key)
        if row is None:
            row = BoilerplateLine(outlet=outlet, key=key, line=line, state=SUGGESTED, suggested_at=now)
            session.add(row)
            new += 1
        row.articles, row.looked_at, row.seen_at = suggestion.articles, looked_at, now
        row.sample_urls, row.doubt = list(suggestion.sample_urls), suggestion.doubt
    stale = [row.id for key, row in known.items() if key not in seen and row.state == SUGGESTED]
    session.execute(delete(BoilerplateLine).where(BoilerplateLine.id.in_(stale)))
    session.flush()
    return new


def learned_lines(session: Session, *, outlet: str | None = None, state: str | None = None) -> list[LearnedLine]:
    """Lines by outlet, the most frequent first."""
    statement = select(BoilerplateLine).order_by(
        BoilerplateLine.outlet, BoilerplateLine.articles.desc(), BoilerplateLine.id
    )
    if outlet is not None:
        statement = statement.where(BoilerplateLine.outlet == outlet)
    if state is not None:
        statement = statement.where(BoilerplateLine.state == state)
    return [_record(row) for row in session.scalars(statement)]


def decide(session: Session, ids: Collection[int], state: str, *, now: datetime) -> list[LearnedLine]:
    """Approve or reject these lines; gives those that exist, as they are now."""
    rows = session.scalars(select(BoilerplateLine).where(BoilerplateLine.id.in_(ids)).order_by(BoilerplateLine.id))
    decided = []
    for row in rows:
        row.state, row.decided_at = state, now
        decided.append(_record(row))
    session.flush()
    return decided


def _record(row: BoilerplateLine) -> LearnedLine:
    return LearnedLine(
        row.id,
        row.outlet,
        row.line,
        row.state,
        row.articles,
        row.looked_at,
        tuple(row.sample_urls),
        row.doubt,
        row.suggested_at,
        row.seen_at,
        row.decided_at,
    )


def _key(line: str) -> bytes:
    return hashlib.blake2b(readable(line).encode(), digest_size=16).digest()
