"""The mail that asks whether somebody wants to be a reader: without the click in it, nothing is ever mailed."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from digest.links import confirm_url
from digest.message import address as addressed
from digest.message import build_message, envelope_sender, message_id
from digest.render import Rendered
from digest.settings import DigestSettings
from digest.smtp import Line, MailServerError, Verdict, open_line
from digest.watches import DEFAULT, default_watch
from storage.database import Database, Session
from storage.subscribers import SubscriberRow, due_confirmations, note_asked
from storage.watches import watch_row

log = structlog.get_logger()

A_ROUND = 50
SUBJECTS = {"ko": "{title}: 구독 확인", "en": "{title}: confirm your subscription"}
TEXTS = {
    "ko": """\
이 주소로 다음 메일의 구독을 신청했습니다.
받으시려면 주소를 열고 단추를 눌러 주세요.

{links}

신청하지 않으셨다면 아무것도 하지 않으셔도 됩니다.
확인하기 전에는 메일을 보내지 않습니다.
""",
    "en": """\
Somebody asked for these mails to this address.
To get them, open the link and press the button.

{links}

If it was not you, do nothing: no mail is sent before you confirm.
""",
}


def send_confirmations(database: Database, settings: DigestSettings, *, clock: Callable[[], datetime]) -> int:
    """Mail links to confirm to all who asked and have none yet; how many were sent. Failures are tried again."""
    if not settings.sign_up:
        return 0
    with database.reader() as session:
        waiting = due_confirmations(session, limit=A_ROUND)
    if not waiting:
        return 0
    sent = 0
    try:
        with open_line(settings.smtp) as line:
            for subscriber, watches in waiting:
                sent += _ask(database, settings, line, subscriber, watches, now=clock())
    except MailServerError as error:
        log.warning("confirmation.stopped", error=str(error))
    return sent


def _ask(
    database: Database,
    settings: DigestSettings,
    line: Line,
    subscriber: SubscriberRow,
    watches: Sequence[str],
    *,
    now: datetime,
) -> bool:
    """Noted before it is sent: a crash between the two costs the mail, never makes two; whoever asks again gets one."""
    with database.writer() as session:
        note_asked(session, subscriber, now=now)
        message = confirmation(session, settings, subscriber, watches, now=now)
    try:
        verdict, answer = line.send(message, sender=envelope_sender(settings), recipient=subscriber.address)
    except MailServerError:
        verdict, answer = Verdict.LATER, "the connection was lost"
    if verdict is Verdict.LATER:
        with database.writer() as session:
            note_asked(session, subscriber, now=None)
    log.info("confirmation.tried", subscriber=subscriber.id, verdict=verdict.name, answer=answer)
    return verdict is Verdict.ACCEPTED


def confirmation(
    session: Session, settings: DigestSettings, subscriber: SubscriberRow, watches: Sequence[str], *, now: datetime
) -> bytes:
    """The mail with a link for each of these watches."""
    language = subscriber.profile.language
    links = "\n\n".join(
        f"{_title(session, settings, watch)}\n{confirm_url(settings, subscriber, watch)}" for watch in watches
    )
    subject = SUBJECTS[language].format(title=settings.title)
    rendered = Rendered(subject, "", TEXTS[language].format(links=links))
    key = f"confirm {subscriber.id} {now.isoformat()}"
    frozen = build_message(rendered, settings, issue_key=key, now=now, parts="text")
    identity = message_id(settings, issue_key=key, recipient=subscriber.address)
    return addressed(frozen, recipient=subscriber.address, message_id=identity)


def _title(session: Session, settings: DigestSettings, name: str) -> str:
    row = watch_row(session, name)
    return default_watch(settings).title if row is None or name == DEFAULT else row.title
