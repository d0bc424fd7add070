"""What the address of a page may ask for. A field of a form that was left empty asks for nothing."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from web.parameters import NO_CONTROLS

EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)


def empty(value: object) -> object:
    """Nothing for a field that was left empty."""
    return None if isinstance(value, str) and not value.strip() else value


def _in_calendar(day: date | None) -> date | None:
    if day is not None and not EARLIEST <= day <= LATEST:
        raise ValueError("is no day of an archive")
    return day


_Line = Annotated[str, Field(max_length=1_000, pattern=NO_CONTROLS)]
_Word = Annotated[str, Field(max_length=100, pattern=NO_CONTROLS)]
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9가-힣][\w가-힣.-]{0,99}$")]

Text = Annotated[_Line | None, BeforeValidator(empty), Field(default=None)]
Word = Annotated[_Word | None, BeforeValidator(empty), Field(default=None)]
Id = Annotated[_Id | None, BeforeValidator(empty), Field(default=None)]
Day = Annotated[date | None, BeforeValidator(empty), AfterValidator(_in_calendar), Field(default=None)]
Cursor = Annotated[Annotated[str, Field(max_length=300)] | None, BeforeValidator(empty), Field(default=None)]


class Asked(BaseModel):
    """Base of what pages ask for; what is not known is passed over, for mail programs put things of theirs in links."""

    model_config = ConfigDict(extra="ignore")

    @property
    def chosen(self) -> dict[str, str]:
        """What is asked for, as parameters of a link; the place in a list is none of them."""
        found = self.model_dump(exclude={"after"}, exclude_none=True, mode="json")
        return {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in found.items()}


class SearchAsked(Asked):
    """A search with its filters. Days are Korean ones, both counted."""

    q: Text
    outlet: Id
    section: Word
    entity: Id
    since: Day
    until: Day
    order: Annotated[Literal["newest", "relevance"] | None, BeforeValidator(empty)] = None
    only: Annotated[Literal["original"] | None, BeforeValidator(empty)] = None
    after: Cursor
