"""The fingerprints in SQL, shared by all processes: who might be like a text, who is, and who heads whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import BigInteger, BindParameter, bindparam, delete, insert, or_, select, text, union_all, update
from sqlalchemy.orm import Session

from storage.changes import record
from storage.duplicates.fingerprint import Fingerprint, Text, text_of
from storage.duplicates.groups import Pair, heads
from storage.duplicates.verdict import Kind, compare
from storage.models.archive import Article, Outlet, PastRelation, Relation
from storage.models.base import JsonValue, UtcDateTime, table_of
from storage.records import ChangeOp

MOST_CANDIDATES = 100
# A sentence that thousands of articles end with ties nobody: of those that share as little, the newest are looked at.
MOST_LOOKED_AT = 300
MOST_IN_A_GROUP = 500
# Two long texts that share one sentence and no band are two reports; a flash of two sentences may be all of a story.
FEW_SENTENCES = 3

# All hashes of a text travel as one parameter; forty would cost more than the search itself.
_ONE_OF = {"sqlite": "IN (SELECT value FROM json_each(:hashes))", "postgresql": "= ANY(CAST(:hashes AS int[]))"}
_REMEMBER = {
    "sqlite": "INSERT INTO fingerprints (hash, article_id) SELECT value, :id FROM json_each(:hashes)",
    "postgresql": "INSERT INTO fingerprints (hash, article_id) SELECT unnest(CAST(:hashes AS int[])), :id",
}
_CANDIDATES = """
SELECT a.id, a.first_seen_at, r.body
FROM (
    SELECT article_id, count(*) AS shared FROM fingerprints
    WHERE hash {one_of} AND article_id <> :id GROUP BY article_id
    ORDER BY shared DESC, article_id DESC LIMIT {looked_at}
) f
{articles}
JOIN revisions r ON r.seq = a.revision
WHERE a.state = 'live' AND a.first_seen_at BETWEEN :since AND :until
AND (f.shared > 1 OR :sentences <= {few} OR a.sentences IS NULL OR a.sentences <= {few})
ORDER BY f.shared DESC, a.first_seen_at, a.id LIMIT :most
"""
# PostgreSQL plans a statement it has seen often for any number of hashes, and would read all articles to join them:
# five times the time. Asked for one after the other they come by their key.
_ARTICLES = {
    "sqlite": "JOIN articles a ON a.id = f.article_id",
    "postgresql": "JOIN LATERAL ("
    "SELECT id, first_seen_at, state, sentences, revision FROM articles WHERE id = f.article_id LIMIT 1) a ON true",
}
_STATEMENTS = {
    dialect: (
        text(_REMEMBER[dialect]),
        text(f"DELETE FROM fingerprints WHERE article_id = :id AND hash {one_of}"),  # noqa: S608 - our own words
        text(
            _CANDIDATES.format(one_of=one_of, few=FEW_SENTENCES, articles=_ARTICLES[dialect], looked_at=MOST_LOOKED_AT)
        )
        .bindparams(bindparam("since", type_=UtcDateTime), bindparam("until", type_=UtcDateTime))
        .columns(id=BigInteger, first_seen_at=UtcDateTime, body=JsonValue),
    )
    for dialect, one_of in _ONE_OF.items()
}
_articles, _relation, _outlets = table_of(Article), table_of(Relation), table_of(Outlet)
_SAME_TEXT = _relation.c.kind.in_([str(Kind.COPY), str(Kind.EXCERPT)])
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_WRITE_RELATIONS = insert(_relation)
_ends = union_all(
    select(_relation.c.other_id.label("id")).where(_relation.c.article_id.in_(_IDS), _SAME_TEXT),
    select(_relation.c.article_id).where(_relation.c.other_id.in_(_IDS), _SAME_TEXT),
).subquery()
_NEIGHBOURS = (
    select(_articles.c.id).join(_ends, _ends.c.id == _articles.c.id).where(_articles.c.state == "live").distinct()
)
_MEMBERS = (
    select(
        _articles.c.id,
        _articles.c.first_seen_at,
        _articles.c.duplicate_of,
        _articles.c.wire_source,
        _outlets.c.name,
    )
    .select_from(_articles.outerjoin(_outlets, _outlets.c.id == _articles.c.outlet))
    .where(_articles.c.id.in_(_IDS), _articles.c.state == "live")
    .order_by(_articles.c.id)
)
_TIES = select(_relation.c.article_id, _relation.c.other_id, _relation.c.kind).where(
    _relation.c.article_id.in_(_IDS), _relation.c.other_id.in_(_IDS), _SAME_TEXT
)
_COUNT = update(_articles).where(_articles.c.id == bindparam("its_id")).values(sentences=bindparam("count"))
_MOVE = update(_articles).where(_articles.c.id == bindparam("its_id")).values(duplicate_of=bindparam("head"))


class _Placed(Protocol):
    """What of an article is asked here."""

    @property
    def id(self) -> int: ...
    @property
    def first_seen_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Placed:
    """An article as `place` wants it, without its row."""

    id: int
    first_seen_at: datetime


def place(
    session: Session,
    article: _Placed,
    prints: Fingerprint,
    *,
    before: Fingerprint | None,
    now: datetime,
    window: timedelta,
) -> int | None:
    """Give an article its place among those like it; `before` is the fingerprint it had. Gives its head, if any.

    Writes a MERGE change for every article whose head changed by this.
    """
    touched: set[int] = set()
    if before is not None:
        touched = _neighbourhood(session, article.id)
        _forget_prints(session, article.id, before)
        _end_relations(session, article.id, now)
        session.connection().execute(_COUNT, {"its_id": article.id, "count": len(prints.sentences)})
    relations = _relations(session, article, prints, now, window)
    _remember(session, article.id, prints)
    if relations:
        session.connection().execute(_WRITE_RELATIONS, relations)
    if not relations and before is None:
        return None
    return _settle(session, touched | _neighbourhood(session, article.id), now).get(article.id)


def leave(session: Session, article_id: int, before: Fingerprint, now: datetime) -> None:
    """A gone article heads nobody: those like it get their place without it. Its relations stay as history."""
    touched = _neighbourhood(session, article_id)
    _forget_prints(session, article_id, before)
    _settle(session, touched - {article_id}, now)


def _as_array(session: Session, hashes: Iterable[int]) -> tuple[str, str]:
    """The dialect's name, and the hashes as one parameter of it."""
    dialect = session.get_bind().dialect.name
    listed = ",".join(map(str, hashes))
    return dialect, f"[{listed}]" if dialect == "sqlite" else f"{{{listed}}}"


def _remember(session: Session, article_id: int, prints: Fingerprint) -> None:
    if prints.bands:
        dialect, hashes = _as_array(session, prints.hashes)
        session.connection().execute(_STATEMENTS[dialect][0], {"id": article_id, "hashes": hashes})


def _forget_prints(session: Session, article_id: int, before: Fingerprint) -> None:
    # Found again by computing them: an index by article would cost as much as the fingerprints.
    if before.bands:
        dialect, hashes = _as_array(session, before.hashes)
        session.execute(_STATEMENTS[dialect][1], {"id": article_id, "hashes": hashes})


def _end_relations(session: Session, article_id: int, now: datetime) -> None:
    """The relations of a text that is not that text any more become past ones."""
    ours = or_(Relation.article_id == article_id, Relation.other_id == article_id)
    columns = list(table_of(Relation).c)
    past = select(*columns, bindparam("until", now, type_=UtcDateTime)).where(ours)
    session.execute(insert(PastRelation).from_select([*(column.name for column in columns), "until"], past))
    session.execute(delete(Relation).where(ours).execution_options(synchronize_session=False))


def _relations(
    session: Session, article: _Placed, prints: Fingerprint, now: datetime, window: timedelta
) -> list[dict[str, object]]:
    """What the article is to each article of the window that shares a band or a sentence with it."""
    ours = (article.first_seen_at, article.id)
    found: list[dict[str, object]] = []
    for other_id, first_seen_at, body in candidates(session, article, prints, window):
        other = _text_of(tuple(body))
        verdict = compare(prints.text, other)
        if verdict is None:
            continue
        points_away = ours > (first_seen_at, other_id)
        if verdict.kind is Kind.EXCERPT:
            points_away = _is_shorter(prints.text, other)
        found.append(
            {
                "article_id": article.id if points_away else other_id,
                "other_id": other_id if points_away else article.id,
                "kind": str(verdict.kind),
                "containment": verdict.containment,
                "shared_numbers": verdict.shared_numbers,
                "since": now,
            }
        )
    return found


@lru_cache(maxsize=128)
def _text_of(body: tuple[str, ...]) -> Text:
    # One report comes from many outlets within minutes, and each is compared with all before it.
    return text_of(body)


def _is_shorter(one: Text, other: Text) -> bool:
    return len(one.shingles) < len(other.shingles)


def candidates(
    session: Session, article: _Placed, prints: Fingerprint, window: timedelta
) -> list[tuple[int, datetime, list[str]]]:
    """Live articles of the window that share enough hashes, those with the most first: id, first seen, body."""
    if not prints.bands:
        return []
    dialect, hashes = _as_array(session, prints.hashes)
    values = {
        "hashes": hashes,
        "id": article.id,
        "since": article.first_seen_at - window,
        "until": article.first_seen_at + window,
        "most": MOST_CANDIDATES,
        "sentences": len(prints.sentences),
    }
    return [tuple(row) for row in session.connection().execute(_STATEMENTS[dialect][2], values)]


def _neighbourhood(session: Session, article_id: int) -> set[int]:
    """The article and every live article that copies or excerpts tie to it, over any number of steps."""
    reached = {article_id}
    frontier: Collection[int] = reached
    while frontier and len(reached) < MOST_IN_A_GROUP:
        frontier = set(session.connection().scalars(_NEIGHBOURS, {"ids": list(frontier)})) - reached
        reached |= frontier
    return reached


def _settle(session: Session, touched: Collection[int], now: datetime) -> dict[int, int]:
    """Work out who heads whom among these articles and write what changed; gives the head of each that has one."""
    connection = session.connection()
    rows = connection.execute(_MEMBERS, {"ids": list(touched)}).all()
    ties = connection.execute(_TIES, {"ids": [row.id for row in rows]}).all()
    found = heads(
        {row.id: row.first_seen_at for row in rows},
        copies=[(tie.article_id, tie.other_id) for tie in ties if tie.kind == Kind.COPY],
        excerpts=[(tie.article_id, tie.other_id) for tie in ties if tie.kind == Kind.EXCERPT],
        sources=_sources([(row.id, row.wire_source, row.name) for row in rows]),
    )
    for row in rows:
        head = found.get(row.id)
        if row.duplicate_of != head:
            connection.execute(_MOVE, {"its_id": row.id, "head": head})
            record(session, ChangeOp.MERGE, row.id, now, head_id=head)
    return found


def _sources(rows: Collection[tuple[int, str | None, str | None]]) -> list[Pair]:
    """Which article says it is from the agency whose article another one is."""
    by_name: dict[str, list[int]] = {}
    for article_id, _, outlet in rows:
        if outlet:
            by_name.setdefault(outlet, []).append(article_id)
    return [(article_id, own) for article_id, wire, _ in rows if wire for own in by_name.get(wire, ())]
