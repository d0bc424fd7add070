import multiprocessing
import re
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from storage.database import Database, connect
from storage.errors import ConfigurationError, DatabaseUnreachable, SchemaError
from storage.models.base import Base
from storage.schema import Standing, state, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.db"
    return request.getfixturevalue("empty_postgres_url")


def is_of_the_models(thing, name, kind, reflected, compare_to):
    # The search index is made by hand in the migration: FTS5 brings shadow tables, PostgreSQL has a plain one.
    return not str(name if kind == "table" else getattr(thing, "table", thing)).startswith("search_index")


def test_the_migrations_make_exactly_the_models(database_url):
    engine = connect(database_url)
    options = {"include_object": is_of_the_models, "compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    engine.dispose()
    assert found == []


def test_check_constraints_are_those_of_the_models(database_url):
    from sqlalchemy import CheckConstraint, inspect

    engine = connect(database_url)
    inspector = inspect(engine)
    for table in Base.metadata.sorted_tables:
        declared = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in inspector.get_check_constraints(table.name)} == declared, table.name
    engine.dispose()


def test_from_nothing_to_current_and_again(empty_url):
    before = state(empty_url)
    assert (before.standing, before.revision) == (Standing.EMPTY, None)
    with pytest.raises(SchemaError, match="zgcwatch db upgrade"):
        Database.open(empty_url)
    upgrade(empty_url)
    upgrade(empty_url)
    after = state(empty_url)
    assert (after.standing, after.revision) == (Standing.CURRENT, after.code_revision)
    Database.open(empty_url).close()


def test_looking_at_a_missing_file_does_not_make_it(tmp_path):
    assert state(f"sqlite:///{tmp_path}/none.db").standing is Standing.EMPTY
    assert list(tmp_path.iterdir()) == []


def set_revision(url, revision):
    engine = connect(url)
    with engine.execution_options(zgcwatch_writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def test_a_newer_database_is_refused_by_name(database_url):
    set_revision(database_url, "9999")
    assert state(database_url).standing is Standing.NEWER
    with pytest.raises(SchemaError, match=r"9999.*install newer zgcwatch"):
        Database.open(database_url)
    with pytest.raises(SchemaError, match="install newer zgcwatch"):
        upgrade(database_url)


def test_an_older_database_is_refused_with_the_command_that_mends_it(sqlite_url):
    set_revision(sqlite_url, "0001")
    if state(sqlite_url).code_revision == "0001":
        pytest.skip("there is only one revision so far")
    assert state(sqlite_url).standing is Standing.STALE
    with pytest.raises(SchemaError, match=r"0001.*zgcwatch db upgrade"):
        Database.open(sqlite_url)


def test_two_processes_may_upgrade_at_once(empty_url):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=upgrade, args=(empty_url,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert state(empty_url).standing is Standing.CURRENT


@pytest.mark.parametrize("call", [upgrade, state, Database.open])
def test_a_missing_folder_is_named(call, tmp_path):
    with pytest.raises(ConfigurationError, match=rf"{re.escape(str(tmp_path))}/no/folder .*does not exist.*make it"):
        call(f"sqlite:///{tmp_path}/no/folder/archive.db")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(ConfigurationError, match="is a folder"):
        upgrade(f"sqlite:///{tmp_path}")


def test_a_file_of_something_else_is_named(tmp_path):
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear reader, this is not a database. " * 50)
    with pytest.raises(ConfigurationError, match=r"letter\.db cannot be opened as a database .*not a database"):
        state(f"sqlite:///{file}")


@pytest.mark.parametrize("locked", ["folder", "file"])
def test_a_place_without_write_access_is_named(locked, sqlite_url, tmp_path, monkeypatch):
    place = tmp_path if locked == "folder" else tmp_path / "archive.db"
    # The superuser may write anywhere, so the mode bits are asked instead of the kernel.
    monkeypatch.setattr("storage.database.os.access", lambda path, _mode: path != place)
    with pytest.raises(ConfigurationError, match=rf"cannot be written: {re.escape(str(place))} is read-only"):
        Database.open(sqlite_url)


def test_a_server_that_does_not_answer_is_named_without_its_password(free_port):
    url = f"postgresql://reader:geheim-7@127.0.0.1:{free_port}/archive"
    with pytest.raises(DatabaseUnreachable) as caught:
        Database.open(url)
    assert f"127.0.0.1:{free_port}/archive" in str(caught.value)
    assert "start the server" in str(caught.value)
    assert "geheim-7" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_search_index_is_contentless(sqlite_url):
    file = sqlite_url.removeprefix("sqlite:///")
    connection = sqlite3.connect(file)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'search%'")}
    connection.close()
    assert "search_index_1" in tables
    assert "search_index_1_content" not in tables
