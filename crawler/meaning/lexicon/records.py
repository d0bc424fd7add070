"""What a lexicon holds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entity:
    """One company, investor, university, park or policy. `weight` says how much its name makes an article relevant.

    `home` is china or abroad; `zgc` whether it stands, or came into being, in Zhongguancun.
    """

    id: str
    name: str
    kind: str
    zgc: bool = False
    weight: str = "weak"
    home: str = "china"
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one entity, with what must and must not stand near it. Unguarded names count wherever they stand."""

    entity: Entity
    surface: str
    exact_case: bool = False
    capitals: bool = False
    ordinary: bool = False  # also a word of everyday language
    needs: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None
    code: int | None = None  # of a ticker with its market in front: how many characters at the end are the ticker

    @property
    def guarded(self) -> bool:
        return self.needs is not None or self.unless is not None or self.never is not None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All entities, and under each folded spelling the names it may stand for."""

    entities: dict[str, Entity]
    spellings: dict[str, list[Name]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.entities)

    def of_kind(self, *kinds: str) -> Iterable[Entity]:
        return (entity for entity in self.entities.values() if entity.kind in kinds)
