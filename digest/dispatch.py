"""A composed issue goes into the outbox: each reader and each channel gets the form that is due to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.due import Due
from digest.message import message_id
from digest.press import Press
from digest.settings import DigestSettings
from digest.variants import HOUSE, Variant, by_variant
from storage.database import Session
from storage.digests import StoredIssue
from storage.outbox import CHANNEL, add_deliveries
from storage.subscribers import SubscriberRow


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who gets what of one issue. With `note` whoever is to be told nothing is told so, and otherwise gets no mail."""

    session: Session
    issue: StoredIssue
    press: Press
    due: Due
    settings: DigestSettings
    due_at: datetime = field(kw_only=True)
    note: bool = field(kw_only=True)

    def to_readers(self, readers: Iterable[SubscriberRow], zone: ZoneInfo) -> int:
        """The mails of the readers of a watch in this zone; how many."""
        count = 0
        for variant, some in by_variant(readers, zone, self.due).items():
            if self._says_something(variant):
                if variant.name != HOUSE:
                    self.press.keep(self.session, self.issue.id, variant, name=variant.name)
                count += self._enqueue([one.address for one in some], variant)
        return count

    def to_channels(self, names: Collection[str]) -> None:
        """A row for each channel. What it shows is made when it is sent, of the issue's content."""
        for recipient in dict.fromkeys(f"{CHANNEL}{name}" for name in names):
            variant = Variant(corrections=self.due.number(recipient))
            if self._says_something(variant):
                self._enqueue([recipient], variant)

    def _says_something(self, variant: Variant) -> bool:
        return self.note or not variant.of(self.press.content).empty

    def _enqueue(self, recipients: Iterable[str], variant: Variant) -> int:
        ids = {one: message_id(self.settings, issue_key=self.press.key, recipient=one) for one in recipients}
        return add_deliveries(
            self.session, self.issue.id, ids, variant=variant.name, due_at=self.due_at, now=self.press.now
        )
