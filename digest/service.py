"""The digest's verbs, for the scheduler and the command line: close windows when they are due, or send now, or look."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from crawler.meaning.topics import Topics
from digest.collector import uncollected
from digest.delivery import DeliveryReport, deliver_due
from digest.desk import Desk
from digest.issue import Preview, compose, preview
from digest.settings import DigestSettings
from digest.watches import DEFAULT, Watch, default_watch, is_default_synced, load_watches, sync_default
from digest.windows import delivery_due, due_cutoff, is_quiet, says_nothing_new
from storage.database import Database, Session
from storage.digests import StoredIssue, last_seq, last_windows, newest_first_seen
from storage.errors import ConfigurationError
from storage.subscribers import reader_counts

__all__ = ["Preview", "SendReport", "close_due_windows", "deliver_due", "preview", "send_now", "sync_settings"]

log = structlog.get_logger()


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


def sync_settings(database: Database, settings: DigestSettings, *, now: datetime) -> None:
    """Make the watch of the settings and its readers what the settings say; who unsubscribed stays away."""
    with database.writer() as session:
        added, removed = sync_default(session, settings, now=now)
    if added or removed:
        log.info("readers.synced", watch=DEFAULT, added=len(added), removed=len(removed))


def send_now(
    database: Database,
    settings: DigestSettings,
    *,
    clock: Callable[[], datetime],
    topics: Topics | None = None,
    watch: Watch | None = None,
) -> SendReport:
    """Close the window of a watch (None: that of the settings) now, compose its issue, and deliver all that is due.

    `topics`: None is the packaged ones. Raises ConfigurationError when nobody would get the mail.
    """
    now, watch = clock(), watch or default_watch(settings)
    sync_settings(database, settings, now=now)
    with database.reader() as session:
        anybody = reader_counts(session).get(watch.name) or watch.channels
    if not anybody:
        where = "list addresses in digest.recipients" if watch.name == DEFAULT else "`zgcwatch subscriber add` some"
        raise ConfigurationError(
            f"Nobody would get the mail of {watch.name}, and what was told is not told again: {where}."
        )
    issue = compose(database, settings, window_end=now, now=now, topics=topics, watch=watch)
    return _report(issue, deliver_due(database, settings, clock=clock))


def close_due_windows(
    database: Database, settings: DigestSettings, *, now: datetime, topics: Topics | None = None
) -> list[StoredIssue]:
    """Close every window whose cut-off has passed and that is not closed; the issues go into the outbox.

    After days without a service one window spans them all: the issue says its range, and no story is told twice.
    The watch of the settings closes none before it has a reader: the first reader's first mail has the day before it.
    """
    with database.reader() as session:
        is_synced = is_default_synced(session, settings)
    if not is_synced:
        sync_settings(database, settings, now=now)
    with database.reader() as session:
        due = _due(session, settings, now)
    desk = Desk([watch for watch, _ in due], topics)
    issues = []
    for watch, window_end in due:
        try:
            with uncollected():
                issue = _close(database, settings, watch, window_end, desk, now=now)
        except Exception:
            # The others' mails do not wait for this one; it is tried again at the next tick.
            log.exception("issue.broken", watch=watch.name, window_end=window_end.isoformat())
            continue
        issues += [issue] if issue else []
    return issues


def _due(session: Session, settings: DigestSettings, now: datetime) -> list[tuple[Watch, datetime]]:
    """The watches with a window to close, and where it ends."""
    last, readers = last_windows(session), reader_counts(session)
    newest, seq = newest_first_seen(session), last_seq(session)
    due = []
    for watch in load_watches(session, settings):
        ended, seen = last.get(watch.name, (None, -1))
        has_begun = ended is not None or watch.name != DEFAULT
        if watch.paused or not (has_begun or readers.get(watch.name) or watch.channels):
            continue
        end = now if watch.kind == "alert" else due_cutoff(watch, settings.calendar, now)
        if ended is not None and end <= ended:
            continue
        if watch.kind == "alert":
            nothing_new = ended is not None and seen == seq and (newest is None or newest < ended)
            if nothing_new or is_quiet(watch, now):
                continue
        due.append((watch, end))
    return due


def _close(
    database: Database, settings: DigestSettings, watch: Watch, window_end: datetime, desk: Desk, *, now: datetime
) -> StoredIssue | None:
    return compose(
        database,
        settings,
        window_end=window_end,
        now=now,
        due_at=now if watch.kind == "alert" else delivery_due(watch, window_end),
        watch=watch,
        desk=desk,
        note=says_nothing_new(watch, settings.calendar, window_end),
    )


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
