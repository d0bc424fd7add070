"""The digest's verbs, for the scheduler and the command line: close a window when it is due, or send now, or look."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawler.meaning.topics import Topics
from digest.delivery import DeliveryReport, deliver_due
from digest.issue import Preview, compose, delivery_due, due_cutoff, preview
from digest.settings import DigestSettings
from storage.database import Database
from storage.digests import StoredIssue
from storage.errors import ConfigurationError

__all__ = ["Preview", "SendReport", "close_window_if_due", "deliver_due", "preview", "send_now"]


@dataclass(frozen=True, slots=True)
class SendReport:
    """What `send_now` did. `issue_id` is None when there was nothing to say; `errors` are for the operator."""

    issue_id: int | None
    stories: int
    subject: str | None
    sent: int
    failed: int
    deferred: int
    uncertain: int
    waiting: int
    errors: tuple[str, ...] = ()


def send_now(
    database: Database, settings: DigestSettings, *, clock: Callable[[], datetime], topics: Topics | None = None
) -> SendReport:
    """Close the window now, compose its issue, and deliver all that is due. `topics`: None is the packaged ones.

    Raises ConfigurationError when there are no recipients.
    """
    if not settings.recipients:
        raise ConfigurationError(
            "Nobody would get the mail, and what was told is not told again: list addresses in digest.recipients."
        )
    now = clock()
    issue = compose(database, settings, window_end=now, now=now, topics=topics)
    return _report(issue, deliver_due(database, settings, clock=clock))


def close_window_if_due(
    database: Database, settings: DigestSettings, *, now: datetime, topics: Topics | None = None
) -> StoredIssue | None:
    """Close the window of the last cut-off that has passed, unless it is closed; its issue goes into the outbox.

    After days without a service one window spans them all: the issue says its range, and no story is told twice.
    Without recipients no window is closed: the first reader's first mail has the day before it.
    """
    if not settings.recipients:
        return None
    window_end = due_cutoff(now, settings.cutoff_time, settings.zone)
    due_at = delivery_due(window_end, settings)
    return compose(database, settings, window_end=window_end, now=now, due_at=due_at, topics=topics)


def _report(issue: StoredIssue | None, delivered: DeliveryReport) -> SendReport:
    return SendReport(
        issue_id=issue.id if issue else None,
        stories=issue.stories if issue else 0,
        subject=issue.subject if issue else None,
        sent=delivered.sent,
        failed=delivered.failed,
        deferred=delivered.deferred,
        uncertain=delivered.uncertain,
        waiting=delivered.waiting,
        errors=delivered.errors,
    )
