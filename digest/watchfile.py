"""Watches and readers as a TOML file, to be kept beside the settings, reviewed, and taken to another installation."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digest.settings import Address, Zone
from digest.watches import DEFAULT, Ids, Line, Watch, WatchError
from storage.errors import explain_validation
from storage.subscribers import Profile, SubscriberRow

HEAD = "# Made by `zgcwatch {verb} export`; `zgcwatch {verb} import` takes it back.\n"


class Reader(BaseModel):
    """A reader as a file and the API describe one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Address
    name: Line | Literal[""] = ""
    language: Literal["ko", "en"] = "ko"
    zone: Zone | None = None
    format: Literal["html", "text"] = "html"
    excerpts: bool = True
    watches: Ids = (DEFAULT,)

    @classmethod
    def of(cls, row: SubscriberRow) -> "Reader":
        """A reader as the archive knows one."""
        profile = row.profile
        return cls(
            address=row.address,
            name=profile.name,
            language=profile.language,
            zone=profile.zone,
            format=profile.format,
            excerpts=profile.excerpts,
            watches=row.watches,
        )

    @property
    def profile(self) -> Profile:
        """How this reader wants the mail."""
        return Profile(self.name, self.language, self.zone, self.format, self.excerpts)


class WatchFile(BaseModel):
    """A file of watches and readers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    watch: tuple[Watch, ...] = ()
    subscriber: tuple[Reader, ...] = Field(default=())


def parse(text: str, *, where: str) -> WatchFile:
    """What a file describes. Raises WatchError that names the key, or the watch or address that is there twice."""
    try:
        file = WatchFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WatchError(f"{where} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise WatchError(f"{where}: {explain_validation(error, WatchFile)}") from error
    for names in ([one.name for one in file.watch], [one.address.casefold() for one in file.subscriber]):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise WatchError(f"{where} describes {', '.join(twice)} more than once: keep one of them.")
    return file


def write_watches(watches: Iterable[Watch]) -> str:
    """Watches as a file; what a watch leaves at its default is not written."""
    return HEAD.format(verb="watch") + "".join(_table("watch", watch.described()) for watch in watches)


def write_readers(readers: Iterable[Reader]) -> str:
    """Readers as a file; what a reader leaves at its default is not written, but the watches always are."""
    rows = (
        {"address": one.address, **one.model_dump(mode="json", exclude_defaults=True), "watches": one.watches}
        for one in readers
    )
    return HEAD.format(verb="subscriber") + "".join(_table("subscriber", row) for row in rows)


def _table(name: str, values: Mapping[str, Any]) -> str:
    return f"\n[[{name}]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, (int, float)):
        return repr(value)
    # JSON's strings are TOML's but for one character that TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
