"""Reads the lexicon: one TOML file a group, packaged ones first, an operator's laid over them."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from crawler.meaning.folding import fold_name
from crawler.meaning.lexicon.records import Entity, Lexicon, Name
from crawler.meaning.lexicon.spellings import grown, spellings, ticker_spellings
from storage.errors import ConfigurationError, explain_validation


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityRow(_Strict):
    """One entity as a file has it. Names are written as usual; spaces in them are optional when they are looked for."""

    name: str | None = Field(default=None, description="Shown name; default: first Korean name (first Latin name).")
    ko: tuple[str, ...] = ()
    zh: tuple[str, ...] = Field(default=(), description="Simplified or traditional, either is found.")
    en: tuple[str, ...] = ()
    ticker: tuple[str, ...] = ()
    zgc: bool = False
    kind: str | None = Field(default=None, pattern=r"^[a-z][a-z_]{0,15}$")
    weight: str | None = Field(default=None, pattern="^(strong|weak|none)$")
    home: str = Field(default="china", pattern="^(china|abroad)$")
    case: tuple[str, ...] = Field(default=(), description="Latin names that count only as they are written here.")
    needs: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="A name counts only with one of these words around it."
    )
    unless: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="A name does not count where one of these words is in its sentence."
    )


class LexiconFile(_Strict):
    kind: str = Field(pattern=r"^[a-z][a-z_]{0,15}$")
    weight: str = Field(default="strong", pattern="^(strong|weak|none)$")
    entities: dict[str, EntityRow]

    @field_validator("entities")
    @classmethod
    def _good_ids(cls, value: dict[str, EntityRow]) -> dict[str, EntityRow]:
        for entity_id, row in value.items():
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", entity_id):
                raise ValueError(f"{entity_id!r} is not an id: lower-case letters, digits and hyphens")
            if not (row.ko or row.zh or row.en):
                raise ValueError(f"{entity_id} has no name: give ko, zh or en")
        return value


class GuardsFile(_Strict):
    ordinary: tuple[str, ...]
    never: dict[str, tuple[str, ...]]


def load_lexicon(*paths: Path) -> Lexicon:
    """The packaged lexicon with the operator's files laid over it: an id that is known is replaced.

    Raises ConfigurationError naming the file, the key and the nearest right key.
    """
    return _assemble([*_packaged(), *(row for path in paths for row in _read(path))])


@cache
def _packaged() -> tuple[tuple[str, Entity, EntityRow], ...]:
    folder = files("crawler") / "meaning" / "lexicon"
    groups = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return tuple(row for file in groups for row in _read(file))


def _read(file: Traversable) -> list[tuple[str, Entity, EntityRow]]:
    try:
        group = LexiconFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"The names file {file} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ConfigurationError(f"{file}: {explain_validation(error, LexiconFile)}") from error
    return [(entity_id, _entity(entity_id, row, group), row) for entity_id, row in group.entities.items()]


def _entity(entity_id: str, row: EntityRow, group: LexiconFile) -> Entity:
    kind = row.kind or group.kind
    names = tuple(dict.fromkeys((*grown(row.ko, kind), *row.zh, *row.en)))
    return Entity(
        id=entity_id,
        name=row.name or _shown(row),
        kind=kind,
        zgc=row.zgc,
        weight=row.weight or group.weight,
        home=row.home,
        names=names,
    )


def _shown(row: EntityRow) -> str:
    """센스타임(SenseTime): how Korean papers introduce a foreign name; of two entities named alike it tells which."""
    korean, other = next(iter(row.ko), None), next(iter((*row.en, *row.zh)), None)
    if korean is None or other is None or fold_name(korean) == fold_name(other):
        return korean or other or ""
    if "(" in korean:
        return korean
    return f"{korean.replace(' ', '') if re.fullmatch('[가-힣 ]+', korean) else korean}({other})"


def _assemble(rows: Iterable[tuple[str, Entity, EntityRow]]) -> Lexicon:
    latest = {entity_id: (entity, row) for entity_id, entity, row in rows}
    ordinary, never = _guards()
    table: dict[str, list[Name]] = {}
    for entity, row in latest.values():
        needs, unless = _expressions(row.needs, entity.kind), _expressions(row.unless, entity.kind)
        for name in entity.names:
            for spelling, capitals in dict(spellings(name)).items():
                _add(
                    table,
                    spelling,
                    Name(
                        entity,
                        name,
                        exact_case=name in row.case,
                        capitals=capitals,
                        needs=needs.get(fold_name(name)),
                        unless=unless.get(fold_name(name)),
                        never=never.get(spelling),
                        ordinary=spelling in ordinary,
                    ),
                )
        for ticker in row.ticker:
            for spelling in ticker_spellings(ticker):
                _add(
                    table,
                    spelling,
                    Name(
                        entity, ticker, code=len(ticker.split(".")[0]) if " " in spelling or ":" in spelling else None
                    ),
                )
    return Lexicon({entity.id: entity for entity, _ in latest.values()}, table)


def _add(table: dict[str, list[Name]], spelling: str, name: Name) -> None:
    names = table.setdefault(spelling, [])
    if all(other.entity.id != name.entity.id for other in names):
        names.append(name)


def _expressions(words: dict[str, tuple[str, ...]], kind: str) -> dict[str, re.Pattern[str]]:
    """The guards by name; what a name grows into is guarded as it is."""
    return {fold_name(form): _any_of(row) for name, row in words.items() for form in grown((name,), kind)}


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words in folded text; Latin ones as whole words."""
    return re.compile("|".join(_word(fold_name(word)) for word in words))


def _word(word: str) -> str:
    escaped = re.escape(word)
    if re.match("[a-z0-9]", word):
        escaped = "(?<![a-z0-9])" + escaped
    if re.search("[a-z0-9]$", word):
        escaped += "(?![a-z0-9])"
    return escaped


@cache
def _guards() -> tuple[frozenset[str], dict[str, re.Pattern[str]]]:
    file = files("crawler") / "meaning" / "data" / "guards.toml"
    guards = GuardsFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    never = {fold_name(name): re.compile("|".join(patterns)) for name, patterns in guards.never.items()}
    return frozenset(map(fold_name, guards.ordinary)), never
