"""The inverted index in SQL: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, both fed with our own lexemes.

One document an article, numbered by the article's id, so that the index itself gives the newest first. It only says
which article has which lexeme; where and how often is asked of the text. `index_state` says which table is in force and
which version of the tokenizer made it; while it is made again, writers keep both tables.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from storage.search.query import Condition, Group, Query
from storage.search.tokenizer import TOKENIZER_VERSION, fold, lexemes

log = structlog.get_logger()

# A tsvector holds one megabyte; sixty thousand characters of any text fit, the longest real articles have a third.
LONGEST_TEXT = 60_000
# Marks that no lexeme of a text begins with, and that neither database takes for white space.
IN_TITLE = "¶"
FACET = "°"
NAME = "search"
_STATE = "search_state"  # its place in Session.info
_STATE_IN_FORCE = text("SELECT generation, version, making, made_to FROM index_state WHERE name = :name")


@dataclass(frozen=True, slots=True)
class State:
    """Which index is in force. `making` is the one that replaces it, complete up to the article `made_to`."""

    generation: int
    version: int | None
    making: int | None
    made_to: int

    @property
    def table(self) -> str:
        return table_of(self.generation)

    @property
    def is_current(self) -> bool:
        return self.version in {None, TOKENIZER_VERSION}


def table_of(generation: int) -> str:
    """The name of one generation's table."""
    return f"search_index_{int(generation)}"


def state_of(session: Session) -> State:
    """The state of the index, read once in a session: for a writer, nobody else can change it meanwhile."""
    found = session.info.get(_STATE)
    if found is None:
        row = session.connection().execute(_STATE_IN_FORCE, {"name": NAME}).one()
        found = session.info[_STATE] = State(*row)
    assert isinstance(found, State)
    return found


def forget_state(session: Session) -> None:
    session.info.pop(_STATE, None)


def terms_of(title: str, subtitle: str | None, body: Iterable[str]) -> tuple[str, ...]:
    """The lexemes of an article's text, each once. Text beyond 60,000 characters is kept but cannot be searched."""
    heading = f"{title}\n{subtitle or ''}"[:LONGEST_TEXT]
    running = "\n".join(body)
    room = LONGEST_TEXT - len(heading)
    if len(running) > room:
        log.warning("search.text_too_long", characters=len(running), searchable=room)
    in_title = lexemes(heading)
    return (*lexemes(running[:room]) | in_title, *(IN_TITLE + lexeme for lexeme in in_title))


def facet(kind: str, value: str) -> str:
    """The lexeme of a fact about the article that filters ask for: its outlet, its section."""
    return FACET + hashlib.blake2b(f"{kind}\x1f{fold(value)}".encode(), digest_size=6).hexdigest()


def facets_of(outlet: str, section: str | None) -> tuple[str, ...]:
    """The facets of an article; they are part of its document as its words are."""
    return (facet("outlet", outlet), *([facet("section", section)] if section else []))


def index(session: Session, article_id: int, terms: Iterable[str]) -> None:
    """Make an article findable by these lexemes; it must not be in the index."""
    state = state_of(session)
    if state.version is None:
        session.execute(
            text("UPDATE index_state SET version = :version WHERE name = :name"),
            {"version": TOKENIZER_VERSION, "name": NAME},
        )
        forget_state(session)
    document = as_document(session, terms)
    for table in _tables(state, article_id):
        insert_into(session, table, article_id, document)


def insert_into(session: Session, table: str, article_id: int, document: str) -> None:
    """Write an article's document into one table of the index."""
    statement = _insert_statement(session.get_bind().dialect.name, table)
    session.connection().execute(statement, {"id": article_id, "lexemes": document})


@lru_cache(maxsize=8)
def _insert_statement(dialect: str, table: str) -> TextClause:
    return text(_INSERT[dialect].format(table=table))


def forget(session: Session, article_id: int, terms: Iterable[str]) -> None:
    """Take an article out of the index; `terms` are the lexemes it is found by."""
    state = state_of(session)
    row = {"id": article_id, "lexemes": as_document(session, terms)}
    for table in _tables(state, article_id):
        # Lexemes that another tokenizer made are unknown: they stay until the index has been made again.
        session.execute(text(_DELETE[session.get_bind().dialect.name].format(table=table)), row)


def _tables(state: State, article_id: int) -> Iterator[str]:
    yield state.table
    if state.making is not None and article_id <= state.made_to:
        yield table_of(state.making)


def as_document(session: Session, terms: Iterable[str]) -> str:
    """The lexemes as the database takes them: words of a text, or the literal of a tsvector."""
    if session.get_bind().dialect.name == "sqlite":
        return " ".join(terms)
    return " ".join(f"'{lexeme}'" for lexeme in terms)


_INSERT = {
    "sqlite": "INSERT INTO {table} (rowid, lexemes) VALUES (:id, :lexemes)",
    "postgresql": "INSERT INTO {table} (article_id, lexemes) VALUES (:id, CAST(:lexemes AS tsvector)) "
    "ON CONFLICT (article_id) DO UPDATE SET lexemes = EXCLUDED.lexemes",
}
# FTS5 without contents does not know what a document had, so it has to be told (https://sqlite.org/fts5.html, 6.3).
_DELETE = {
    "sqlite": "INSERT INTO {table} ({table}, rowid, lexemes) VALUES ('delete', :id, :lexemes)",
    "postgresql": "DELETE FROM {table} WHERE article_id = :id",
}


def make_table(session: Session, generation: int) -> None:
    """An empty index."""
    name = table_of(generation)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DROP TABLE IF EXISTS {name}"))
        session.execute(text(SQLITE_TABLE.format(table=name)))
        return
    session.execute(text(f"DROP TABLE IF EXISTS {name}"))
    for statement in POSTGRESQL_TABLE:
        session.execute(text(statement.format(table=name)))


SQLITE_TABLE = "CREATE VIRTUAL TABLE {table} USING fts5(lexemes, content='', detail=none, tokenize='ascii')"
POSTGRESQL_TABLE = (
    "CREATE TABLE {table} (article_id bigint PRIMARY KEY, lexemes tsvector NOT NULL)",
    "CREATE INDEX ix_{table}_lexemes ON {table} USING gin (lexemes)",
)


def fts5_match(query: Query, *, facets: Iterable[Iterable[str]] = (), in_title: bool = False) -> str:
    """The query in FTS5's language, every lexeme quoted: an unquoted C++ or 50% is a syntax error.

    Of each of `facets` one has to be there.
    """
    mark = IN_TITLE if in_title else ""
    parts = [_any(group, mark, _fts5_term, " AND ", " OR ") for group in query.groups]
    parts += [f"({' OR '.join(_fts5_term(lexeme, prefix=False) for lexeme in one)})" for one in facets]
    return " AND ".join(parts)


def tsquery(query: Query, *, facets: Iterable[Iterable[str]] = (), in_title: bool = False) -> str:
    """The query in PostgreSQL's language."""
    mark = IN_TITLE if in_title else ""
    parts = [_any(group, mark, _ts_term, " & ", " | ") for group in query.groups]
    parts += [f"({' | '.join(_ts_term(lexeme, prefix=False) for lexeme in one)})" for one in facets]
    return " & ".join(parts)


def _fts5_term(lexeme: str, *, prefix: bool) -> str:
    return f'"{lexeme}"' + (" *" if prefix else "")


def _ts_term(lexeme: str, *, prefix: bool) -> str:
    return f"'{lexeme}'" + (":*" if prefix else "")


class _Term(Protocol):
    def __call__(self, lexeme: str, *, prefix: bool) -> str: ...


def _any(group: Group, mark: str, term: _Term, and_: str, or_: str) -> str:
    def one(condition: Condition) -> str:
        return f"({or_.join(term(mark + lexeme, prefix=condition.prefix) for lexeme in condition.any_of)})"

    return f"({or_.join(f'({and_.join(map(one, conditions))})' for conditions in group.alternatives)})"
