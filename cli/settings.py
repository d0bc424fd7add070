"""The settings in force: one TOML file, laid over by environment variables; secrets may lie in files.

Each room owns its section as a pydantic model; this module composes them. No room reads the environment itself.
A variable is `ZGCWATCH_<SECTION>__<KEY>`, for example `ZGCWATCH_STORAGE__DATABASE`; with `_FILE` behind it,
its value is the name of a file that holds the value (Docker and Kubernetes secrets).
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from crawler.settings import CrawlerSettings
from digest.settings import DigestSettings
from scheduler.settings import HealthSettings, MonitorSettings, OperatorSettings, SchedulerSettings
from storage.errors import ConfigurationError, explain_validation
from storage.settings import StorageSettings
from web.settings import WebSettings

ENV_PREFIX = "ZGCWATCH_"
CONFIG_VARIABLE = "ZGCWATCH_CONFIG"
DEFAULT_FILES = (Path("zgcwatch.toml"), Path("/etc/zgcwatch/zgcwatch.toml"))


class LogSettings(BaseModel):
    """What the service says on standard error while it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level shown.")
    format: Literal["auto", "console", "json"] = Field(
        default="auto", description="auto: readable on a terminal, one JSON object a line elsewhere."
    )


class Settings(BaseSettings):
    """Every setting of zgcwatch, by the room that owns it."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    storage: StorageSettings = Field(default_factory=StorageSettings)
    crawler: CrawlerSettings = Field(default_factory=CrawlerSettings)
    digest: DigestSettings = Field(default_factory=DigestSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    scheduler: SchedulerSettings = Field(default_factory=SchedulerSettings)
    monitor: MonitorSettings = Field(default_factory=MonitorSettings)
    operator: OperatorSettings = Field(default_factory=OperatorSettings)
    health: HealthSettings = Field(default_factory=HealthSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment over the file; `init_settings` carries what the file says."""
        del env_settings, dotenv_settings, file_secret_settings
        return EnvironmentWithFiles(settings_cls), init_settings


class EnvironmentWithFiles(EnvSettingsSource):
    """Environment variables, where `NAME_FILE` stands for the contents of the file it names."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        plain = dict(super()._load_env_vars())
        prefix = ENV_PREFIX.lower()
        for name, path in list(plain.items()):
            if path and name.startswith(prefix) and name.endswith("_file"):
                plain[name.removesuffix("_file")] = _secret(name, path)
                del plain[name]
        return plain


def _secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{name.upper()} names {path}, which cannot be read ({_why(error)}): mend the path or the file's rights."
        ) from error


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "no such file" if isinstance(error, OSError) else "it is not UTF-8"


def find_file(given: Path | None) -> Path | None:
    """The settings file: the one given, else the first default that exists, else none (all defaults)."""
    if given is not None:
        return given
    # a folder that may not be entered has none: what is wrong with it is told by whoever needs it
    return next((file for file in DEFAULT_FILES if os.access(file, os.F_OK) and file.is_file()), None)


def load_settings(file: Path | None = None) -> Settings:
    """The settings of `file` (None: a default file if there is one) under the environment.

    Raises ConfigurationError: unreadable file, bad TOML, an unknown key (with the nearest known one) or a bad value.
    """
    found = find_file(file)
    rows = _read(found) if found else {}
    _refuse_unknown_variables(os.environ)
    where = str(found) if found else "the environment"
    try:
        return Settings(**_checked(rows, where))
    except ValidationError as error:
        raise ConfigurationError(f"{where}: {explain_validation(error, Settings)}") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The settings file {file} cannot be read ({_why(error)}): mend the path given with --config."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The settings file {file} is not valid TOML: {error}.") from error


def _checked(rows: dict[str, Any], where: str) -> dict[str, Any]:
    """Refuses a section that is not a table before pydantic sees it, so that the sentence names the section."""
    for name, value in rows.items():
        if name in Settings.model_fields and not isinstance(value, dict):
            raise ConfigurationError(f"{where}: `{name}` is a section: write [{name}] and its keys below.")
    return rows


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    """A mistyped variable would be ignored in silence otherwise: pydantic only looks for the names it knows."""
    sections = list(Settings.model_fields)
    for name in environment:
        if not name.startswith(ENV_PREFIX) or name == CONFIG_VARIABLE:
            continue
        section = name.removeprefix(ENV_PREFIX).lower().removesuffix("_file").split("__")[0]
        if section not in sections:
            near = difflib.get_close_matches(section, sections, n=1)
            hint = f"did you mean {ENV_PREFIX}{near[0].upper()}__…?" if near else f"sections are {', '.join(sections)}."
            raise ConfigurationError(f"The environment variable {name} names no section of the settings; {hint}")
