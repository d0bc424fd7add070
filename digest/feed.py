"""What a watch told of late, as an Atom feed (RFC 4287): a story an entry."""

import hashlib
import uuid
from xml.etree.ElementTree import Element, SubElement, tostring

from digest.content import Card, IssueContent
from digest.editions import shown_today
from digest.frozen import unpack, web_view
from digest.links import subscriber_of_token
from digest.settings import DigestSettings
from storage.database import Session
from storage.issues import LatestIssue, latest_issues

ATOM = "http://www.w3.org/2005/Atom"
MOST_ISSUES = 14
MOST_ENTRIES = 200


def reader_of(session: Session, token: str) -> str | None:
    """The watch that a reader's own address of a feed is of; None when it is not ours, or the reader has left."""
    found = subscriber_of_token(session, "feed", token)
    if found is None:
        return None
    subscriber, watch = found
    return watch if subscriber.state == "active" and watch in subscriber.watches else None


def feed_of(session: Session, watch: str, *, address: str, settings: DigestSettings | None) -> tuple[bytes, str] | None:
    """The feed of a watch at this address, and a tag that changes with it; None when it has told nothing yet."""
    issues = latest_issues(session, watch, limit=MOST_ISSUES)
    if not issues:
        return None
    root = Element("feed", xmlns=ATOM)
    newest = shown_today(session, unpack(issues[0].content))
    _text(root, "title", newest.masthead)
    _text(root, "id", f"urn:uuid:{_identity(watch)}")
    _text(root, "updated", issues[0].composed_at.isoformat())
    SubElement(root, "link", rel="self", href=address)
    author = SubElement(root, "author")
    _text(author, "name", newest.title)
    left = MOST_ENTRIES
    for number, issue in enumerate(issues):
        content = shown_today(session, unpack(issue.content)) if number else newest
        page = web_view(settings, issue.web_token) if settings else None
        for card in content.cards[:left]:
            root.append(_entry(content, card, issue, watch, page))
        left -= len(content.cards[:left])
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")
    return body, hashlib.sha256(body).hexdigest()[:32]


def _entry(content: IssueContent, card: Card, issue: LatestIssue, watch: str, page: str | None) -> Element:
    say = content.words
    entry = Element("entry")
    _text(entry, "title", card.headline(say))
    _text(entry, "id", f"urn:uuid:{_identity(f'{watch} {issue.id} {card.story_id}')}")
    _text(entry, "updated", issue.composed_at.isoformat())
    _text(entry, "published", card.lead.at.isoformat())
    if card.lead.url:
        SubElement(entry, "link", rel="alternate", href=card.lead.url)
    if page:
        SubElement(entry, "link", rel="related", href=page)
    for report in card.others:
        if report.url:
            SubElement(entry, "link", rel="related", href=report.url, title=report.outlet)
    author = SubElement(entry, "author")
    _text(author, "name", card.lead.outlet)
    for company in card.companies:
        SubElement(entry, "category", term=company)
    also = [say("also", count=card.other_outlets)] if card.other_outlets else []
    facts = [f"{label}: {text}" for label, text in content.facts(card)]
    _text(entry, "summary", " / ".join([*([card.excerpt] if card.excerpt else []), *also, *facts]) or card.lead.outlet)
    return entry


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _identity(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"zgcwatch {name}")
