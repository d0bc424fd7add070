"""The tables of names and wordings that the rules work with: TOML files in `data/`, one fact a line."""

import tomllib
from importlib.resources import files
from typing import Any


def table(name: str) -> dict[str, Any]:
    """The table `data/<name>.toml` of this package."""
    text = (files("crawler.extract") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
