"""What is known of a reader, as the rest of the house sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.errors import ZgcwatchError

Language = Literal["ko", "en"]
Format = Literal["html", "text"]
Origin = Literal["settings", "operator", "sign_up"]


class SubscriberError(ZgcwatchError):
    """A reader is not known, or is known already; the message says which."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a reader wants the mail. `zone` None: times are shown in the zone of the watch."""

    name: str = ""
    language: Language = "ko"
    zone: str | None = None
    format: Format = "html"
    excerpts: bool = True


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A reader. `secret` is what links to confirm and to leave are derived from: it is never shown."""

    id: int
    address: str
    profile: Profile
    state: Literal["pending", "active", "unsubscribed"]
    origin: Origin
    secret: bytes
    created_at: datetime
    opted_in_at: datetime | None
    unsubscribed_at: datetime | None
    asked_at: datetime | None
    watches: tuple[str, ...] = ()  # of those the reader gets, or would get once confirmed

    def __repr__(self) -> str:
        return f"SubscriberRow(id={self.id}, state={self.state!r})"
