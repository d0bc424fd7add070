"""Issues that went out already: sent again as they are, made anew as a correction, shown as a page."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.content import Card, IssueContent
from digest.frozen import article_ids, as_of_today, pack, unpack
from digest.issue import PREVIEW_RECIPIENT, Preview
from digest.licence import shown_excerpt, shown_title
from digest.message import UNSUBSCRIBE_HERE, address, message_id, without_way_out
from digest.press import Press
from digest.render import render_page
from digest.settings import DigestSettings
from digest.variants import EDITION, variant_named
from storage.database import Database, Session
from storage.digests import DigestArticle, digest_articles, issue_message, issue_text
from storage.errors import ZgcwatchError
from storage.issues import (
    IssueRow,
    issue_between,
    issue_by_id,
    issue_by_token,
    issue_content,
    licences_of,
    newest_content,
    save_edition,
)
from storage.outbox import CHANNEL, Sent, add_deliveries, latest_edition, retry, sent_to, wait_again


@dataclass(frozen=True, slots=True)
class Edition:
    """A new edition of an issue in the outbox."""

    issue_id: int
    number: int
    subject: str
    recipients: int


class NoSuchIssue(ZgcwatchError):  # noqa: N818 - named for what it is
    """There is no such issue, or nothing can be done with it; the message says which."""


def stored_issue(session: Session, issue_id: int) -> IssueRow:
    """An issue that was mailed. Raises NoSuchIssue: unknown, or its window had nothing to say."""
    row = issue_by_id(session, issue_id)
    if row is None:
        raise NoSuchIssue(f"There is no issue {issue_id}: `zgcwatch digest list` shows those there are.")
    if row.subject is None:
        raise NoSuchIssue(f"The window of issue {issue_id} had nothing to say: it has no mail.")
    return row


def resend(
    database: Database, issue_id: int, recipients: tuple[str, ...] = (), *, settings: DigestSettings, now: datetime
) -> int:
    """Put an issue back into the outbox, the same bytes with the same Message-ID; how many mails.

    Without `recipients`: for those whose delivery failed. With them: for these, whether they have it or not, and also
    for an address that was no reader then.
    """
    with database.writer() as session:
        row = stored_issue(session, issue_id)
        if not recipients:
            return retry(session, issue_id=issue_id, now=now)
        again = wait_again(session, issue_id, recipients, now=now)
        key = _key(row)
        new = {one: message_id(settings, issue_key=key, recipient=one) for one in recipients if one not in again}
        return len(again) + add_deliveries(session, issue_id, new, due_at=now, now=now)


def reissue(database: Database, issue_id: int, *, settings: DigestSettings, now: datetime) -> Edition:
    """Make an issue anew from its articles as they are now, marked [정정], for every reader and channel that has it.

    Each mail and each document of a webhook says which one it replaces.
    Raises NoSuchIssue also for issues of before contents were kept, and when nobody has it.
    """
    with database.writer() as session:
        row = stored_issue(session, issue_id)
        packed = issue_content(session, issue_id)
        if packed is None:
            raise NoSuchIssue(f"Issue {issue_id} is from before contents were kept: it cannot be made anew.")
        readers = sent_to(session, issue_id)
        if not readers:
            raise NoSuchIssue(f"Nobody has issue {issue_id} yet: there is nothing to correct.")
        content = replace(_anew(session, unpack(packed)), marks=("reissue",))
        number = latest_edition(session, issue_id) + 1
        save_edition(session, issue_id, number, pack(content), now=now)
        _add_edition(session, row, content, readers, number, settings=settings, now=now)
    return Edition(issue_id, number, content.subject, len(readers))


def _add_edition(
    session: Session,
    row: IssueRow,
    content: IssueContent,
    readers: list[Sent],
    number: int,
    *,
    settings: DigestSettings,
    now: datetime,
) -> None:
    key = f"{_key(row)} edition {number}"
    press = Press(content, settings, key, row.watch, now=now)
    mailed = {_form_of(reader) for reader in readers if not reader.recipient.startswith(CHANNEL)}
    for name in dict.fromkeys(_form_of(reader) for reader in readers):
        stored = f"{name}{EDITION}{number}"
        if name in mailed:
            press.keep(session, row.id, variant_named(name), name=stored)
        some = [reader for reader in readers if _form_of(reader) == name]
        ids = {one.recipient: message_id(settings, issue_key=key, recipient=one.recipient) for one in some}
        replaces = {one.recipient: one.message_id for one in some}
        add_deliveries(session, row.id, ids, due_at=now, now=now, variant=stored, edition=number, replaces=replaces)


def _form_of(reader: Sent) -> str:
    return reader.variant.partition(EDITION)[0]


def page_of(session: Session, token: str) -> str | None:
    """The page of the issue with this token: all of it, as far as it may be shown today. None: there is none."""
    row = issue_by_token(session, token)
    packed = newest_content(session, row.id) if row else None
    return None if packed is None else render_page(shown_today(session, unpack(packed)))


def shown_today(session: Session, content: IssueContent) -> IssueContent:
    """An issue's content without the words that may not be shown any more."""
    return as_of_today(content, licences_of(session, article_ids(content)))


def as_mailed(session: Session, row: IssueRow, settings: DigestSettings) -> Preview:
    """An issue that was mailed, as one reader got it."""
    subject, html, text = issue_text(session, row.id)
    recipient = next((one.recipient for one in sent_to(session, row.id)), PREVIEW_RECIPIENT)
    identity = message_id(settings, issue_key=_key(row), recipient=recipient)
    way_out = settings.unsubscribe or settings.web_url or ""
    frozen = issue_message(session, row.id)
    eml = address(frozen, recipient=recipient, message_id=identity, unsubscribe=settings.unsubscribe)
    html, text = (part.replace(UNSUBSCRIBE_HERE, way_out) for part in (html, text))
    return Preview(subject, html, text, eml)


def as_shown(session: Session, issue_id: int) -> tuple[str, str]:
    """HTML and text of a mailed issue for our own pages: as composed, without what is each reader's own."""
    _, html, text = issue_text(session, issue_id)
    return without_way_out(html), without_way_out(text)


def issue_of_day(session: Session, settings: DigestSettings, watch: str, day: date, zone: ZoneInfo) -> Preview | None:
    """The issue of a watch whose window ended on that day, as it was mailed; of several, the last."""
    start = datetime.combine(day, time(), zone)
    row = issue_between(session, watch, start, datetime.combine(day + timedelta(days=1), time(), zone))
    return as_mailed(session, row, settings) if row else None


def _anew(session: Session, content: IssueContent) -> IssueContent:
    """The content with the headlines and openings that its articles have now."""
    ids = article_ids(content)
    licences, articles = licences_of(session, ids), digest_articles(session, ids)

    def card(one: Card) -> Card:
        article: DigestArticle | None = articles.get(one.lead.article_id)
        licence = licences.get(one.lead.article_id)
        if article is None or licence is None:
            return one
        return replace(one, title=shown_title(article.title, licence), excerpt=shown_excerpt(article.body, licence))

    sections = tuple(replace(part, cards=tuple(map(card, part.cards))) for part in content.sections)
    return as_of_today(replace(content, sections=sections), licences)


def _key(row: IssueRow) -> str:
    return f"{row.watch} {row.window_end.isoformat()}"
