"""Whether the archive keeps its promises: what `zgcwatch db check` asks of it, and of every restored backup."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from storage.database import Database
from storage.models.archive import Article
from storage.search.index import facet, state_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be: which promise, and how often it is broken."""

    promise: str
    count: int


# Each gives how many rows break a promise; 0 is in order.
PROMISES: Mapping[str, TextClause] = {
    "the change counter is the newest change": text(
        "SELECT count(*) FROM change_counter WHERE value <> (SELECT coalesce(max(seq), 0) FROM changes)"
    ),
    "there is one change counter": text("SELECT abs(count(*) - 1) FROM change_counter"),
    "the change feed has no gap": text(
        "SELECT CASE WHEN count(*) = 0 THEN 0 ELSE max(seq) - min(seq) + 1 - count(*) END FROM changes"
    ),
    "every article has the text it says it has": text(
        "SELECT count(*) FROM articles a LEFT JOIN revisions r ON r.seq = a.revision AND r.article_id = a.id "
        "WHERE r.seq IS NULL"
    ),
    "an article's text is its newest version": text(
        "SELECT count(*) FROM articles a WHERE EXISTS "
        "(SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.seq > a.revision)"
    ),
    "every version is in the change feed": text(
        "SELECT count(*) FROM revisions r LEFT JOIN changes c ON c.seq = r.seq AND c.article_id = r.article_id "
        "WHERE c.seq IS NULL AND r.seq >= (SELECT coalesce(min(seq), 0) FROM changes)"
    ),
    "a gone article has no text left": text(
        "SELECT count(*) FROM articles a JOIN revisions r ON r.article_id = a.id "
        "WHERE a.state = 'gone' AND (r.title <> '' OR r.subtitle IS NOT NULL)"
    ),
    "a gone article has no raw page left": text(
        "SELECT count(*) FROM articles a JOIN urls u ON u.article_id = a.id JOIN pages p ON p.url_key = u.key "
        "WHERE a.state = 'gone'"
    ),
    "an article's canonical address leads to it": text(
        "SELECT count(*) FROM articles a WHERE NOT EXISTS "
        "(SELECT 1 FROM urls u WHERE u.article_id = a.id AND u.url = a.canonical_url)"
    ),
    "a duplicate's first report is live and has none itself": text(
        "SELECT count(*) FROM articles a JOIN articles head ON head.id = a.duplicate_of "
        "WHERE a.state = 'live' AND (head.state <> 'live' OR head.duplicate_of IS NOT NULL)"
    ),
}


def broken_promises(database: Database) -> list[Finding]:
    """What is wrong with the archive, in one consistent state of it; an empty list is a whole archive."""
    with database.reader() as session:
        return list(_findings(session))


def _findings(session: Session) -> Iterator[Finding]:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        yield from _file(session)
    for promise, statement in PROMISES.items():
        count = session.scalar(statement) or 0
        if count:
            yield Finding(promise, count)
    found = _on_sqlite(session) if on_sqlite else _on_postgresql(session)
    if found:
        yield Finding("search knows exactly the live articles", found)


def _file(session: Session) -> Iterator[Finding]:
    damaged = session.execute(text("PRAGMA quick_check(100)")).scalars().all()
    if list(damaged) != ["ok"]:
        yield Finding("the database file is not damaged", len(damaged))
    dangling = len(session.execute(text("PRAGMA foreign_key_check")).all())
    if dangling:
        yield Finding("every reference leads to a row", dangling)


def _on_sqlite(session: Session) -> int:
    """The index has no list of its documents, but each has its outlet's facet: compared outlet by outlet."""
    table = state_of(session).table
    match = text(f"SELECT rowid FROM {table} WHERE {table} MATCH :facet")  # noqa: S608 - a name made of a number
    wrong = 0
    for outlet in session.scalars(select(Article.outlet).distinct()).all():
        indexed = set(session.scalars(match, {"facet": f'"{facet("outlet", outlet)}"'}))
        live = set(session.scalars(select(Article.id).where(Article.outlet == outlet, Article.state == "live")))
        wrong += len(indexed ^ live)
    return wrong


def _on_postgresql(session: Session) -> int:
    table = state_of(session).table
    statement = text(
        f"SELECT count(*) FROM (SELECT id FROM articles WHERE state = 'live') a "  # noqa: S608 - a name made of a number
        f"FULL JOIN {table} i ON i.article_id = a.id WHERE a.id IS NULL OR i.article_id IS NULL"
    )
    return session.scalar(statement) or 0
