"""Windows and issues: a window is closed once, what it says is composed once, and its bytes never change after."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from crawler.meaning.topics import Topics
from digest.desk import Desk
from digest.dispatch import Dispatch
from digest.frozen import Frozen, pack, published
from digest.message import address, message_id
from digest.press import Press
from digest.selection import Selected, select_issue
from digest.settings import DigestSettings
from digest.variants import Variant
from digest.watches import DEFAULT, Watch, default_watch, sync_default
from digest.windows import PERIODS, Window, first_start, spans_cutoff
from storage.changes import hold_feed
from storage.database import Database, Session
from storage.digests import IssueDraft, StoredIssue, extend_issue, last_issue, last_seq, save_issue
from storage.subscribers import readers_of
from storage.watches import watch_row

log = structlog.get_logger()

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
    watch: Watch | None = None,
    desk: Desk | None = None,
    note: bool = False,
) -> StoredIssue | None:
    """Close the window of a watch (None: that of the settings) that ends at `window_end` and put its mail into the
    outbox, due at `due_at` (None: at once), all in one transaction. `desk` is shared by watches closed together.

    None when there was nothing to say: the window is closed all the same, and with `note` readers are told so. None,
    too, when a window up to `window_end` or later is closed already, so two services may both try.
    """
    watch = watch or default_watch(settings)
    desk = desk or Desk([watch], topics)
    with database.writer() as session:
        # Everything written so far becomes visible and nobody else closes a window until this one is closed.
        hold_feed(session)
        if watch.name == DEFAULT:
            sync_default(session, settings, now=now)
        window = open_window(session, watch, settings, window_end)
        if window is None:
            return None
        selected = select_issue(session, window, watch, settings, desk, now=now)
        if selected.empty and not note:
            _close_empty(session, watch, window, now=now)
            return None
        selected, token = _with_address(selected, settings)
        press = Press(selected.content, settings, issue_key(window), watch.name, now=now, renderer=desk.renderer)
        issue = _store(session, window, selected, press.printed(Variant()), web_token=token, now=now)
        send = Dispatch(session, issue, press, selected.due, settings, due_at=due_at or now, note=note)
        count = send.to_readers(readers_of(session, watch.name), watch.zone)
        send.to_channels(watch.channels)
    log.info("issue.composed", watch=watch.name, issue=issue.id, stories=issue.stories, recipients=count)
    return issue


def preview(
    database: Database,
    settings: DigestSettings,
    *,
    now: datetime,
    topics: Topics | None = None,
    watch: Watch | None = None,
    window_end: datetime | None = None,
    variant: Variant | None = None,
) -> Preview | None:
    """The issue that a window closing now (or at `window_end`) would give; nothing is kept, no cut-off moves.

    None: nothing to say.
    """
    watch, variant = watch or default_watch(settings), variant or Variant()
    desk = Desk([watch], topics)
    with database.writer() as session:
        trial = session.begin_nested()
        window = open_window(session, watch, settings, window_end or now)
        selected = select_issue(session, window, watch, settings, desk, now=now) if window else None
        readers = readers_of(session, watch.name)
        trial.rollback()
    if window is None or selected is None or selected.empty:
        return None
    press = Press(selected.content, settings, issue_key(window), watch.name, now=now, renderer=desk.renderer)
    recipient = next(iter([*(settings.recipients if watch.name == DEFAULT else ()), *(r.address for r in readers)]), "")
    recipient = recipient or PREVIEW_RECIPIENT
    identity = message_id(settings, issue_key=issue_key(window), recipient=recipient)
    frozen = press.printed(variant)
    eml = address(frozen.message, recipient=recipient, message_id=identity, unsubscribe=settings.unsubscribe)
    return Preview(frozen.subject, frozen.html, frozen.text, eml)


def issue_key(window: Window) -> str:
    """The name of an issue for ever; Message-ID and boundary follow from it."""
    return f"{window.watch} {_iso(window.end)}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def open_window(session: Session, watch: Watch, settings: DigestSettings, window_end: datetime) -> Window | None:
    """The window from the last stored cut-off to `window_end`; None when that time is behind a cut-off already.

    A watch that was removed and made again begins anew: it does not tell what came while it was not there.
    """
    calendar = settings.calendar
    last, kept = last_issue(session, watch.name), watch_row(session, watch.name)
    if last is not None and window_end <= last.window_end:
        return None
    anew = last is not None and kept is not None and last.window_end < kept.created_at - PERIODS[watch.kind]
    if last is None or (anew and watch.name != DEFAULT):
        start = first_start(watch, calendar, window_end)
        return Window(watch.name, start, window_end, after_seq=last_seq(session))
    catch_up = spans_cutoff(watch, calendar, last.window_end, window_end)
    return Window(watch.name, last.window_end, window_end, last.change_seq, catch_up=catch_up)


def _close_empty(session: Session, watch: Watch, window: Window, *, now: datetime) -> None:
    """Close a window with nothing to say. A watch of alerts looks every minute: its empty windows are one."""
    seq = last_seq(session)
    last = last_issue(session, watch.name)
    if watch.kind == "alert" and last is not None and last.subject is None:
        extend_issue(session, last.id, window_end=window.end, change_seq=seq)
        return
    save_issue(session, IssueDraft(window.watch, window.start, window.end, now, seq, stories=0), ())
    if watch.kind != "alert":
        log.info("issue.empty", watch=watch.name, window_start=_iso(window.start), window_end=_iso(window.end))


def _with_address(selected: Selected, settings: DigestSettings) -> tuple[Selected, str]:
    content, token = published(selected.content, settings)
    return replace(selected, content=content), token


def _store(
    session: Session, window: Window, selected: Selected, house: Frozen, *, web_token: str, now: datetime
) -> StoredIssue:
    draft = IssueDraft(
        watch=window.watch,
        window_start=window.start,
        window_end=window.end,
        composed_at=now,
        change_seq=last_seq(session),
        stories=len(selected.content.cards),
        subject=house.subject,
        html=house.html,
        text=house.text,
        message=house.message,
        content=pack(selected.content),
        web_token=web_token,
    )
    return save_issue(session, draft, selected.entries)
