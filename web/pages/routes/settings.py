"""The settings in force, secrets as stars; for operators."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from web.pages.answering import show
from web.pages.desk import DeskOf
from web.pages.visitor import Operating

router = APIRouter(include_in_schema=False)


@router.get("/settings")
async def settings_page(request: Request, desk: DeskOf, visitor: Operating) -> Response:
    sections = list(_sections(desk.tools.settings(), ""))
    values = {"sections": sections, "version": desk.room.version}
    return await show(request, desk, visitor, "settings", lambda _: values)


def _sections(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each section with its own keys; a table inside one is a section of its own."""
    rows = [(key, _shown(value)) for key, value in table.items() if not isinstance(value, Mapping)]
    if rows:
        yield path, rows
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _sections(value, f"{path}.{key}" if path else key)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
