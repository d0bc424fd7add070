"""What the archive knew at a time: the text of an article, its head and its relations then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models.archive import Article, ChangeRow, PastRelation, Relation, Revision
from storage.records import ChangeOp, RemovedBlock, StoredArticle


@dataclass(frozen=True, slots=True)
class KnownRelation:
    """One tie that was known: `article_id` is `kind` (copy_of, excerpt_of, sibling) `other_id`."""

    article_id: int
    other_id: int
    kind: str
    containment: float
    shared_numbers: float
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ArticleAsOf:
    """An article as the archive knew it at `at`. Where the outlet has withdrawn it since, its text is withheld."""

    id: int
    outlet: str
    canonical_url: str
    at: datetime
    state: str  # live | gone, then
    revision: int
    revised_at: datetime
    title: str
    subtitle: str | None
    body: tuple[str, ...]
    duplicate_of: int | None
    relations: tuple[KnownRelation, ...]
    withheld: bool


def as_of(session: Session, article_id: int, at: datetime) -> ArticleAsOf | None:
    """The article's text, head and relations as known at `at` (inclusive); None when it was not known yet.

    Several changes of one moment count as one: what is told is the last of them.
    """
    article = session.get(Article, article_id, populate_existing=True)
    revision = session.scalars(
        select(Revision)
        .where(Revision.article_id == article_id, Revision.at <= at)
        .order_by(Revision.seq.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()
    if article is None or revision is None:
        return None
    last = _last_change(session, article_id, at, ChangeOp.ADD, ChangeOp.UPDATE, ChangeOp.GONE)
    merge = _last_change(session, article_id, at, ChangeOp.MERGE)
    return ArticleAsOf(
        id=article.id,
        outlet=article.outlet,
        canonical_url=article.canonical_url,
        at=at,
        state="gone" if last is not None and last.op == ChangeOp.GONE else "live",
        revision=revision.seq,
        revised_at=revision.at,
        title=revision.title,
        subtitle=revision.subtitle,
        body=tuple(revision.body),
        duplicate_of=merge.head_id if merge else None,
        relations=relations_as_of(session, article_id, at),
        withheld=not revision.title and not revision.body,
    )


def known_at(session: Session, articles: Sequence[StoredArticle], at: datetime) -> list[StoredArticle]:
    """The articles with the text, state and head that were known of them at `at` (inclusive), without those that were
    not known yet. What has no history (authors, section, topics, the times a page says) is as it is today.
    """
    ids = [article.id for article in articles]
    texts = {row.article_id: row for row in session.execute(_TEXTS_THEN, {"ids": ids, "at": at})}
    changes = session.execute(_CHANGES_THEN, {"ids": ids, "at": at, "ops": _OF_STATE})
    states = {row.article_id: row.op for row in changes}
    heads = {row.article_id: row.head_id for row in session.execute(_HEADS_THEN, {"ids": ids, "at": at})}
    return [
        replace(
            article,
            title=text.title,
            subtitle=text.subtitle,
            body=tuple(text.body),
            captions=tuple(text.captions),
            removed=tuple(RemovedBlock(**block) for block in text.removed),
            extractor=text.extractor,
            revision=text.seq,
            state="gone" if states.get(article.id) == ChangeOp.GONE else "live",
            duplicate_of=heads.get(article.id),
        )
        for article, text in ((article, texts.get(article.id)) for article in articles)
        if text is not None
    ]


def _newest(column: InstrumentedAttribute[int], *conditions: ColumnElement[bool], of: Any, at: Any) -> Select[int]:
    """The newest numbered row of each article at a time."""
    known = select(func.max(column)).where(of.in_(bindparam("ids", expanding=True)), at <= bindparam("at"))
    return known.where(*conditions).group_by(of)


_OF_STATE = [str(op) for op in (ChangeOp.ADD, ChangeOp.UPDATE, ChangeOp.GONE)]
_TEXTS_THEN = select(
    Revision.article_id,
    Revision.seq,
    Revision.title,
    Revision.subtitle,
    Revision.body,
    Revision.captions,
    Revision.removed,
    Revision.extractor,
).where(Revision.seq.in_(_newest(Revision.seq, of=Revision.article_id, at=Revision.at)))
_CHANGES_THEN = select(ChangeRow.article_id, ChangeRow.op).where(
    ChangeRow.seq.in_(
        _newest(
            ChangeRow.seq,
            ChangeRow.op.in_(bindparam("ops", expanding=True)),
            of=ChangeRow.article_id,
            at=ChangeRow.at,
        )
    )
)
_HEADS_THEN = select(ChangeRow.article_id, ChangeRow.head_id).where(
    ChangeRow.seq.in_(
        _newest(ChangeRow.seq, ChangeRow.op == str(ChangeOp.MERGE), of=ChangeRow.article_id, at=ChangeRow.at)
    )
)


def _last_change(session: Session, article_id: int, at: datetime, *ops: ChangeOp) -> ChangeRow | None:
    return session.scalars(
        select(ChangeRow)
        .where(ChangeRow.article_id == article_id, ChangeRow.at <= at, ChangeRow.op.in_([str(op) for op in ops]))
        .order_by(ChangeRow.seq.desc())
        .limit(1)
    ).first()


def relations_as_of(session: Session, article_id: int, at: datetime) -> tuple[KnownRelation, ...]:
    """The ties of an article, in either direction, as known at a time."""
    now, past = Relation, PastRelation
    known = union_all(
        select(now.article_id, now.other_id, now.kind, now.containment, now.shared_numbers, now.since).where(
            or_(now.article_id == article_id, now.other_id == article_id), or_(now.since <= at, now.since.is_(None))
        ),
        select(past.article_id, past.other_id, past.kind, past.containment, past.shared_numbers, past.since).where(
            or_(past.article_id == article_id, past.other_id == article_id),
            or_(past.since <= at, past.since.is_(None)),
            past.until > at,
        ),
    )
    rows = session.execute(known).all()
    return tuple(sorted((KnownRelation(*row) for row in rows), key=lambda tie: (tie.article_id, tie.other_id)))
