"""Vectors that a model made of headlines and leads: computed once, kept beside the signatures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models.archive import Article
from storage.models.stories import StoryVector
from storage.stories.judging import texts_to_judge
from storage.stories.members import in_batches


@dataclass(frozen=True, slots=True)
class TextToEmbed:
    """The head of an article that has no vector of this model, or one of another text."""

    article_id: int
    text: str
    mark: bytes


def texts_to_embed(session: Session, *, model: str, since: datetime, limit: int) -> list[TextToEmbed]:
    """Live articles first seen since then whose vector is missing or of another text, the oldest first."""
    rows = session.execute(
        select(Article.id, Article.revision, StoryVector.mark)
        .outerjoin(StoryVector, (StoryVector.article_id == Article.id) & (StoryVector.model == model))
        .where(Article.state == "live", Article.first_seen_at >= since)
        .order_by(Article.id)
    )
    marks = {article_id: mark_of(revision) for article_id, revision, known in rows if known != mark_of(revision)}
    missing = sorted(marks)[:limit]
    return [
        TextToEmbed(text.article_id, text.text, marks[text.article_id])
        for text in texts_to_judge(session, missing, version="")
    ]


def mark_of(revision: int) -> bytes:
    """What tells vectors of one version of a text from those of another."""
    return blake2b(str(revision).encode(), digest_size=16).digest()


def save_vectors(session: Session, vectors: Mapping[TextToEmbed, bytes], *, model: str) -> None:
    """Keep these vectors, in place of those their articles had."""
    for some in in_batches([text.article_id for text in vectors]):
        session.execute(delete(StoryVector).where(StoryVector.article_id.in_(some)))
    rows = [
        {"article_id": text.article_id, "model": model, "mark": text.mark, "vector": vector}
        for text, vector in vectors.items()
    ]
    if rows:
        session.execute(insert(StoryVector), rows)


def vectors_of(session: Session, article_ids: Collection[int], *, model: str) -> dict[int, bytes]:
    """The vectors that this model made of these articles."""
    found: dict[int, bytes] = {}
    for some in in_batches(article_ids):
        query = select(StoryVector.article_id, StoryVector.vector)
        found.update(session.execute(query.where(StoryVector.article_id.in_(some), StoryVector.model == model)).all())
    return found
