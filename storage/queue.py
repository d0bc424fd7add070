"""The tables of the visits' queue: procrastinate's own, in a PostgreSQL schema of their own, brought up with ours.

Which of procrastinate's migrations they have is written as the schema's comment, so that a newer procrastinate finds
what is left to do. SQLite has no queue.
"""

from datetime import datetime
from importlib.resources import files

import psycopg
import structlog
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from storage.database import parse_url

log = structlog.get_logger()

QUEUE_SCHEMA = "procrastinate"


def connection_info(url: str) -> str:
    """The database's address as libpq reads it."""
    parsed = parse_url(url)
    plain = URL.create(
        "postgresql", parsed.username, parsed.password, parsed.host, parsed.port, parsed.database, parsed.query
    )
    return plain.render_as_string(hide_password=False)


def upgrade_queue(connection: Connection) -> None:
    """Make the queue's tables, or bring them to the installed procrastinate. Part of the caller's transaction.

    A user who may not make schemas goes without: visits are then made by one process (dispatch "embedded").
    """
    if connection.dialect.name != "postgresql":
        return
    done, newest = _done(connection), _migrations()[-1]
    if done == newest:
        return
    if done is None and not _may_create(connection):
        log.warning("queue.skipped", remedy="GRANT CREATE ON DATABASE … TO …, then `zgcwatch db upgrade`")
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {QUEUE_SCHEMA}")
    cursor.execute(f"SET LOCAL search_path TO {QUEUE_SCHEMA}")
    for script in [_text("schema.sql")] if done is None else [_text(f"migrations/{name}.sql") for name in _after(done)]:
        cursor.execute(script)
    cursor.execute("RESET search_path")
    cursor.execute(f"COMMENT ON SCHEMA {QUEUE_SCHEMA} IS '{newest}'")
    cursor.close()


def queue_is_ready(url: str) -> bool:
    """Whether the queue's tables are those of the installed procrastinate."""
    with psycopg.connect(connection_info(url), connect_timeout=10) as connection:
        found = connection.execute(_COMMENT).fetchone()
    return bool(found) and found[0] == _migrations()[-1]  # type: ignore[index]


_COMMENT = f"SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = '{QUEUE_SCHEMA}'"  # noqa: S608


def _done(connection: Connection) -> str | None:
    found: str | None = connection.scalar(text(_COMMENT))
    return found


def _may_create(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT has_database_privilege(current_database(), 'CREATE')")))


def _migrations() -> list[str]:
    folder = files("procrastinate") / "sql" / "migrations"
    return sorted(entry.name.removesuffix(".sql") for entry in folder.iterdir() if entry.name.endswith(".sql"))


def _after(done: str) -> list[str]:
    return [name for name in _migrations() if name > done]


def _text(name: str) -> str:
    return (files("procrastinate") / "sql" / name).read_text(encoding="utf-8")


def server_time(url: str) -> datetime | None:
    """What time the database server has; None for SQLite, which has this machine's."""
    if parse_url(url).get_backend_name() == "sqlite":
        return None
    with psycopg.connect(connection_info(url), connect_timeout=10) as connection:
        found = connection.execute("SELECT clock_timestamp()").fetchone()
    assert found is not None
    moment: datetime = found[0]
    return moment
