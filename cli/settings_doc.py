"""Writes docs/settings.md from the settings' models: `python -m cli.settings_doc > docs/settings.md`."""

import sys
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cli.example import default_of, toml_of
from cli.settings import ENV_PREFIX, Settings

HEAD = """\
# Settings

Written from the settings' models by `python -m cli.settings_doc > docs/settings.md`; a test compares.

Settings come from one TOML file (`--config`, else `./zgcwatch.toml`, else `/etc/zgcwatch/zgcwatch.toml`; all defaults
where there is none) and from the environment, which wins: `storage.database` is `ZGCWATCH_STORAGE__DATABASE`. With
`_FILE` behind it, a variable names a file that holds the value, for secrets that Docker or Kubernetes mount. An unknown
key or variable is refused, with the nearest known one (exit code 78). `zgcwatch config check` shows what is in force,
secrets as stars; `zgcwatch config example` prints a file with all of it.

A running service takes up changes of outlet files, topics and names by itself, or at once on SIGHUP; a file that is
wrong is said and leaves the old ones in force. Everything on this page is read at its start.
"""


def document() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name, field.annotation) for name, field in Settings.model_fields.items())


def _section(path: str, model: Any) -> str:
    about = " ".join((model.__doc__ or "").split())
    lines = ["", f"## {path}", "", about, "", "| key | default | |", "| --- | --- | --- |"]
    nested = ""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested += _section(f"{path}.{name}", field.annotation)
        else:
            lines.append(f"| `{name}` | {_default(field)} | {_cell(field.description or '')}{_choices(field)} |")
    example = f"{ENV_PREFIX}{path.upper().replace('.', '__')}__…"
    return "\n".join([*lines, "", f"Variables: `{example}`."]) + "\n" + nested


def _default(field: FieldInfo) -> str:
    value = default_of(field)
    return "not set" if value is None else f"`{_cell(toml_of(value))}`"


def _choices(field: FieldInfo) -> str:
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    return f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(document())
