"""Puts a name that was found into an operator's file of names."""

import json
import re
import tomllib
from pathlib import Path

from crawler.meaning.lexicon.load import load_lexicon
from storage.errors import ConfigurationError

_HEAD = """\
# Names of our own; docs/meaning.md says what the keys mean.
kind = "company"
weight = "strong"

[entities]
"""


def add_entity(file: Path, name: str, alias: str | None) -> str:
    """Add a company under its Hangul name and, if it has one, its Latin or Chinese one; its id is the answer.

    Raises ConfigurationError where the file cannot be read or written, is no file of names, or has the name already.
    """
    known = load_lexicon(file) if file.exists() else load_lexicon()
    for entity in known.entities.values():
        if {name, alias} & set(entity.names):
            raise ConfigurationError(f"{name} is known already, as {entity.id}.")
    entity_id = _free_id(alias if alias and alias.isascii() else name, set(known.entities))
    names = {"ko" if re.search("[가-힣]", name) else "en": [name]}
    if alias:
        names["en" if alias.isascii() else "zh"] = [alias]
    keys = ", ".join(f"{key} = {json.dumps(forms, ensure_ascii=False)}" for key, forms in names.items())
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else _HEAD
        text = text.rstrip("\n") + f"\n{entity_id} = {{ {keys} }}\n"
        tomllib.loads(text)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror or error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} would not be valid TOML with {name} in it: {error}.") from error
    load_lexicon(file)
    return entity_id


def _free_id(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50] or "company"
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found
