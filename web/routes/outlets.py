"""The outlets this archive reads, and what their licences let it show."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storage.database import Session
from storage.outlets import outlet_names
from web.access import Admitted
from web.parameters import Parameters
from web.problems import documented
from web.room import RoomOf
from web.rows import as_item

router = APIRouter(tags=["outlets"])


class OutletItem(BaseModel):
    """One outlet."""

    id: str = Field(examples=["hankyung"])
    name: str = Field(examples=["한국경제"])
    home: str = Field(examples=["https://www.hankyung.com/"])
    licence: str = Field(description="What may be shown of its articles.", examples=["headline"])
    sample: bool = Field(description="A made-up outlet of the demo.", examples=[False])


class OutletList(BaseModel):
    """By id. Outlets that left the catalogue stay: their articles do too."""

    items: list[OutletItem]


@router.get("/outlets", summary="The outlets", response_model=OutletList, responses=documented())
async def outlets(request: Request, reader: Admitted, room: RoomOf, query: Annotated[Parameters, Query()]) -> Response:
    del reader, query

    def every(session: Session) -> dict[str, Any]:
        return {"items": [as_item(OutletItem, row) for row in outlet_names(session).values()]}

    return await room.answer(request, every)
