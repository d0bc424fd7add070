"""Whether the process lives and can read its archive."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from storage.schema import revision_of
from web.room import RoomOf

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """It lives."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["0.1.0"])
    schema_: str | None = Field(alias="schema", description="Revision of the database's tables.", examples=["0001"])


@router.get(
    "/healthz",
    summary="Whether this process lives and can read its archive",
    response_model=Health,
)
async def healthz(room: RoomOf) -> JSONResponse:
    """Open to everyone; says nothing about what is in the archive."""
    revision = await room.archive.read(revision_of)
    return JSONResponse({"status": "ok", "version": room.version, "schema": revision})
