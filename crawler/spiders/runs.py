"""What a visit asks of an outlet: its due sources, and the steps of a stretch of the past that is read again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from crawler.candidates import Reading
from crawler.candidates.candidate import KEY_BYTES, MOST_KEYS, join_keys, split_keys
from crawler.sources import Source
from storage.records import BackfillRow, SourcePart, SourceState, StepKey, StepRow

LEAST_ITEMS = 5  # of a source that shows fewer, all may well be new without anything having been lost


@dataclass(slots=True)
class SourceRun:
    """One source in this visit. Its validators are kept only when nothing it announced is left undone."""

    state: SourceState
    source: Source
    outcome: Literal["answered", "failed"] | None = None
    error: str | None = None
    error_class: str | None = None
    retry_after: float = 0.0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    new_items: int = 0
    open_pages: int = 0
    truncated: bool = False
    brought_new: bool = False
    keys: bytes | None = None
    ttl_seconds: int | None = None
    fresh_seconds: float = 0.0
    dates: list[datetime] = field(default_factory=list)
    parts: dict[str, SourcePart] = field(default_factory=dict)
    has_unread_parts: bool = False

    def answered(self, *, etag: str | None, last_modified: str | None, body_hash: str | None) -> None:
        self.outcome = "answered"
        self.etag, self.last_modified, self.body_hash = etag, last_modified, body_hash

    def unchanged(self) -> None:
        self.answered(etag=self.state.etag, last_modified=self.state.last_modified, body_hash=self.state.body_hash)

    def known_part(self, url: str) -> SourcePart:
        """What a sitemap of this index left behind the last time."""
        return next((part for part in self.state.parts if part.url == url), SourcePart(url))

    def part_read(self, part: SourcePart, reading: Reading) -> None:
        """Keep what lets a sitemap of this index say the next time that nothing changed."""
        self.parts[part.url] = SourcePart(part.url, part.depth) if reading.children else part

    def part_unchanged(self, url: str) -> None:
        """A sitemap of this index is as it was: what it announced then is announced still."""
        self.parts[url] = self.known_part(url)
        self.has_unread_parts = True

    def heard(self, reading: Reading, identities: Iterable[str]) -> None:
        """Keep what this answer announced, for the next visit to compare with and for the source's rhythm."""
        self.keys = ((self.keys or b"") + join_keys(identities))[: MOST_KEYS * KEY_BYTES]
        self.ttl_seconds = reading.ttl_seconds or self.ttl_seconds
        self.dates += [candidate.published_at for candidate in reading.candidates if candidate.published_at]

    @property
    def announced(self) -> bytes | None:
        """The keys of all it announces now, those of sitemaps that did not change among them; None: nothing heard."""
        if self.keys is None or not self.has_unread_parts:
            return self.keys
        both = self.keys + (self.state.seen or b"")
        keys = dict.fromkeys(both[start : start + KEY_BYTES] for start in range(0, len(both), KEY_BYTES))
        return b"".join(keys)[: MOST_KEYS * KEY_BYTES]

    @property
    def complete(self) -> bool:
        return not self.truncated and self.open_pages == 0

    @property
    def has_overflowed(self) -> bool:
        """Whether nothing of what it announced the time before is left: what came between the two was not seen."""
        before, now = split_keys(self.state.seen), split_keys(self.announced)
        return self.outcome == "answered" and min(len(before), len(now)) >= LEAST_ITEMS and before.isdisjoint(now)


@dataclass(slots=True)
class StepRun(SourceRun):
    """A step of a backfill in this visit: a sitemap or list page that is read for one stretch of time."""

    step: StepRow = field(kw_only=True)
    backfill: BackfillRow = field(kw_only=True)
    found: list[StepKey] = field(default_factory=list)
    candidates: int = 0

    @classmethod
    def of(cls, step: StepRow, backfill: BackfillRow, source: Source) -> "StepRun":
        nothing_known = SourceState(0, backfill.outlet, step.url, step.kind, datetime.min.replace(tzinfo=UTC))
        return cls(nothing_known, source, step=step, backfill=backfill)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a run: the source itself, a sitemap its index names, or a further page of its list."""

    url: str
    run: SourceRun
    depth: int = 0
    number: int = 1

    @property
    def is_first(self) -> bool:
        return self.depth == 0 and self.number == 1

    @property
    def is_part(self) -> bool:
        """Whether it is a sitemap that the source, an index, names."""
        return self.depth > 0 and not isinstance(self.run, StepRun)
