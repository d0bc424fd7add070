"""The catalogue of outlets: one TOML file an outlet, judged strictly. Adding an outlet touches nothing else."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from crawler.extract.profile import Profile
from crawler.sources import Source
from storage.errors import ConfigurationError, explain_validation

SHARED_PROFILES = "profiles.toml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Politeness(_Part):
    """How gently the outlet is visited. robots.txt is obeyed in any case and may ask for more."""

    delay: float = Field(default=2.0, ge=0, le=120, description="Seconds between two requests to one host.")
    max_pages: int = Field(default=200, ge=1, description="Article pages fetched in one visit at most.")
    unsure_per_day: int = Field(
        default=0,
        ge=0,
        description="Pages a day read although their headline touches no topic, where the source gives no summary.",
    )


class Urls(_Part):
    """Which addresses are articles, and what makes two addresses the same article."""

    article: tuple[str, ...] = Field(
        default=(),
        description="Regular expressions; a link must match one (empty: any link of the outlet's hosts).",
    )
    number: str | None = Field(
        default=None, description="Regular expression with one group: the article's number in its URL."
    )
    keep_params: tuple[str, ...] | None = Field(
        default=None,
        description="Query parameters that belong to the identity; absent: all but known tracking parameters.",
    )
    host_aliases: dict[str, str] = Field(
        default_factory=dict,
        description="Hosts that serve the same articles (mobile, AMP) → the host to keep.",
    )
    rewrites: tuple[tuple[str, str], ...] = Field(
        default=(),
        description="Pairs of a regular expression and what stands in its place: AMP and mobile paths of an article.",
    )

    @field_validator("article", "number")
    @classmethod
    def _compiles(cls, value: Any) -> Any:
        for pattern in [value] if isinstance(value, str) else value or ():
            _compile(pattern)
        return value

    @field_validator("rewrites")
    @classmethod
    def _rewrite(cls, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        for pattern, replacement in pairs:
            groups = _compile(pattern).groups
            if any(int(number) > groups for number in re.findall(r"\\(\d)", replacement)):
                raise ValueError(f"{replacement!r} names a group that {pattern!r} does not have")
        return pairs


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error


class Evidence(_Part):
    """How the facts in the file are known, and how old that knowledge is."""

    measured: date | None = Field(
        default=None, description="Day the source of these facts was measured; absent: undated."
    )
    verified: bool = Field(
        default=False, description="True only when somebody of this project visited the live outlet."
    )
    note: str = ""


class Outlet(_Part):
    """One news outlet: who it is, how to visit it, how to read its pages, and what its licence lets us show."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")
    name: str
    name_en: str | None = None
    home: str
    hosts: tuple[str, ...] = Field(
        description="Host names whose pages are this outlet's, a port may follow; none for a news search."
    )
    language: str = "ko"
    licence: Literal["none", "headline", "excerpt", "full"] = Field(
        default="headline",
        description="What a mail or an API reader may see of an article (docs/decisions/0006-licence-of-an-outlet.md).",
    )
    enabled: bool = True
    remarks: str = Field(
        default="",
        description="What an operator should know: robots.txt, terms of use, habits of the feed, why it is off.",
    )
    sample: bool = Field(
        default=False, description="A made-up outlet: its name is marked as a sample wherever it is shown."
    )
    fetch: Literal["matching", "all"] = Field(
        default="matching",
        description="matching: candidates whose title or summary touches a topic (or that have neither); all: any.",
    )
    render: Literal["none", "browser"] = Field(
        default="none",
        description="browser: pages and lists that are empty without JavaScript are loaded in Chromium (an extra).",
    )
    politeness: Politeness = Politeness()
    urls: Urls = Urls()
    sources: tuple[Source, ...] = Field(min_length=1)
    profile: str | None = Field(
        default=None, description="Name of a shared profile (profiles.toml) tried after the outlet's own."
    )
    profiles: tuple[Profile, ...] = ()
    evidence: Evidence = Evidence()

    @field_validator("sources")
    @classmethod
    def _one_query_each(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        return tuple(single for source in sources for single in source.single_queries())

    @model_validator(mode="after")
    def _is_an_outlet_or_a_search(self) -> Self:
        searches = {source.is_search for source in self.sources}
        if searches == {True, False}:
            raise ValueError("`sources` mixes a news search with an outlet's own: give the search a file of its own")
        if bool(self.hosts) == (True in searches):
            raise ValueError("`hosts` names the outlet's hosts; only a news search has none")
        return self

    @property
    def is_search(self) -> bool:
        """Whether this is no outlet but a news search, whose finds belong to others."""
        return any(source.is_search for source in self.sources)


class Catalogue:
    """The outlets in force: the packaged ones, with the operator's files added or laid over them by id."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self._by_id = {outlet.id: outlet for outlet in sorted(outlets, key=lambda outlet: outlet.id)}

    def __iter__(self) -> Iterator[Outlet]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, outlet_id: str) -> Outlet:
        """The outlet of this id; an unknown id is an error that names the nearest ones."""
        if outlet_id in self._by_id:
            return self._by_id[outlet_id]
        near = difflib.get_close_matches(outlet_id, self._by_id, n=3)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise ConfigurationError(
            f"No outlet is called {outlet_id!r}.{hint} `zgcwatch outlets list` shows all {len(self)}."
        )

    def enabled(self) -> list[Outlet]:
        return [outlet for outlet in self if outlet.enabled]

    @cached_property
    def _by_host(self) -> dict[str, Outlet]:
        return {host.lower(): outlet for outlet in self for host in (*outlet.hosts, *outlet.urls.host_aliases)}

    def for_url(self, url: str | None) -> Outlet | None:
        """The outlet that owns the URL's host (with or without its port), or None."""
        parts = urlsplit(url or "")
        host = (parts.hostname or "").lower()
        with_port = f"{host}:{parts.port}" if parts.port else host
        return self._by_host.get(with_port) or self._by_host.get(host)


def load_catalogue(*folders: Path, packaged: bool = True) -> Catalogue:
    """The packaged outlets (unless `packaged` is False) and the operator's folders, later ones laid over earlier ones.

    Raises ConfigurationError naming the file, the key and the nearest right key.
    """
    outlets: dict[str, Outlet] = {}
    packaged_folder: list[Traversable] = [files("crawler") / "outlets"] if packaged else []
    shared = _shared_profiles()
    for folder in (*packaged_folder, *folders):
        if not folder.is_dir():
            raise ConfigurationError(
                f"The outlets folder {folder} does not exist: make it, or take it out of `crawler.outlets`."
            )
        seen: dict[str, str] = {}
        for file in sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name):
            if file.name == SHARED_PROFILES:
                continue
            outlet = read_outlet(file, shared)
            if outlet.id in seen:
                raise ConfigurationError(
                    f"{file}: the id {outlet.id!r} is also used in {seen[outlet.id]}; give one of them another id."
                )
            seen[outlet.id] = file.name
            outlets[outlet.id] = outlet
    return Catalogue(outlets.values())


def _shared_profiles() -> dict[str, Profile]:
    file = files("crawler") / "outlets" / SHARED_PROFILES
    if not file.is_file():
        return {}
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: Profile(name=name, **row) for name, row in rows.items()}


def read_outlet(file: Traversable, shared: dict[str, Profile]) -> Outlet:
    """One outlet file, judged; the shared profile it names is appended to its own."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}.") from error
    return parse_outlet(text, str(file), shared)


def parse_outlet(text: str, where: str, shared: dict[str, Profile] | None = None) -> Outlet:
    """The text of an outlet file, judged; `where` names it in errors."""
    shared = _shared_profiles() if shared is None else shared
    try:
        outlet = Outlet.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{where} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ConfigurationError(f"{where}: {explain_validation(error, Outlet)}") from error
    if outlet.profile is None:
        return outlet
    if outlet.profile not in shared:
        raise ConfigurationError(
            f"{where}: no shared profile is called {outlet.profile!r}; there are {', '.join(sorted(shared))}."
        )
    return outlet.model_copy(update={"profiles": (*outlet.profiles, shared[outlet.profile])})
