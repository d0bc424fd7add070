"""Watches: what is told to whom and when. The one called `default` is that of the settings; the others are kept in the
database.
"""

from datetime import datetime, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from crawler.meaning.folding import fold_name
from digest.links import unsubscribe_url
from digest.settings import Days, DigestSettings, Hour, NoNews, Zone
from storage.database import Session
from storage.errors import ZgcwatchError, explain_validation
from storage.subscribers import are_synced, sync_readers
from storage.watches import WatchRow, save_watch, watch_row, watch_rows

__all__ = ["DEFAULT", "Watch", "WatchError", "default_watch", "load_watch", "load_watches", "unsubscribe_url"]

DEFAULT = "default"
ALTERNATIVES = "|"
KIND_OF_FIELD = {
    "rules": ("topics", "entities", "outlets", "must", "never", "minimum_relevance"),
    "schedule": ("cutoff", "deliver_at", "timezone", "days", "no_news", "quiet_from", "quiet_until"),
}


class WatchError(ZgcwatchError):
    """A watch is not known, or is described wrongly; the message says what and where."""


def _words(entry: str) -> str:
    if not entry.isprintable() or not all(fold_name(word) for word in entry.split(ALTERNATIVES)):
        raise ValueError(f"{entry!r} is no word, nor are it words with {ALTERNATIVES} between them")
    return entry


def _plain(entry: str) -> str:
    if not entry.isprintable() or not entry.strip():
        raise ValueError("must be one line without control characters")
    return entry


def _once(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entries))


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Line = Annotated[str, AfterValidator(_plain), Field(max_length=100)]
Ids = Annotated[tuple[Line, ...], AfterValidator(_once)]
Words = Annotated[tuple[Annotated[str, AfterValidator(_words), Field(max_length=200)], ...], AfterValidator(_once)]


class Watch(BaseModel):
    """What one watch looks for, and when it is told.

    An article matches when it is about one of the topics or one of the entities (of anything, where neither is given),
    comes from one of the outlets (any, where none is given), has every word of `must` and none of `not`, and is scored
    at least `minimum_relevance`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Name = Field(description="Short name for commands and links.")
    title: Annotated[Line, Field(max_length=60)] = Field(description="Name of the mail.")
    kind: Literal["daily", "weekly", "alert"] = "daily"
    topics: Ids = ()
    entities: Ids = ()
    outlets: Ids = ()
    must: Words = ()
    never: Words = Field(default=(), alias="not")
    minimum_relevance: float = Field(default=0.0, ge=0, le=1000, allow_inf_nan=False)
    cutoff: Hour = "07:20"
    deliver_at: Hour = "07:40"
    timezone: Zone = "Asia/Seoul"
    days: Days = "every"
    no_news: NoNews = "note"
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None
    channels: Ids = ()
    paused: bool = False
    open_to_all: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.deliver_at < self.cutoff:
            raise ValueError("`deliver_at` must not be before `cutoff`")
        if self.kind == "weekly" and (isinstance(self.days, str) or len(self.days) != 1):
            raise ValueError('a weekly watch needs its one day, as in days = ["mon"]')
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("`quiet_from` and `quiet_until` belong together")
        if self.quiet_from is not None and (self.kind != "alert" or self.quiet_from == self.quiet_until):
            raise ValueError("quiet hours are for alerts, and end at another hour than they begin")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the hours and of the times shown."""
        return ZoneInfo(self.timezone)

    @property
    def cutoff_time(self) -> time:
        """`cutoff` as a wall-clock time in `zone`."""
        return time.fromisoformat(self.cutoff)

    @property
    def delivery_time(self) -> time:
        """`deliver_at` as a wall-clock time in `zone`."""
        return time.fromisoformat(self.deliver_at)

    @property
    def narrows(self) -> bool:
        """Whether any rule keeps some articles out."""
        return bool(self.topics or self.entities or self.outlets or self.must or self.never or self.minimum_relevance)

    def described(self) -> dict[str, Any]:
        """What differs from the defaults, as a file of watches and the API say it."""
        rows = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"name": self.name, "title": self.title, **rows}


def parse_watch(values: dict[str, Any], *, where: str) -> Watch:
    """The watch that these values describe. Raises WatchError naming the key and the nearest right one."""
    try:
        return Watch.model_validate(values)
    except ValidationError as error:
        raise WatchError(f"{where}: {explain_validation(error, Watch)}") from error


def default_watch(settings: DigestSettings) -> Watch:
    """The watch that the settings describe."""
    return Watch(
        name=DEFAULT,
        title=settings.title,
        minimum_relevance=settings.minimum_relevance,
        cutoff=settings.cutoff,
        deliver_at=settings.deliver_at,
        timezone=settings.timezone,
        days=settings.days,
        no_news=settings.no_news,
        channels=tuple(channel.name for channel in settings.channels if channel.default),
        open_to_all=settings.sign_up,
    )


def load_watch(session: Session, settings: DigestSettings, name: str) -> Watch:
    """The watch of this name. Raises WatchError when there is none."""
    if name == DEFAULT:
        return default_watch(settings)
    row = watch_row(session, name)
    if row is None:
        raise WatchError(f"There is no watch called {name}: `zgcwatch watch list` shows them.")
    return _watch(row)


def load_watches(session: Session, settings: DigestSettings) -> list[Watch]:
    """Every watch, that of the settings first."""
    others = [_watch(row) for row in watch_rows(session) if row.name != DEFAULT]
    return [default_watch(settings), *others]


def keep_watch(session: Session, watch: Watch, *, now: datetime) -> bool:
    """Write a watch, new or known; True when that changed anything. Raises WatchError for that of the settings."""
    if watch.name == DEFAULT:
        raise WatchError(f"The watch {DEFAULT} is described by the settings: change the section [digest].")
    return save_watch(session, _row(watch, now=now), now=now)


def sync_default(session: Session, settings: DigestSettings, *, now: datetime) -> tuple[list[str], list[str]]:
    """Bring the watch of the settings and its readers up to date; (added, removed) addresses."""
    save_watch(session, _row(default_watch(settings), now=now), now=now)
    return sync_readers(session, DEFAULT, settings.recipients, now=now)


def is_default_synced(session: Session, settings: DigestSettings) -> bool:
    """Whether `sync_default` would change nothing."""
    row = watch_row(session, DEFAULT)
    is_kept = row is not None and row == _row(default_watch(settings), now=row.created_at)
    return is_kept and are_synced(session, DEFAULT, settings.recipients)


def _watch(row: WatchRow) -> Watch:
    values = {**row.rules, **row.schedule, "name": row.name, "title": row.title, "kind": row.kind}
    return parse_watch(
        {**values, "channels": row.channels, "paused": row.paused, "open_to_all": row.open_to_all},
        where=f"The watch {row.name} in the database",
    )


def _row(watch: Watch, *, now: datetime) -> WatchRow:
    values = watch.model_dump(mode="json")
    return WatchRow(
        name=watch.name,
        title=watch.title,
        kind=watch.kind,
        rules={name: values[name] for name in KIND_OF_FIELD["rules"]},
        schedule={name: values[name] for name in KIND_OF_FIELD["schedule"]},
        channels=watch.channels,
        paused=watch.paused,
        open_to_all=watch.open_to_all,
        origin="settings" if watch.name == DEFAULT else "operator",
        created_at=now,
    )
