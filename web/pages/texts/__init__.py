"""The words of the pages, one file a language: the same keys and the same {places} in each."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts(language: str) -> dict[str, str]:
    """Every text of a language, by its key: `search.title`."""
    found = tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flat(found, ""))


def say(language: str, key: str, /, **values: object) -> str:
    """One text with its places filled. Raises KeyError for a key that is nowhere: a mistake in a page."""
    return texts(language)[key].format(**values)


def _flat(table: dict[str, Any], path: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        found += _flat(value, f"{path}{name}.") if isinstance(value, dict) else [(f"{path}{name}", str(value))]
    return found
