"""The SQL of what was told: which articles a watch has told, in which version, and who was mailed it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from storage.models.archive import ChangeRow, Revision
from storage.models.digest import Delivery, DigestIssue, DigestIssueArticle
from storage.models.reextraction import REEXTRACTION
from storage.models.subscribers import Subscriber, Subscription
from storage.outbox import DeliveryState
from storage.stories import in_batches

TOLD = ("new", "follow_up")
# Written into the statement: bound values cannot be seen to meet the condition of the index of what was told.
TOLD_HERE: BindParameter[str] = bindparam("told", TOLD, expanding=True, literal_execute=True)
CHANGED = ("update", "gone")


@dataclass(frozen=True, slots=True)
class Told:
    """What readers know of an article: the cut-off of the issue that told it first, and the version told last."""

    window_end: datetime
    story_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class Telling:
    """What one issue said of an article, and of which version. `first`: it told it; else it told a change of it."""

    article_id: int
    issue_id: int
    watch: str
    window_end: datetime
    story_id: int
    revision: int
    first: bool


def told_ids(session: Session, watch: str, article_ids: Collection[int]) -> set[int]:
    """Which of these articles an issue of `watch` has told."""
    if not article_ids:
        return set()
    told = (
        select(DigestIssueArticle.article_id)
        .where(DigestIssueArticle.watch == watch, DigestIssueArticle.kind.in_(TOLD_HERE))
        .where(DigestIssueArticle.article_id.between(min(article_ids), max(article_ids)))
    )
    return set(session.scalars(told)).intersection(article_ids)


def told_articles(session: Session, watch: str, article_ids: Collection[int]) -> dict[int, Told]:
    """Which of these articles readers of `watch` know, and in which version."""
    entry = DigestIssueArticle
    found: dict[int, Told] = {}
    for some in in_batches(article_ids):
        rows = session.execute(
            select(
                entry.article_id,
                func.min(DigestIssue.window_end),
                func.min(entry.story_id),
                func.max(entry.revision),
            )
            .join(DigestIssue, DigestIssue.id == entry.issue_id)
            .where(entry.watch == watch, entry.article_id.in_(some))
            .group_by(entry.article_id)
        )
        found.update((article_id, Told(end, story_id, revision)) for article_id, end, story_id, revision in rows)
    return found


def changed_articles(session: Session, watch: str, *, after_seq: int) -> list[int]:
    """Articles that readers of `watch` were told of and that changed or went after `after_seq`."""
    changed = select(ChangeRow.article_id).where(ChangeRow.seq > after_seq, ChangeRow.op.in_(CHANGED))
    told = (
        select(DigestIssueArticle.article_id)
        .where(DigestIssueArticle.watch == watch, DigestIssueArticle.kind.in_(TOLD_HERE))
        .where(DigestIssueArticle.article_id.in_(changed))
        .order_by(DigestIssueArticle.article_id)
    )
    return list(session.scalars(told))


def tellings(session: Session, article_ids: Collection[int], watches: Collection[str]) -> list[Telling]:
    """Everything that issues of these watches said of these articles, the oldest issue first."""
    entry = DigestIssueArticle
    found: list[Telling] = []
    for some in in_batches(article_ids):
        rows = session.execute(
            select(
                entry.article_id,
                entry.issue_id,
                entry.watch,
                DigestIssue.window_end,
                entry.story_id,
                entry.revision,
                entry.kind.in_(TOLD),
            )
            .join(DigestIssue, DigestIssue.id == entry.issue_id)
            .where(entry.article_id.in_(some), entry.watch.in_(watches))
        )
        found += [Telling(*row) for row in rows]
    return sorted(found, key=lambda one: (one.window_end, one.issue_id, one.article_id))


def watches_shared(session: Session, watch: str) -> set[str]:
    """This watch, and the other ones that somebody who reads it reads, too, or has read."""
    theirs = select(Subscription.subscriber_id).where(Subscription.watch == watch, Subscription.state == "active")
    shared = select(Subscription.watch).distinct().where(Subscription.subscriber_id.in_(theirs))
    return {watch, *session.scalars(shared)}


def holders(
    session: Session, watch: str, issue_ids: Collection[int], channels: Collection[str] = ()
) -> Iterator[tuple[str, int]]:
    """Which readers of a watch (by address, without regard to case) have which of these issues, or will have it: those
    it was mailed to, and those whose mail still waits. Of the recipients in `channels`, too.
    """
    reached = Delivery.state != DeliveryState.FAILED.value
    readers = (
        select(Subscriber.key, Delivery.issue_id)
        .join(Subscriber, Subscriber.key == func.lower(Delivery.recipient))
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(reached, Subscription.watch == watch, Subscription.state == "active")
    )
    others = select(Delivery.recipient, Delivery.issue_id).where(reached, Delivery.recipient.in_(channels))
    for some in in_batches(issue_ids):
        for question in (readers, others) if channels else (readers,):
            rows = session.execute(question.where(Delivery.issue_id.in_(some)))
            yield from ((recipient, issue_id) for recipient, issue_id in rows)


def texts_of(session: Session, revisions: Collection[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Title and body of these versions; those of gone articles are empty.

    Where the same page was read again by a newer extractor since, the text is that reading: the outlet corrected
    nothing by it.
    """
    later = aliased(Revision)
    texts: dict[int, tuple[str, tuple[str, ...]]] = {}
    for some in in_batches(revisions):
        rows = session.execute(
            select(Revision.seq.label("version"), later.seq, later.origin, later.title, later.body)
            .join(later, (later.article_id == Revision.article_id) & (later.seq >= Revision.seq))
            .where(Revision.seq.in_(some))
            .order_by(Revision.seq, later.seq)
        )
        for _, readings in groupby(rows, key=lambda row: row.version):
            for row in takewhile(lambda row: row.origin == REEXTRACTION or row.seq == row.version, readings):
                texts[row.version] = (row.title, tuple(row.body))
    return texts
