"""Parameters that several addresses share. One that does not exist is refused: a typo would widen the answer unseen."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

MAX_PAGE = 200
NO_CONTROLS = r"^[^\x00-\x1f]+$"  # PostgreSQL takes no NUL
MAX_ID = 10**15  # whole in every JSON reader, and fits the databases

ArticleId = Annotated[int, Path(ge=1, le=MAX_ID, description="The article's id.", examples=[41])]
SHORT_ID = r"^[a-z0-9][a-z0-9-]{0,39}$"  # of outlets and watches
OutletId = Annotated[str, Field(pattern=SHORT_ID, examples=["hankyung"])]
WatchName = Annotated[str, Path(pattern=SHORT_ID, description="The watch's name.", examples=["robots"])]
ENTITY_ID = r"^[a-z0-9][a-z0-9-]{0,59}$"
EntityId = Annotated[str, Field(pattern=ENTITY_ID, examples=["sample-robo"])]

_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def _within_utc(moment: datetime) -> datetime:
    """The moment in UTC; one whose offset carries it out of the calendar becomes the calendar's end."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _FIRST if moment.year == 1 else _LAST


def _spelt_out(moment: object) -> object:
    """Refuses a bare number, which would be read as seconds since 1970."""
    if isinstance(moment, str) and not _DATE.match(moment):
        raise ValueError("is no ISO 8601 time")
    return moment


Moment = Annotated[AwareDatetime, BeforeValidator(_spelt_out), AfterValidator(_within_utc)]


class Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Paged(Parameters):
    limit: int = Field(default=50, ge=1, le=MAX_PAGE, description="Rows on one page.")
    after: str | None = Field(default=None, max_length=200, description="The `next` of the page before.")
