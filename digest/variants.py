"""The forms an issue takes: language of its frame, HTML or text alone, the right to openings, the zone of its times,
and which corrections are due.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from digest.content import IssueContent
from digest.due import ALL, Due
from storage.subscribers import Profile, SubscriberRow

HOUSE = ""  # the name of the form that is part of the issue itself
# What stands in a name before the number of the corrections, and before that of an edition: no zone's name has them.
CORRECTIONS = "#"
EDITION = "~"


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of an issue; readers who are to get the same share its bytes. `zone` None: that of the watch.

    `corrections`: the number of those it shows (digest/due.py).
    """

    language: Literal["ko", "en"] = "ko"
    format: Literal["html", "text"] = "html"
    excerpts: bool = True
    zone: str | None = None
    corrections: int = ALL

    @property
    def name(self) -> str:
        """Under which name its bytes are kept."""
        own = f"{CORRECTIONS}{self.corrections}" if self.corrections else ""
        if replace(self, corrections=ALL) == Variant():
            return HOUSE + own
        words = "excerpts" if self.excerpts else "headlines"
        return ".".join((self.language, self.format, words, self.zone or "watch")) + own

    def of(self, content: IssueContent) -> IssueContent:
        """An issue's content as this form shows it."""
        zone = ZoneInfo(self.zone) if self.zone else content.zone
        due = content.other_corrections[self.corrections - 1] if self.corrections else content.corrections
        return replace(
            content,
            language=self.language,
            excerpts=self.excerpts,
            zone=zone,
            corrections=due,
            other_corrections=(),
        )


def variant_named(name: str) -> Variant:
    """The form with this name, whatever the edition."""
    form, _, corrections = name.partition(EDITION)[0].partition(CORRECTIONS)
    number = int(corrections or ALL)
    if form == HOUSE:
        return Variant(corrections=number)
    language, parts, words, zone = form.split(".", 3)
    return Variant(
        "en" if language == "en" else "ko",
        "text" if parts == "text" else "html",
        words == "excerpts",
        None if zone == "watch" else zone,
        number,
    )


def edition_of(name: str) -> int:
    """The number of the edition that a form of this name is of; 0 is the issue itself."""
    return int(name.partition(EDITION)[2] or 0)


def variant_of(profile: Profile, zone: ZoneInfo) -> Variant:
    """The form for a reader of a watch in this zone."""
    own = profile.zone if profile.zone != zone.key else None
    return Variant(profile.language, profile.format, profile.excerpts, own)


def by_variant(readers: Iterable[SubscriberRow], zone: ZoneInfo, due: Due) -> dict[Variant, list[SubscriberRow]]:
    """The readers of a watch by the form they get."""
    grouped: dict[Variant, list[SubscriberRow]] = {}
    for reader in readers:
        variant = replace(variant_of(reader.profile, zone), corrections=due.number(reader.address))
        grouped.setdefault(variant, []).append(reader)
    return grouped
