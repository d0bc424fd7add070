"""The fingerprints in SQL, shared by all processes: who might be like a text, who is, and who heads whom."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, func, insert, or_, select, union_all
from sqlalchemy.orm import Session

from storage.changes import record
from storage.duplicates.fingerprint import Fingerprint, text_of
from storage.duplicates.groups import heads
from storage.duplicates.verdict import Kind, compare
from storage.models.archive import Article, FingerprintBand, FingerprintSentence, Relation, Revision
from storage.records import ChangeOp

MOST_CANDIDATES = 50
MOST_IN_A_GROUP = 500
_SAME_TEXT = (Kind.COPY, Kind.EXCERPT)


def place(
    session: Session,
    article: Article,
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
        _forget(session, article.id, before)
    _remember(session, article.id, prints)
    relations = _relations(session, article, prints, window)
    if not relations and before is None:
        return None
    session.add_all(relations)
    session.flush()
    return _settle(session, touched | _neighbourhood(session, article.id), now).get(article.id)


def leave(session: Session, article_id: int, before: Fingerprint, now: datetime) -> None:
    """A gone article heads nobody: those like it get their place without it. Its relations stay as history."""
    touched = _neighbourhood(session, article_id)
    _forget_prints(session, article_id, before)
    _settle(session, touched - {article_id}, now)


def _remember(session: Session, article_id: int, prints: Fingerprint) -> None:
    if prints.bands:
        bands = [{"band": band, "article_id": article_id} for band in dict.fromkeys(prints.bands)]
        session.execute(insert(FingerprintBand), bands)
    if prints.sentences:
        sentences = [{"sentence": sentence, "article_id": article_id} for sentence in prints.sentences]
        session.execute(insert(FingerprintSentence), sentences)


def _forget(session: Session, article_id: int, before: Fingerprint) -> None:
    _forget_prints(session, article_id, before)
    ours = or_(Relation.article_id == article_id, Relation.other_id == article_id)
    session.execute(delete(Relation).where(ours))


def _forget_prints(session: Session, article_id: int, before: Fingerprint) -> None:
    # Found again by computing them: an index by article would cost as much as the fingerprints.
    for model, column, values in (
        (FingerprintBand, FingerprintBand.band, before.bands),
        (FingerprintSentence, FingerprintSentence.sentence, before.sentences),
    ):
        if values:
            session.execute(delete(model).where(column.in_(values), model.article_id == article_id))


def _relations(session: Session, article: Article, prints: Fingerprint, window: timedelta) -> list[Relation]:
    """What the article is to each article of the window that shares a band or a sentence with it."""
    ours = (article.first_seen_at, article.id)
    found = []
    for other_id, first_seen_at, body in _candidates(session, article, prints, window):
        text = text_of(body)
        verdict = compare(prints.text, text)
        if verdict is None:
            continue
        points_away = ours > (first_seen_at, other_id)
        if verdict.kind is Kind.EXCERPT:
            points_away = len(prints.text.shingles) < len(text.shingles)
        found.append(
            Relation(
                article_id=article.id if points_away else other_id,
                other_id=other_id if points_away else article.id,
                kind=str(verdict.kind),
                containment=verdict.containment,
                shared_numbers=verdict.shared_numbers,
            )
        )
    return found


def _candidates(
    session: Session, article: Article, prints: Fingerprint, window: timedelta
) -> list[Row[int, datetime, list[str]]]:
    shared = union_all(
        select(FingerprintBand.article_id).where(FingerprintBand.band.in_(prints.bands)),
        select(FingerprintSentence.article_id).where(FingerprintSentence.sentence.in_(prints.sentences)),
    ).subquery()
    best = (
        select(Article.id)
        .join(shared, shared.c.article_id == Article.id)
        .where(
            Article.id != article.id,
            Article.state == "live",
            Article.first_seen_at.between(article.first_seen_at - window, article.first_seen_at + window),
        )
        .group_by(Article.id)
        .order_by(func.count().desc(), Article.id)
        .limit(MOST_CANDIDATES)
        .subquery()
    )
    return list(
        session.execute(
            select(Article.id, Article.first_seen_at, Revision.body)
            .join(best, best.c.id == Article.id)
            .join(Revision, Revision.seq == Article.revision)
            .order_by(Article.id)
        )
    )


def _neighbourhood(session: Session, article_id: int) -> set[int]:
    """The article and every live article that copies or excerpts tie to it, over any number of steps."""
    reached = {article_id}
    frontier: Collection[int] = reached
    while frontier and len(reached) < MOST_IN_A_GROUP:
        ends = union_all(
            select(Relation.other_id.label("id")).where(
                Relation.article_id.in_(frontier), Relation.kind.in_(_SAME_TEXT)
            ),
            select(Relation.article_id).where(Relation.other_id.in_(frontier), Relation.kind.in_(_SAME_TEXT)),
        ).subquery()
        live = select(Article.id).join(ends, ends.c.id == Article.id).where(Article.state == "live").distinct()
        frontier = set(session.scalars(live)) - reached
        reached |= frontier
    return reached


def _settle(session: Session, touched: Collection[int], now: datetime) -> dict[int, int]:
    """Work out who heads whom among these articles and write what changed; gives the head of each that has one."""
    articles = {
        article.id: article
        for article in session.scalars(
            select(Article).where(Article.id.in_(touched), Article.state == "live").order_by(Article.id)
        )
    }
    ties = session.execute(
        select(Relation.article_id, Relation.other_id, Relation.kind).where(
            Relation.article_id.in_(articles), Relation.other_id.in_(articles), Relation.kind.in_(_SAME_TEXT)
        )
    ).all()
    found = heads(
        {article.id: article.first_seen_at for article in articles.values()},
        copies=[(tie.article_id, tie.other_id) for tie in ties if tie.kind == Kind.COPY],
        excerpts=[(tie.article_id, tie.other_id) for tie in ties if tie.kind == Kind.EXCERPT],
    )
    for article in articles.values():
        head = found.get(article.id)
        if article.duplicate_of != head:
            article.duplicate_of = head
            record(session, ChangeOp.MERGE, article.id, now)
    session.flush()
    return found
