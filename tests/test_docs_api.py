"""The client in docs/api.md is typed, and works against a running server."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import note_missing, store_article
from tests.web.conftest import NOON, draft, fill_outlets, key_of, served, store

PAGE = Path(__file__).parents[1] / "docs/api.md"


@pytest.fixture
def source():
    [block] = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return block


def test_the_client_is_typed(source, tmp_path):
    pytest.importorskip("mypy")
    file = tmp_path / "client.py"
    file.write_text(source, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), str(file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout


def test_the_client_keeps_a_copy_in_step(source, sqlite_database):
    fill_outlets(sqlite_database)
    store(sqlite_database, *(draft(number) for number in range(3)))
    client_module = {"__name__": "client"}
    exec(compile(source, str(PAGE), "exec"), client_module)
    with served(sqlite_database, rate_per_minute=0) as base:
        client = client_module["Client"](base, key_of(sqlite_database, "fulltext"))
        assert [article["title"] for article in client.articles()] == [f"예시 기사 {number}" for number in (2, 1, 0)]
        copy, cursor = {}, "0"
        keep = client_module["keep_in_step"]
        cursor = keep(client, copy, cursor, wait=1)
        assert {article["title"] for article in copy.values()} == {f"예시 기사 {number}" for number in range(3)}
        with sqlite_database.writer() as session:
            store_article(session, draft(1, title="고친 유니콘 기사"), now=NOON)
            note_missing(session, url=draft(2).canonical_url, status=410, now=NOON, confirm_after=timedelta(0))
        cursor = keep(client, copy, cursor, wait=1)
        assert sorted(article["title"] for article in copy.values()) == ["고친 유니콘 기사", "예시 기사 0"]
        assert keep(client, copy, cursor, wait=1) == cursor
        assert [article["title"] for article in client.search("유니콘")] == ["고친 유니콘 기사"]
        assert copy[1]["body"] == list(draft(0).body)
        assert keep(client, copy, f"{cursor.split('-')[0]}-00000000", wait=1) == "0"  # after a restore
        assert copy == {}
