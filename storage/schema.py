"""The state of the tables and the way to the newest: migrations ship inside the package and run from code."""

import os
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Session, connect, sqlite_path
from storage.errors import SchemaError
from storage.queue import upgrade_queue

# Any number will do, it only has to be the same in every process that migrates.
MIGRATION_LOCK = 7_306_951


class Standing(StrEnum):
    CURRENT = "current"
    EMPTY = "empty"
    STALE = "stale"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How the tables stand against this code; revisions are the numbers of migration files ("0001")."""

    standing: Standing
    revision: str | None
    code_revision: str


def state(url: str) -> SchemaState:
    """Compare the database with this code. Nothing is written; a missing SQLite file counts as empty."""
    scripts = ScriptDirectory.from_config(_config())
    code_revision = scripts.get_current_head()
    assert code_revision is not None
    file = sqlite_path(url)
    if file is not None and os.access(file.parent, os.X_OK) and not file.exists():
        return SchemaState(Standing.EMPTY, None, code_revision)
    engine = connect(url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    known = {script.revision for script in scripts.walk_revisions()}
    return SchemaState(_judge(found, code_revision, known), found, code_revision)


def revision_of(session: Session) -> str | None:
    """The revision of the tables that a session sees, for those who ask often: nothing is opened or compared."""
    return MigrationContext.configure(session.connection()).get_current_revision()


def _judge(found: str | None, head: str, known: set[str]) -> Standing:
    if found is None:
        return Standing.EMPTY
    if found == head:
        return Standing.CURRENT
    return Standing.STALE if found in known else Standing.NEWER


def require_current(url: str) -> None:
    """Raise SchemaError unless the tables are exactly those of this code; the message names the remedy."""
    found = state(url)
    if found.standing is Standing.CURRENT:
        return
    sentences = {
        Standing.EMPTY: "The database has no tables yet: run `zgcwatch db upgrade`.",
        Standing.STALE: (
            f"The database is at revision {found.revision}, this zgcwatch needs {found.code_revision}: "
            "run `zgcwatch db upgrade`."
        ),
        Standing.NEWER: (
            f"The database is at revision {found.revision}, newer than this zgcwatch "
            f"({found.code_revision}): install newer zgcwatch."
        ),
    }
    raise SchemaError(sentences[found.standing])


def upgrade(url: str) -> None:
    """Bring the tables to this code's revision, all or nothing. Safe to run twice and by two processes at once.

    Raises SchemaError for a database newer than this code.
    """
    engine = connect(url)
    try:
        with engine.execution_options(zgcwatch_writes=True).begin() as connection:
            _wait_for_turn(connection)
            _run_migrations(connection)
            upgrade_queue(connection)
    finally:
        engine.dispose()


def _wait_for_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def _run_migrations(connection: Connection) -> None:
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaError(f"The database is at revision {found}, unknown to this zgcwatch: install newer zgcwatch.")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
