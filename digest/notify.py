"""Whatever apprise can reach: chats, pushes, and a hundred services more. Called from a thread."""

import logging
import re
import warnings
from functools import cache
from typing import Any

from storage.errors import ZgcwatchError

_LONGEST_ANSWER = 300
_SHORTEST_SECRET = 4


class NotSent(ZgcwatchError):  # noqa: N818 - named for what it is
    """The message did not go out; it is tried again later. The text says why and holds no secret."""


class GiveUp(NotSent):
    """The message will never go out this way."""


def is_known_to_apprise(url: str) -> bool:
    """Whether apprise can make a channel of the address. Nothing is sent."""
    return _apprise().Apprise.instantiate(url, suppress_exceptions=True) is not None


def send_notification(url: str, subject: str, body: str) -> str:
    """Send by apprise; raises NotSent with what it logged, secrets taken out, when the service did not take it."""
    apprise = _apprise()
    channel = apprise.Apprise()
    if not channel.add(url):
        raise GiveUp("apprise does not know the kind of this address: correct it in the settings.")
    with apprise.LogCapture(level=logging.WARNING) as said:
        try:
            taken = channel.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001 - whatever a service's plugin trips over
            raise NotSent(f"apprise broke: {type(error).__name__}: {without_secrets(str(error), url)}") from None
        words = said.getvalue()
    if not taken:
        raise NotSent(without_secrets(words, url) or "The service did not take it.")
    return "taken"


@cache
def _apprise() -> Any:
    """Apprise with all its services loaded: some of them import what Python is about to drop, which is not our news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        said = logging.getLogger("apprise")  # says whole addresses, secrets and all: never to our log
        said.propagate = False
        said.setLevel(logging.CRITICAL + 1)  # but for what `send_notification` captures
        apprise.Apprise.instantiate("none://", suppress_exceptions=True)
    return apprise


def without_secrets(text: str, url: str) -> str:
    """The last line of a log without any part of the address but its kind."""
    line = text.strip().splitlines()[-1] if text.strip() else ""
    parts = {part for part in re.split(r"[^\w.%-]+", url.partition("://")[2]) if len(part) >= _SHORTEST_SECRET}
    for part in sorted(parts, key=len, reverse=True):
        line = line.replace(part, "***")
    return " ".join(line.split())[:_LONGEST_ANSWER]
