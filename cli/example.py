"""`zgcwatch.example.toml`, written from the settings' models, so that it explains every setting and never ages."""

import json
import textwrap
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from cli.settings import Settings

HEAD = """\
# Every setting of zgcwatch with its default. Copy to zgcwatch.toml and uncomment what you change.
# An environment variable wins over this file: ZGCWATCH_<SECTION>__<KEY>, and with _FILE behind it the value is read
# from the file it names (for secrets). `zgcwatch config check` shows what is in force.
"""
WIDTH = 100


def example() -> str:
    """The example file's text."""
    sections = [_section(name, field.annotation) for name, field in Settings.model_fields.items()]
    return HEAD + "".join(sections)


def _section(path: str, model: Any) -> str:
    lines = ["", *_comment((model.__doc__ or "").split("\n\n")[0]), f"[{path}]"]
    nested = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested.append(_section(f"{path}.{name}", field.annotation))
            continue
        lines += _comment(_described(field))
        lines.append(f"# {name} = {toml_of(default_of(field))}")
    return "\n".join(lines) + "\n" + "".join(nested)


def _described(field: FieldInfo) -> str:
    unset = " Not set by default." if default_of(field) is None else ""
    return (field.description or "") + unset


def _comment(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent="# ", subsequent_indent="# ")


def default_of(field: FieldInfo) -> Any:
    return field.get_default(call_default_factory=True, validated_data={})


def toml_of(value: Any) -> str:
    """A default as TOML. Nothing (None) cannot be written in TOML: shown as an empty string to fill in."""
    if value is None:
        return '""'
    if isinstance(value, SecretStr):
        return json.dumps(value.get_secret_value())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_of(entry) for entry in value) + "]"
    if isinstance(value, (int, float)):
        return str(value)
    return json.dumps(value.as_posix() if isinstance(value, Path) else str(value), ensure_ascii=False)
