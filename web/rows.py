"""What a row of an answer is made of: each field once, as a value for the reader and as a schema for programs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from storage.database import Session
from storage.outlets import outlet_names
from storage.records import OutletRow
from web.access import Reader
from web.licence import Sight, sight

Record = TypeVar("Record")
InZone = Callable[[datetime], datetime]
LONGEST_CHOICE = 400  # characters of a `fields` parameter


class Row(BaseModel):
    """Base of rows. `fields` may leave any of theirs out, so the schema requires none."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("required", None))


@dataclass(frozen=True, slots=True)
class View:
    """How one reader sees the archive in one answer: the outlets with their licences, the reader's scopes, the zone."""

    outlets: Mapping[str, OutletRow]
    reader: Reader
    in_zone: InZone
    _sights: dict[str, Sight] = field(default_factory=dict, compare=False)  # asked of each row three times

    @classmethod
    def of(cls, session: Session, reader: Reader, in_zone: InZone) -> "View":
        return cls(outlet_names(session), reader, in_zone)

    def sight(self, outlet: str) -> Sight:
        """What the reader may see of this outlet's articles."""
        if outlet not in self._sights:
            known = self.outlets.get(outlet)
            self._sights[outlet] = sight(known.licence if known else None, self.reader.scopes)
        return self._sights[outlet]

    def outlet_name(self, outlet: str) -> str:
        known = self.outlets.get(outlet)
        return known.name if known else outlet

    def time(self, moment: datetime | None) -> str | None:
        """ISO 8601 in the readers' zone, with its offset."""
        return self.in_zone(moment).isoformat() if moment else None


Fields = Mapping[str, Callable[[Any, View], Any]]


def own(*names: str) -> Fields:
    """Fields that are attributes of the record, as they are."""
    return {name: _attribute(name) for name in names}


def _attribute(name: str) -> Callable[[Any, View], Any]:
    read = attrgetter(name)
    return lambda record, _: read(record)


def moments(*names: str) -> Fields:
    """Fields that are times of the record, as the reader sees them."""
    return {name: _moment(name) for name in names}


def _moment(name: str) -> Callable[[Any, View], str | None]:
    read = attrgetter(name)
    return lambda record, view: view.time(read(record))


def as_item(model: type[BaseModel], record: object) -> dict[str, Any]:
    """The attributes of a record that a model has fields for."""
    return {name: getattr(record, name) for name in model.model_fields}


@dataclass(frozen=True, slots=True)
class Shape(Generic[Record]):
    """The fields of one kind of row, in their order, each with the way to its value."""

    fields: Mapping[str, Callable[[Record, View], Any]]

    @property
    def pattern(self) -> str:
        """The regular expression of a `fields` parameter: names with commas between them."""
        one = "|".join(self.fields)
        return f"^({one})(,({one}))*$"

    def parameter(self, each: str, example: str, *, besides: str = "") -> Any:
        """The field `fields` of a query: which of these fields of `each` are wanted."""
        told = f"Only these fields of each {each}, with commas between them."
        return Field(
            default=None,
            pattern=self.pattern,
            max_length=LONGEST_CHOICE,
            description=f"{told} {besides}".strip(),
            examples=[example],
        )

    def row(self, record: Record, view: View, chosen: str | None) -> dict[str, Any]:
        """One record as a row with the chosen fields (None: all)."""
        names: Iterable[str] = self.fields if chosen is None else dict.fromkeys(chosen.split(","))
        return {name: self.fields[name](record, view) for name in names}
