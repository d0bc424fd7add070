"""The inverted index in SQL: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, both fed with our own lexemes.

Rows are numbered by revision. A row of an older revision is never found again, because search joins on the newest.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.search.query import Condition, Query
from storage.search.tokenizer import lexemes

log = structlog.get_logger()

# A tsvector holds one megabyte; sixty thousand characters of any text fit, the longest real articles have a third.
LONGEST_TEXT = 60_000
_MOST_POSITIONS = 8
_TITLE, _STEM, _BODY = "A", "B", ""  # PostgreSQL's weights; no letter is D


@dataclass(frozen=True, slots=True)
class Terms:
    """The lexemes of one revision."""

    title: tuple[str, ...]
    body: tuple[str, ...]
    stems: tuple[str, ...]


def terms_of(title: str, subtitle: str | None, body: Iterable[str]) -> Terms:
    """The lexemes of an article's text. Text beyond 60,000 characters is kept but cannot be searched."""
    heading = f"{title}\n{subtitle or ''}"[:LONGEST_TEXT]
    running = "\n".join(body)
    room = LONGEST_TEXT - len(heading)
    if len(running) > room:
        log.warning("search.text_too_long", characters=len(running), searchable=room)
    title_lexemes, title_stems = lexemes(heading)
    body_lexemes, body_stems = lexemes(running[:room])
    return Terms(tuple(title_lexemes), tuple(body_lexemes), (*title_stems, *body_stems))


def index(session: Session, seq: int, terms: Terms) -> None:
    """Make revision `seq` findable."""
    if session.get_bind().dialect.name == "sqlite":
        statement = text("INSERT INTO search_index (rowid, title, body, stems) VALUES (:seq, :title, :body, :stems)")
        columns = {"title": " ".join(terms.title), "body": " ".join(terms.body), "stems": " ".join(terms.stems)}
        session.execute(statement, {"seq": seq, **columns})
        return
    statement = text("INSERT INTO search_index (seq, terms) VALUES (:seq, CAST(:terms AS tsvector))")
    session.execute(statement, {"seq": seq, "terms": tsvector(terms)})


def forget(session: Session, seq: int) -> None:
    """Take a revision's lexemes out. A contentless FTS5 table cannot: there the row stays, and is never found."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("DELETE FROM search_index WHERE seq = :seq"), {"seq": seq})


def tsvector(terms: Terms) -> str:
    """PostgreSQL's literal of the lexemes. A place only counts how often a lexeme stands there, up to eight times."""
    weights: defaultdict[str, list[str]] = defaultdict(list)
    for weight, words in ((_TITLE, terms.title), (_STEM, (f"={stem}" for stem in terms.stems)), (_BODY, terms.body)):
        for word in words:
            if len(weights[word]) < _MOST_POSITIONS:
                weights[word].append(weight)
    return " ".join(
        f"'{word}':" + ",".join(f"{place}{weight}" for place, weight in enumerate(places, start=1))
        for word, places in weights.items()
    )


def fts5_match(query: Query, *, ranked: bool) -> str:
    """The query in FTS5's language, every term quoted: an unquoted C++ or 50% is a syntax error."""
    match = " AND ".join(_fts5_condition(condition) for condition in query.conditions)
    if not ranked:
        return match
    # Whoever has the stems fulfils the conditions already; naming them only lifts the rank.
    stems = " OR ".join(f'"{stem}"' for stem in query.stems)
    return f"({match}) OR (({match}) AND stems : ({stems}))"


def _fts5_condition(condition: Condition) -> str:
    star = " *" if condition.prefix else ""
    return "(" + " OR ".join(f'"{lexeme}"{star}' for lexeme in condition.any_of) + ")"


def tsquery(query: Query) -> str:
    """The query in PostgreSQL's language."""
    return " & ".join(
        "(" + " | ".join(f"'{lexeme}'{':*' if condition.prefix else ''}" for lexeme in condition.any_of) + ")"
        for condition in query.conditions
    )


def stems_tsquery(query: Query) -> str:
    """The whole words of the query, any of them, for ranking."""
    return " | ".join(f"'={stem}'" for stem in query.stems)
