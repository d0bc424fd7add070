"""The kinds of file an export can be: each writes rows into one file and reads them back as they were."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from storage.errors import ZgcwatchError
from storage.export.cells import COLUMNS, FLAG, TEXTS, Kind

Row = dict[str, Any]
_LONGEST_CELL = 1 << 30
_ROWS_A_GROUP = 1_000


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `grows`: all parts go into one file, which `write` continues; else each part is a file."""

    suffix: str
    write: Callable[[Path, Iterable[Row]], int]
    read: Callable[[Path], Iterator[Row]]
    grows: bool = False


def write_jsonl(file: Path, rows: Iterable[Row]) -> int:
    with file.open("w", encoding="utf-8", newline="\n") as out:
        return sum(1 for row in rows if out.write(json.dumps(row, ensure_ascii=False) + "\n"))


def read_jsonl(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)


def write_csv(file: Path, rows: Iterable[Row]) -> int:
    # With the byte order mark Excel reads UTF-8; without it Korean comes out as Latin letters.
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        return sum(1 for row in rows if writer.writerow([kind.write(row[name]) for name, kind in COLUMNS.items()]))


def read_csv(file: Path) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_CELL)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for cells in csv.DictReader(lines):
            # A file of an earlier minor version has fewer columns.
            yield _filled({name: kind.read(cells.get(name) or "") for name, kind in COLUMNS.items()})


def _filled(row: Row) -> Row:
    """A gone article's title is an empty text, never nothing."""
    return {**row, "title": row["title"] or "", "extractor": row["extractor"] or ""}


def write_sqlite(file: Path, rows: Iterable[Row]) -> int:
    """Continues the file: rows whose id it has already are written over."""
    columns = ", ".join(
        f'"{name}" {kind.sql}{" PRIMARY KEY" if name == "id" else ""}' for name, kind in COLUMNS.items()
    )
    names, places = ", ".join(f'"{name}"' for name in COLUMNS), ", ".join("?" for _ in COLUMNS)
    put = f"INSERT OR REPLACE INTO articles ({names}) VALUES ({places})"  # noqa: S608 - names of our own columns
    count = 0
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE IF NOT EXISTS articles ({columns})")
        for statement in (*_missing_columns(connection), *_INDEXES):
            connection.execute(statement)
        for row in rows:
            connection.execute(put, _as_sql(row))
            count += 1
        connection.execute("COMMIT")
    return count


def _missing_columns(connection: sqlite3.Connection) -> list[str]:
    """What a file that an earlier minor version began lacks."""
    there = {row[1] for row in connection.execute("PRAGMA table_info(articles)")}
    return [f'ALTER TABLE articles ADD COLUMN "{name}" {COLUMNS[name].sql}' for name in COLUMNS if name not in there]


_INDEXES = (
    "CREATE INDEX IF NOT EXISTS articles_first_seen_at ON articles (first_seen_at)",
    "CREATE INDEX IF NOT EXISTS articles_outlet ON articles (outlet, first_seen_at)",
)


def _as_sql(row: Row) -> list[Any]:
    # Nothing here runs formulas: texts go in as they are, lists as JSON, which Datasette shows and SQLite can query.
    return [
        json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
        for value in (row[name] for name in COLUMNS)
    ]


def read_sqlite(file: Path) -> Iterator[Row]:
    lists = {name for name, kind in COLUMNS.items() if kind is TEXTS or name in {"authors", "removed"}}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT * FROM articles ORDER BY id")
        there = [column[0] for column in rows.description]
        for values in rows:
            row = dict(zip(there, values, strict=True))
            yield {name: _from_sql(kind, name in lists, row.get(name)) for name, kind in COLUMNS.items()}


def _from_sql(kind: Kind, is_list: bool, value: Any) -> Any:
    if is_list:
        return json.loads(value) if value else []
    return bool(value) if kind is FLAG and value is not None else value


def write_parquet(file: Path, rows: Iterable[Row]) -> int:
    arrow, parquet = _pyarrow()
    schema = _arrow_schema(arrow)
    rest, count = iter(rows), 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rest, _ROWS_A_GROUP)):
            writer.write_table(arrow.Table.from_pylist(group, schema))
            count += len(group)
    return count


def read_parquet(file: Path) -> Iterator[Row]:
    _, parquet = _pyarrow()
    with parquet.ParquetFile(file) as found:
        for batch in found.iter_batches(batch_size=_ROWS_A_GROUP):
            yield from batch.to_pylist()


def _arrow_schema(arrow: Any) -> Any:
    text, texts = arrow.string(), arrow.list_(arrow.string())
    types = {
        **{
            name: {"INTEGER": arrow.int64(), "REAL": arrow.float64(), "BOOLEAN": arrow.bool_()}.get(kind.sql, text)
            for name, kind in COLUMNS.items()
        },
        **{name: texts for name, kind in COLUMNS.items() if kind is TEXTS},
        "authors": arrow.list_(arrow.struct([("name", text), ("email", text)])),
        "removed": arrow.list_(arrow.struct([("text", text), ("reason", text)])),
    }
    return arrow.schema([(name, types[name]) for name in COLUMNS])


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise ZgcwatchError(
            "Parquet files need the package pyarrow, which is not installed: run `pip install 'zgcwatch[parquet]'` "
            "(from a checkout: `pip install '.[parquet]'`), or choose jsonl, csv or sqlite."
        ) from None


FORMATS: Mapping[str, Format] = {
    "jsonl": Format(".jsonl", write_jsonl, read_jsonl),
    "csv": Format(".csv", write_csv, read_csv),
    "parquet": Format(".parquet", write_parquet, read_parquet),
    "sqlite": Format(".db", write_sqlite, read_sqlite, grows=True),
}
