"""Windows and issues: a window is closed once, what it says is composed once, and its bytes never change after."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from crawler.meaning.topics import Topics
from digest.message import address, build_message, message_id
from digest.reasons import Reasons
from digest.render import render
from digest.selection import Selected, Window, select_issue
from digest.settings import DigestSettings
from digest.stories import assign_stories
from storage.changes import hold_feed
from storage.database import Database, Session
from storage.digests import IssueDraft, StoredIssue, last_issue, last_seq, save_issue
from storage.outbox import add_deliveries

log = structlog.get_logger()

WATCH = "default"
FIRST_WINDOW = timedelta(hours=24)
PREVIEW_RECIPIENT = "reader@example.com"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be mailed if the window closed now; `eml` as one reader would get it."""

    subject: str
    html: str
    text: str
    eml: bytes


def compose(
    database: Database,
    settings: DigestSettings,
    *,
    window_end: datetime,
    now: datetime,
    due_at: datetime | None = None,
    topics: Topics | None = None,
) -> StoredIssue | None:
    """Close the window that ends at `window_end` and put its mail into the outbox, due at `due_at` (None: at once),
    all in one transaction.

    None when there was nothing to say: the window is closed all the same. None, too, when a window up to `window_end`
    or later is closed already, so two services may both try.
    """
    with database.writer() as session:
        # Everything written so far becomes visible and nobody else closes a window until this one is closed.
        hold_feed(session)
        window = _open_window(session, window_end)
        if window is None:
            return None
        selected = _select(session, window, settings, now=now, topics=topics)
        issue = _store(session, window, selected, settings, now=now)
        if issue.subject is None:
            log.info("issue.empty", window_start=_iso(window.start), window_end=_iso(window.end))
            return None
        enqueue(session, issue, settings.recipients, settings=settings, due_at=due_at or now, now=now)
    log.info("issue.composed", issue=issue.id, stories=issue.stories, recipients=len(settings.recipients))
    return issue


def preview(
    database: Database, settings: DigestSettings, *, now: datetime, topics: Topics | None = None
) -> Preview | None:
    """The issue that a window closing now would give; nothing is kept, no cut-off moves. None: nothing to say."""
    with database.writer() as session:
        trial = session.begin_nested()
        window = _open_window(session, now)
        selected = _select(session, window, settings, now=now, topics=topics) if window else None
        trial.rollback()
    if window is None or selected is None or selected.empty:
        return None
    rendered = render(selected.content)
    key = issue_key(window)
    frozen = build_message(rendered, settings, issue_key=key, now=now)
    recipient = next(iter(settings.recipients), PREVIEW_RECIPIENT)
    identity = message_id(settings, issue_key=key, recipient=recipient)
    return Preview(
        rendered.subject,
        rendered.html,
        rendered.text,
        address(frozen, recipient=recipient, message_id=identity),
    )


def enqueue(
    session: Session,
    issue: StoredIssue,
    recipients: Collection[str],
    *,
    settings: DigestSettings,
    due_at: datetime,
    now: datetime,
) -> int:
    """Put a composed issue into the outbox for each recipient that does not have it yet; how many were added."""
    key = _key(issue.watch, issue.window_end)
    message_ids = {one: message_id(settings, issue_key=key, recipient=one) for one in recipients}
    return add_deliveries(session, issue.id, message_ids, due_at=due_at, now=now)


def due_cutoff(now: datetime, cutoff: time, zone: ZoneInfo) -> datetime:
    """The last cut-off at or before `now`: `cutoff` o'clock of today or yesterday in `zone`, in UTC."""
    today = now.astimezone(zone).date()
    moments = (datetime.combine(day, cutoff, zone).astimezone(UTC) for day in (today, today - timedelta(days=1)))
    return next(moment for moment in moments if moment <= now)


def delivery_due(cutoff: datetime, settings: DigestSettings) -> datetime:
    """The delivery hour of the day whose window was cut at `cutoff`."""
    day = cutoff.astimezone(settings.zone).date()
    return datetime.combine(day, settings.delivery_time, settings.zone).astimezone(UTC)


def issue_key(window: Window) -> str:
    """The name of an issue for ever; Message-ID and boundary follow from it."""
    return _key(window.watch, window.end)


def _key(watch: str, window_end: datetime) -> str:
    return f"{watch} {_iso(window_end)}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _open_window(session: Session, window_end: datetime) -> Window | None:
    """The window from the last stored cut-off to `window_end`; None when that time is behind a cut-off already."""
    last = last_issue(session, WATCH)
    if last is None:
        return Window(WATCH, window_end - FIRST_WINDOW, window_end, after_seq=last_seq(session))
    if window_end <= last.window_end:
        return None
    return Window(WATCH, last.window_end, window_end, last.change_seq)


def _select(
    session: Session, window: Window, settings: DigestSettings, *, now: datetime, topics: Topics | None
) -> Selected:
    assign_stories(session, now=now)
    return select_issue(session, window, settings, Reasons.of(topics))


def _store(
    session: Session, window: Window, selected: Selected, settings: DigestSettings, *, now: datetime
) -> StoredIssue:
    rendered = None if selected.empty else render(selected.content)
    draft = IssueDraft(
        watch=window.watch,
        window_start=window.start,
        window_end=window.end,
        composed_at=now,
        change_seq=last_seq(session),
        stories=len(selected.content.cards),
    )
    if rendered is not None:
        draft = replace(
            draft,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            message=build_message(rendered, settings, issue_key=issue_key(window), now=now),
        )
    return save_issue(session, draft, selected.entries)
