"""Writes docs/schema.md from the models: `python -m storage.schema_doc > docs/schema.md`."""

import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from storage import models  # noqa: F401 - registers every table
from storage.export.row import SCHEMA_VERSION, article_schema
from storage.models.base import Base

HEAD = """\
# The tables

Written from the models by `python -m storage.schema_doc > docs/schema.md`; a test compares. Types are PostgreSQL's;
SQLite has the same tables with its own. Times are UTC. Programs that read an archive are better served by the
[API](api.md) or an export, whose form is promised; tables change with the version.

Beside these, the search index has a table of its own (`search_index_N`: FTS5 on SQLite, `tsvector` on PostgreSQL),
named by `index_state`.
"""


def document() -> str:
    """The whole page."""
    mappers = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    tables = [table for table in Base.metadata.sorted_tables if table in mappers]
    parts = [
        HEAD,
        *(_table(table, mappers[table]) for table in sorted(tables, key=lambda table: table.name)),
        _export(),
    ]
    return "\n".join(parts)


def _table(table: Table, model: type[Base]) -> str:
    lines = [f"## {table.name}", "", " ".join((model.__doc__ or "").split()), ""]
    lines += ["| column | type | |", "| --- | --- | --- |"]
    lines += [f"| `{column.name}` | {_type(column)} | {', '.join(_facts(column))} |" for column in table.columns]
    rules = sorted(_rules(table))
    return "\n".join([*lines, *(["", *(f"- {rule}" for rule in rules)] if rules else []), ""])


def _type(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=postgresql.dialect())).lower()  # type: ignore[no-untyped-call]


def _facts(column: Column[Any]) -> Iterator[str]:
    if column.primary_key:
        yield "key"
    elif column.nullable:
        yield "may be null"
    for key in column.foreign_keys:
        yield f"→ `{key.target_fullname}`"


def _rules(table: Table) -> Iterator[str]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield f"one row for each {_names(constraint.columns)}"
        if isinstance(constraint, CheckConstraint):
            yield f"`{constraint.sqltext}`"
    for index in table.indexes:
        yield f"{'one row for each' if index.unique else 'index on'} {_names(index.columns)}"


def _names(columns: Any) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _export() -> str:
    lines = [f"## An exported article (schema {SCHEMA_VERSION})", ""]
    lines += ["`/v1/schema/article.json` has it for programs. A reader refuses a newer major version.", ""]
    lines += ["| field | |", "| --- | --- |"]
    fields = article_schema()["properties"].items()
    lines += [f"| `{name}` | {field.get('description', '')} |" for name, field in fields]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(document())
