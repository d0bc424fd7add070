"""Why two articles are called what they are called: the sentences and numbers they share, and what was missing."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.duplicates.fingerprint import SENTENCE_END, Text, letters_of, text_of
from storage.duplicates.subject import names_exchanged
from storage.models.archive import Article, Relation, Revision

MOST_SENTENCES = 20


@dataclass(frozen=True, slots=True)
class Tie:
    """One article that is like the one asked about, and what speaks for it. Sentences are as the asked one has them.

    `numbers_apart` are those only one of the two names; `names` are names that stand in each other's place.
    """

    article_id: int
    outlet: str
    title: str
    url: str
    first_seen_at: datetime
    kind: str  # as kept: copy_of, excerpt_of, sibling
    is_subject: bool  # True: the article asked about is `kind` this one; False: this one is `kind` the asked one
    containment: float
    shared_numbers: float
    sentences: tuple[str, ...]
    sentences_shared: int
    sentences_all: int
    numbers: tuple[Decimal, ...]
    numbers_apart: tuple[Decimal, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An article, its head, and every article like it."""

    article_id: int
    outlet: str
    title: str
    url: str
    state: str
    first_seen_at: datetime
    wire_source: str | None
    head_id: int | None
    followers: tuple[int, ...]
    ties: tuple[Tie, ...]


def explain(session: Session, article_id: int) -> Explanation | None:
    """Everything that is said of an article's likeness to others; None where there is no such article."""
    row = session.execute(
        select(Article, Revision).join(Revision, Revision.seq == Article.revision).where(Article.id == article_id)
    ).one_or_none()
    if row is None:
        return None
    article, revision = row
    followers = session.scalars(select(Article.id).where(Article.duplicate_of == article_id).order_by(Article.id))
    return Explanation(
        article_id=article.id,
        outlet=article.outlet,
        title=revision.title,
        url=article.canonical_url,
        state=article.state,
        first_seen_at=article.first_seen_at,
        wire_source=article.wire_source,
        head_id=article.duplicate_of,
        followers=tuple(followers),
        ties=tuple(_ties(session, article_id, text_of(revision.body))),
    )


def _ties(session: Session, article_id: int, text: Text) -> list[Tie]:
    kept = session.execute(
        select(Relation).where(or_(Relation.article_id == article_id, Relation.other_id == article_id))
    ).scalars()
    by_other = {tie.other_id if tie.article_id == article_id else tie.article_id: tie for tie in kept}
    rows = session.execute(
        select(Article, Revision)
        .join(Revision, Revision.seq == Article.revision)
        .where(Article.id.in_(by_other))
        .order_by(Article.first_seen_at, Article.id)
    )
    return [_tie(article_id, text, by_other[article.id], article, revision) for article, revision in rows]


def _tie(article_id: int, text: Text, kept: Relation, article: Article, revision: Revision) -> Tie:
    other = text_of(revision.body)
    ours, theirs = _sentences(text.running), _sentences(other.running)
    shared = [sentence for letters, sentence in ours.items() if letters in theirs]
    return Tie(
        article_id=article.id,
        outlet=article.outlet,
        title=revision.title,
        url=article.canonical_url,
        first_seen_at=article.first_seen_at,
        kind=kept.kind,
        is_subject=kept.article_id == article_id,
        containment=kept.containment,
        shared_numbers=kept.shared_numbers,
        sentences=tuple(shared[:MOST_SENTENCES]),
        sentences_shared=len(shared),
        sentences_all=min(len(ours), len(theirs)),
        numbers=tuple(sorted(text.numbers & other.numbers)),
        numbers_apart=tuple(sorted(text.numbers ^ other.numbers)),
        names=names_exchanged(text, other),
    )


def _sentences(running: str) -> dict[str, str]:
    """Each sentence by its letters."""
    return {letters: sentence.strip() for sentence in SENTENCE_END.split(running) if (letters := letters_of(sentence))}
