"""Schemas of the files that `zgcwatch export` writes. Open to everyone: they say nothing about the archive."""

from typing import Any

from fastapi import APIRouter, Request, Response

from storage.export.row import article_schema
from web.answers import answer
from web.room import RoomOf

router = APIRouter(tags=["schemas"])


@router.get(
    "/schema/article.json",
    summary="JSON Schema of an exported article",
    responses={200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}}},
    response_model=dict[str, Any],
)
async def article_json_schema(request: Request, room: RoomOf) -> Response:
    """Of each line of articles.jsonl. Its major version is in `$id`; a reader refuses a newer one."""
    return await room.archive.work(lambda: answer(request, article_schema(), media_type="application/schema+json"))
