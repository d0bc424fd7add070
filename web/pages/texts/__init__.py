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


class Speech:
    """The words of one language, for templates."""

    def __init__(self, language: str) -> None:
        self._texts = texts(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """One text with its places filled. Raises KeyError for a key that is nowhere: a mistake in a page."""
        return self._texts[key].format(**values)

    def one_of(self, prefix: str, value: str, /, **values: object) -> str:
        """The text for a value that comes from elsewhere; where there is none, the value itself."""
        text = self._texts.get(f"{prefix}{value}")
        return value if text is None else text.format(**values)


def _flat(table: dict[str, Any], path: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        found += _flat(value, f"{path}{name}.") if isinstance(value, dict) else [(f"{path}{name}", str(value))]
    return found
