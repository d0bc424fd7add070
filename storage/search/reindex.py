"""Making the index again while everything goes on: after the tokenizer changed, or for an archive that came without.

A new table is filled beside the one in force, some articles at a time, each in a short transaction; writers keep both
tables for what is in the new one already. The last step puts it in force and drops the old one. When it is stopped, it
goes on where it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from storage.changes import hold_feed
from storage.database import Database
from storage.models.archive import Article, Revision
from storage.search.index import (
    NAME,
    State,
    as_document,
    facets_of,
    forget_state,
    insert_into,
    make_table,
    state_of,
    table_of,
    terms_of,
)
from storage.search.tokenizer import TOKENIZER_VERSION

BATCH = 50  # articles a transaction: other writers wait some tens of milliseconds


@dataclass(frozen=True, slots=True)
class IndexStanding:
    """Whether the index fits this code. `version` None: nothing was ever indexed."""

    version: int | None
    wanted: int
    is_being_made: bool

    @property
    def is_current(self) -> bool:
        return self.version in {None, self.wanted}


def standing(session: Session) -> IndexStanding:
    """How the search index stands against this code's tokenizer."""
    state = state_of(session)
    return IndexStanding(state.version, TOKENIZER_VERSION, state.making is not None)


def reindex(database: Database, *, progress: Callable[[int, int], None] | None = None, batch: int = BATCH) -> int:
    """Make the search index again; gives the number of articles in it. `progress` is told of articles done, and of all.

    Only one at a time: a second one that runs beside it does some of the same work, and harms nothing.
    """
    with database.writer() as session:
        hold_feed(session)
        _begin(session)
    with database.reader() as session:
        total = session.scalar(select(func.count()).where(Article.state == "live")) or 0
    done = 0
    while (count := _next_batch(database, batch)) is not None:
        done += count
        if progress:
            progress(done, max(total, done))
    return done


def _begin(session: Session) -> None:
    """A new table to fill, unless one is being filled by this version of the tokenizer."""
    state = state_of(session)
    if state.making is not None and _making_version(session) == TOKENIZER_VERSION:
        return
    making = (state.making or state.generation) + 1
    if state.making is not None:
        session.execute(text(f"DROP TABLE IF EXISTS {table_of(state.making)}"))
    make_table(session, making)
    session.execute(
        text("UPDATE index_state SET making = :making, making_version = :version, made_to = 0 WHERE name = :name"),
        {"making": making, "version": TOKENIZER_VERSION, "name": NAME},
    )
    forget_state(session)


def _making_version(session: Session) -> int | None:
    row = session.execute(text("SELECT making_version FROM index_state WHERE name = :name"), {"name": NAME})
    version: int | None = row.scalar_one()
    return version


def _next_batch(database: Database, batch: int) -> int | None:
    """Index the next articles; None when there was nothing left and the new index is in force."""
    with database.reader() as session:
        state = state_of(session)
        if state.making is None:
            return None
        # What takes time is done before other writers are made to wait.
        rows = _articles_after(session, state.made_to, batch)
        terms = {seq: terms_of(title, subtitle, body) for _, seq, _, _, title, subtitle, body in rows}
    with database.writer() as session:
        hold_feed(session)
        if state_of(session) != state:
            return 0
        rows = _articles_after(session, state.made_to, batch)
        if rows:
            return _write(session, state, rows, terms)
        _put_in_force(session, state)
        return None


_Row = Row[int, int, str, str | None, str, str | None, list[str]]


def _articles_after(session: Session, article_id: int, limit: int) -> Sequence[_Row]:
    return session.execute(
        select(
            Article.id,
            Article.revision,
            Article.outlet,
            Article.section,
            Revision.title,
            Revision.subtitle,
            Revision.body,
        )
        .join(Revision, Revision.seq == Article.revision)
        .where(Article.id > article_id, Article.state == "live")
        .order_by(Article.id)
        .limit(limit)
    ).all()


def _write(session: Session, state: State, rows: Sequence[_Row], terms: dict[int, tuple[str, ...]]) -> int:
    assert state.making is not None
    table = table_of(state.making)
    for article_id, seq, outlet, section, title, subtitle, body in rows:
        words = terms.get(seq) or terms_of(title, subtitle, body)
        insert_into(session, table, article_id, as_document(session, (*words, *facets_of(outlet, section))))
    session.execute(
        text("UPDATE index_state SET made_to = :made_to WHERE name = :name"), {"made_to": rows[-1][0], "name": NAME}
    )
    return len(rows)


def _put_in_force(session: Session, state: State) -> None:
    session.execute(
        text(
            "UPDATE index_state SET generation = making, version = making_version, making = NULL, "
            "making_version = NULL, made_to = 0 WHERE name = :name"
        ),
        {"name": NAME},
    )
    session.execute(text(f"DROP TABLE IF EXISTS {state.table}"))
    forget_state(session)
