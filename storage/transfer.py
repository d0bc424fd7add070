"""An archive from one database into another, SQLite to PostgreSQL or back, with every id and cursor as it was."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from storage import models  # noqa: F401 - registers every table
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.models.archive import Article
from storage.models.base import Base, BigId
from storage.search import reindex

BATCH = 1_000
Progress = Callable[[str, int], None]
# Rows that a new database has from the start, and the one table that is made anew instead of copied.
_MADE_AT_START = ("change_counter", "index_state")
_NOT_COPIED = ("index_state",)


class TransferError(ZgcwatchError):
    """The archive was not copied, or the copy is not equal; the message says where."""


def copy(source: Database, target: Database, *, progress: Progress | None = None) -> dict[str, int]:
    """Copy every table of one state of the source, make the search index, and compare both ends.

    Gives the rows of each table; `progress` hears (table, rows) as each is done. Stop writers first: what they write
    meanwhile is not in the copy. Raises TransferError when the target holds articles already, or a table differs.
    """
    tables = [table for table in Base.metadata.sorted_tables if table.name not in _NOT_COPIED]
    with target.reader() as session:
        if session.scalar(select(func.count()).select_from(Article)):
            raise TransferError("The target holds articles already: name an empty database.")
    counts: dict[str, int] = {}
    with source.reader() as reading:
        with target.writer() as writing:
            for name in _MADE_AT_START:
                if name not in _NOT_COPIED:
                    writing.execute(delete(Base.metadata.tables[name]))
            for table in tables:
                counts[table.name] = _copy_table(reading, writing, table)
                if progress:
                    progress(table.name, counts[table.name])
            _set_sequences(writing, tables)
        with target.reader() as copied:
            _compare(reading, copied, tables)
    reindex(target, batch=BATCH)
    return counts


def _copy_table(reading: Session, writing: Session, table: Table) -> int:
    """Rows may point to others of their table: those columns are filled in when all rows are there."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    later: list[dict[str, Any]] = []
    count = 0
    for rows in _batches(reading, table):
        later += [_key_and(row, table, own) for row in rows if any(row[column.name] is not None for column in own)]
        writing.execute(insert(table), [{**row, **{column.name: None for column in own}} for row in rows])
        count += len(rows)
    for row in later:
        same = [column == row[column.name] for column in table.primary_key.columns]
        writing.execute(update(table).where(*same).values({column.name: row[column.name] for column in own}))
    return count


def _key_and(row: Mapping[str, Any], table: Table, columns: Sequence[Column[Any]]) -> dict[str, Any]:
    return {column.name: row[column.name] for column in (*table.primary_key.columns, *columns)}


def _batches(session: Session, table: Table) -> Iterator[list[dict[str, Any]]]:
    result = session.connection().execution_options(yield_per=BATCH).execute(select(table))
    for partition in result.mappings().partitions(BATCH):
        yield [dict(row) for row in partition]


def _set_sequences(session: Session, tables: Sequence[Table]) -> None:
    """New rows get numbers after the copied ones. SQLite sees to that by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            if not _is_numbered(column):
                continue
            last = session.scalar(select(func.max(column)))
            sequence = session.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            )
            if sequence and last is not None:
                session.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": sequence, "last": last})


def _is_numbered(column: Column[Any]) -> bool:
    return isinstance(column.type, type(BigId)) and column.autoincrement is not False


def _compare(source: Session, target: Session, tables: Sequence[Table]) -> None:
    for table in tables:
        if _sum(source, table) != _sum(target, table):
            raise TransferError(f"The copy of the table {table.name} differs: copy again into an empty database.")


def _sum(session: Session, table: Table) -> tuple[int, int]:
    """The number of rows and the sum of their hashes: the same in whatever order a database gives them."""
    count = total = 0
    for rows in _batches(session, table):
        for row in rows:
            count += 1
            total += int.from_bytes(hashlib.blake2b(_canonical(row), digest_size=12).digest(), "big")
    return count, total % (1 << 96)


def _canonical(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, default=repr, ensure_ascii=False).encode("utf-8", "surrogatepass")
