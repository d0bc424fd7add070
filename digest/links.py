"""Links by which a reader confirms a sign-up or leaves: an HMAC of the reader's own secret, so nobody can make them up
and they need not be kept.
"""

import base64
import hashlib
import hmac
import re
from typing import Literal
from urllib.parse import quote

from digest.settings import DigestSettings
from storage.database import Session
from storage.subscribers import SubscriberRow, subscriber_by_id

Purpose = Literal["confirm", "unsubscribe", "feed"]
_BYTES = 16
_TOKEN = re.compile(r"(?P<id>[1-9][0-9]{0,15})\.(?P<watch>[a-z0-9][a-z0-9-]{0,39})\.(?P<mac>[A-Za-z0-9_-]{22})")


def unsubscribe_url(settings: DigestSettings, subscriber: SubscriberRow, watch: str) -> str | None:
    """Where this reader leaves this watch: GET shows a page with a button, POST does it (RFC 8058).

    None while `digest.web_url` is not set.
    """
    return _url(settings, "unsubscribe", subscriber, watch)


def confirm_url(settings: DigestSettings, subscriber: SubscriberRow, watch: str) -> str | None:
    """Where this reader confirms to have asked for this watch. None while `digest.web_url` is not set."""
    return _url(settings, "confirm", subscriber, watch)


def feed_url(settings: DigestSettings, subscriber: SubscriberRow, watch: str) -> str | None:
    """Where this reader's feed reader finds this watch. None while `digest.web_url` is not set."""
    return f"{settings.web_url}/feeds/{quote(token('feed', subscriber, watch))}" if settings.web_url else None


def token(purpose: Purpose, subscriber: SubscriberRow, watch: str) -> str:
    """The part of a link that proves that it came from a mail to this reader."""
    mac = hmac.digest(subscriber.secret, f"{purpose} {subscriber.id} {watch}".encode(), hashlib.sha256)[:_BYTES]
    return f"{subscriber.id}.{watch}.{base64.urlsafe_b64encode(mac).decode('ascii').rstrip('=')}"


def subscriber_of_token(session: Session, purpose: Purpose, text: str) -> tuple[SubscriberRow, str] | None:
    """The reader and the watch that a link is for; None when it is not one of ours."""
    parts = _TOKEN.fullmatch(text)
    if parts is None:
        return None
    subscriber = subscriber_by_id(session, int(parts["id"]))
    if subscriber is None or not hmac.compare_digest(token(purpose, subscriber, parts["watch"]), text):
        return None
    return subscriber, parts["watch"]


def _url(settings: DigestSettings, purpose: Purpose, subscriber: SubscriberRow, watch: str) -> str | None:
    if settings.web_url is None:
        return None
    return f"{settings.web_url}/{purpose}/{quote(token(purpose, subscriber, watch))}"
