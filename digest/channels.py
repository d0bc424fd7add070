"""Issues to chats and programs: each channel of a watch has its outbox row, as a reader has."""

import json
from datetime import datetime
from typing import Any

from digest.content import Card, IssueContent, Report
from digest.notify import GiveUp, NotSent, send_notification
from digest.safe import shorten
from digest.settings import ChannelSettings, DigestSettings
from digest.smtp import Verdict
from digest.webhook import Unknown, post
from storage.outbox import CHANNEL

SHOWN_CARDS = 10
LONGEST_NOTE = 3500  # characters; Telegram takes 4,096, the others more
SCHEMA = 1  # of the webhook's JSON; raised when a field changes its meaning or goes


def send(
    content: IssueContent,
    watch: str,
    recipient: str,
    settings: DigestSettings,
    *,
    identity: str,
    now: datetime,
    replaces: str | None = None,
) -> tuple[Verdict, str]:
    """One issue to one channel: what became of it, and the answer. `replaces`: the identity of the edition before."""
    name = recipient.removeprefix(CHANNEL)
    channel = next((one for one in settings.channels if one.name == name), None)
    if channel is None:
        return Verdict.REFUSED, f"the channel {name} is no longer in the settings"
    try:
        return Verdict.ACCEPTED, _hand_over(content, watch, channel, identity, replaces, now=now)
    except GiveUp as error:
        return Verdict.REFUSED, str(error)
    except Unknown as error:
        return Verdict.UNKNOWN, str(error)
    except NotSent as error:
        return Verdict.LATER, str(error)


def _hand_over(
    content: IssueContent, watch: str, channel: ChannelSettings, identity: str, replaces: str | None, *, now: datetime
) -> str:
    url = channel.url.get_secret_value()
    if not channel.is_webhook:
        return send_notification(url, content.subject, note(content))
    secret = channel.secret.get_secret_value() if channel.secret else None
    body = document(content, watch, identity, replaces)
    return post(url, body, message_id=identity, now=now, secret=secret, allow_private=channel.allow_private)


def note(content: IssueContent) -> str:
    """The issue as a chat shows it: its line of figures, the first stories with their links, where the rest is."""
    say = content.words
    blocks = [*(say(mark) for mark in content.marks), content.summary, content.coverage.line(say, content.zone)]
    for card in content.cards[:SHOWN_CARDS]:
        also = f" · {say('also', count=card.other_outlets)}" if card.other_outlets else ""
        blocks.append(f"• {card.headline(say)}\n{card.lead.outlet}{also}\n{card.lead.url or ''}".rstrip())
    end = [f"{say('web_view')}: {content.web_view}"] if content.web_view else []
    room = LONGEST_NOTE - sum(len(line) + 2 for line in end)
    kept: list[str] = []
    for block in blocks:
        if sum(len(one) + 2 for one in kept) + len(block) > room:
            break
        kept.append(block)
    return "\n\n".join([*kept, *end])


def document(content: IssueContent, watch: str, identity: str, replaces: str | None = None) -> bytes:
    """The issue as a program gets it: JSON, the same bytes for the same issue.

    `replaces`: the `id` of the document that was wrong.
    """
    say = content.words
    value = {
        "type": "digest.issue",
        "schema": SCHEMA,
        "id": identity.strip("<>"),
        "replaces": replaces.strip("<>") if replaces else None,
        "watch": watch,
        "form": content.form,
        "window": {"start": _time(content, content.window_start), "end": _time(content, content.window_end)},
        "subject": content.subject,
        "summary": content.summary,
        "coverage": content.coverage.line(say, content.zone),
        "web_view": content.web_view,
        "stories": [_card(content, card, section.key) for section in content.sections for card in section.cards],
        "corrections": [
            {"what": one.what, "title": one.title, **_report(content, one.lead)} for one in content.corrections
        ],
        "deals": [
            {
                "company": deal.company,
                "kind": deal.kind,
                "value": deal.money.value if deal.money else None,
                "currency": deal.money.currency if deal.money else None,
                "krw": deal.money.krw if deal.money else None,
                "round": deal.round,
                "investors": list(deal.investors),
                **_report(content, deal.source),
            }
            for deal in content.deals
        ],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _card(content: IssueContent, card: Card, section: str) -> dict[str, Any]:
    return {
        "story_id": card.story_id,
        "section": section,
        "title": card.title,
        **_report(content, card.lead),
        "excerpt": shorten(card.excerpt, LONGEST_NOTE) if card.excerpt and content.excerpts else None,
        "companies": list(card.companies),
        "amounts": [{"value": one.value, "currency": one.currency, "krw": one.krw} for one in card.amounts],
        "also": [_report(content, report) for report in card.others],
    }


def _report(content: IssueContent, report: Report) -> dict[str, Any]:
    return {
        "article_id": report.article_id,
        "outlet": report.outlet,
        "url": report.url,
        "at": _time(content, report.at),
    }


def _time(content: IssueContent, moment: datetime) -> str:
    return moment.astimezone(content.zone).isoformat()
