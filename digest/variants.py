"""The forms an issue takes: language of its frame, HTML or text alone, the right to openings, the zone of its times."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from digest.content import IssueContent
from storage.subscribers import Profile, SubscriberRow

HOUSE = ""  # the name of the form that is part of the issue itself


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of an issue; readers who want the same share its bytes. `zone` None: that of the watch."""

    language: Literal["ko", "en"] = "ko"
    format: Literal["html", "text"] = "html"
    excerpts: bool = True
    zone: str | None = None

    @property
    def name(self) -> str:
        """Under which name its bytes are kept."""
        if self == Variant():
            return HOUSE
        words = "excerpts" if self.excerpts else "headlines"
        return ".".join((self.language, self.format, words, self.zone or "watch"))

    def of(self, content: IssueContent) -> IssueContent:
        """An issue's content as this form shows it."""
        zone = ZoneInfo(self.zone) if self.zone else content.zone
        return replace(content, language=self.language, excerpts=self.excerpts, zone=zone)


def variant_of(profile: Profile, zone: ZoneInfo) -> Variant:
    """The form for a reader of a watch in this zone."""
    own = profile.zone if profile.zone != zone.key else None
    return Variant(profile.language, profile.format, profile.excerpts, own)


def by_variant(readers: Iterable[SubscriberRow], zone: ZoneInfo) -> dict[Variant, list[SubscriberRow]]:
    """The readers of a watch by the form they get."""
    grouped: dict[Variant, list[SubscriberRow]] = {}
    for reader in readers:
        grouped.setdefault(variant_of(reader.profile, zone), []).append(reader)
    return grouped
