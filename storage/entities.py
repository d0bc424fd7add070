"""Names waiting for review, and what a change of the lexicon does to stored articles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.archive import list_articles
from storage.changes import hold_feed, record
from storage.database import Database
from storage.meaning.facts import store_facts
from storage.meaning.records import CandidateRow, FactsDraft
from storage.models.meaning import ArticleEntity, CandidateName, CandidateSighting, Entity
from storage.records import ChangeOp, StoredArticle

_BATCH = 50
_SENTENCES = 5


@dataclass(slots=True)
class Reindexed:
    """How a re-run over the archive went: live articles read, and those whose facts changed."""

    articles: int = 0
    changed: int = 0


def list_candidates(session: Session, *, state: str = "new", limit: int = 100) -> list[CandidateRow]:
    """Names that may be companies, those of the most articles first, each with some of its sentences."""
    articles = func.count(CandidateSighting.article_id)
    rows = session.execute(
        select(CandidateName, articles)
        .join(CandidateSighting, CandidateSighting.name == CandidateName.name)
        .where(CandidateName.state == state)
        .group_by(CandidateName.name)
        .order_by(articles.desc(), CandidateName.first_seen_at.desc(), CandidateName.name)
        .limit(limit)
    )
    return [
        CandidateRow(row.name, row.alias, row.state, row.first_seen_at, count, _sentences(session, row.name))
        for row, count in rows.all()
    ]


def get_candidate(session: Session, name: str) -> CandidateRow | None:
    """The candidate of this name with some of its sentences, or None."""
    row = session.get(CandidateName, name)
    if row is None:
        return None
    articles = session.scalar(select(func.count()).where(CandidateSighting.name == name)) or 0
    return CandidateRow(row.name, row.alias, row.state, row.first_seen_at, articles, _sentences(session, name))


def _sentences(session: Session, name: str) -> tuple[str, ...]:
    rows = (
        select(CandidateSighting.sentence)
        .where(CandidateSighting.name == name)
        .order_by(CandidateSighting.article_id.desc())
        .limit(_SENTENCES)
    )
    return tuple(session.scalars(rows))


def dismiss_candidate(session: Session, name: str) -> bool:
    """A person says that a name is none of interest: it is not shown again. False where there is no such name."""
    found = session.execute(
        update(CandidateName).where(CandidateName.name == name).values(state="dismissed").returning(CandidateName.name)
    )
    return found.scalar_one_or_none() is not None


def reindex(
    database: Database,
    read: Callable[[StoredArticle], FactsDraft],
    *,
    clock: Callable[[], datetime],
    progress: Callable[[Reindexed], None] | None = None,
) -> Reindexed:
    """Read every live article's facts anew and keep them; each that changed is an update in the change feed.

    In batches of their own transactions: a run that is stopped has done what it has done, and may be started again.
    """
    done, after = Reindexed(), None
    while True:
        with database.reader() as session:
            articles, after = list_articles(session, limit=_BATCH, after=after)
        live = [(article, read(article)) for article in articles if article.state == "live"]
        with database.writer() as session:
            hold_feed(session)
            for article, facts in live:
                if store_facts(session, article.id, facts, now=clock()):
                    record(session, ChangeOp.UPDATE, article.id, clock())
                    done.changed += 1
        done.articles += len(live)
        if progress is not None:
            progress(done)
        if after is None:
            break
    with database.writer() as session:
        _forget_strays(session)
    return done


def _forget_strays(session: Session) -> None:
    """Entities and new candidates that no article has any more, as after a name left the lexicon."""
    named = select(ArticleEntity.entity_id)
    session.execute(delete(Entity).where(Entity.id.not_in(named)).execution_options(synchronize_session=False))
    seen = select(CandidateSighting.name)
    strays = delete(CandidateName).where(CandidateName.state == "new", CandidateName.name.not_in(seen))
    session.execute(strays.execution_options(synchronize_session=False))
