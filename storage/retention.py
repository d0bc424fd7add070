"""What is let go after its time, table by table. Articles, their versions, changes and mails are kept for ever."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.models.access import ApiToken
from storage.models.archive import Page
from storage.models.base import Base
from storage.models.candidates import Backfill, BackfillStep, Lead, Quota
from storage.models.collect import Visit
from storage.models.digest import Delivery
from storage.models.health import OperatorMessage, SourceVisit
from storage.models.logins import LoginAttempt, WebSession
from storage.models.subscribers import Subscriber, Subscription
from storage.settings import StorageSettings

BATCH = 500  # rows a transaction, so that writers of articles wait some milliseconds at most


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table that go once they are older than a setting says. `id` in its model makes batches possible."""

    model: type[Base]
    setting: str
    is_over: Callable[[datetime], ColumnElement[bool]]

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)


def _never_confirmed(then: datetime) -> ColumnElement[bool]:
    """What somebody asked for who did not confirm in time; of those who left once it is remembered that they did."""
    strangers = select(Subscriber.id).where(Subscriber.state == "pending", Subscriber.unsubscribed_at.is_(None))
    return and_(
        Subscription.state == "pending", Subscription.changed_at < then, Subscription.subscriber_id.in_(strangers)
    )


def _finished_before(then: datetime) -> ColumnElement[bool]:
    return and_(Backfill.finished_at.is_not(None), Backfill.finished_at < then)


RULES = (
    Rule(Page, "keep_pages_days", lambda then: Page.fetched_at < then),
    Rule(SourceVisit, "keep_visits_days", lambda then: SourceVisit.at < then),
    Rule(Visit, "keep_visits_days", lambda then: Visit.started_at < then),
    Rule(Lead, "keep_visits_days", lambda then: and_(Lead.found_at < then, Lead.state != "waiting")),
    Rule(Quota, "keep_visits_days", lambda then: Quota.day < then.date()),
    Rule(
        BackfillStep,
        "keep_visits_days",
        lambda then: BackfillStep.backfill_id.in_(select(Backfill.id).where(_finished_before(then))),
    ),
    Rule(Backfill, "keep_visits_days", _finished_before),
    Rule(
        OperatorMessage,
        "keep_visits_days",
        lambda then: and_(OperatorMessage.created_at < then, OperatorMessage.state.in_(("sent", "failed"))),
    ),
    Rule(
        Delivery,
        "keep_deliveries_days",
        lambda then: and_(Delivery.created_at < then, Delivery.state.in_(("sent", "failed"))),
    ),
    Rule(
        ApiToken,
        "keep_visits_days",
        lambda then: or_(ApiToken.revoked_at < then, ApiToken.expires_at < then),
    ),
    Rule(Subscription, "keep_visits_days", _never_confirmed),
    Rule(
        Subscriber,
        "keep_visits_days",
        lambda then: and_(
            Subscriber.state == "pending",
            Subscriber.unsubscribed_at.is_(None),
            Subscriber.created_at < then,
            Subscriber.id.not_in(select(Subscription.subscriber_id).where(not_(_never_confirmed(then)))),
        ),
    ),
    Rule(WebSession, "keep_visits_days", lambda then: WebSession.last_seen_at < then),
    Rule(LoginAttempt, "keep_visits_days", lambda then: LoginAttempt.at < then),
)


def prune(database: Database, settings: StorageSettings, *, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Erase what is past its time, in short transactions; gives the rows by table. With `dry_run` it only counts."""
    counts: dict[str, int] = {}
    for rule in RULES:
        then = now - timedelta(days=getattr(settings, rule.setting))
        if dry_run:
            with database.reader() as session:
                counts[rule.table] = _count(session, rule.model, rule.is_over(then))
        else:
            counts[rule.table] = sum(_erase(database, rule, then))
    return counts


def _count(session: Session, model: type[Base], is_over: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(is_over)) or 0


def _erase(database: Database, rule: Rule, then: datetime) -> Iterator[int]:
    key = getattr(rule.model, "id", None)
    over = rule.is_over(then)
    # Numbered rows go some at a time; the others are few.
    some = over if key is None else key.in_(select(key).where(over).limit(BATCH))
    while True:
        with database.writer() as session:
            count = _count(session, rule.model, over) if key is None else BATCH
            result = session.execute(delete(rule.model).where(some).execution_options(synchronize_session=False))
            count = count if key is None else int(getattr(result, "rowcount", 0))
        yield count
        if key is None or count < BATCH:
            return
