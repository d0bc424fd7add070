"""`db backup|restore|check|prune|copy` as an operator types them, on both databases."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from click.testing import CliRunner

from cli.context import utc_now
from cli.main import cli
from storage.archive import note_missing, store_article
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.export import iter_articles
from tests.storage.drafts import BODY, DAY, HOUR, NOW, draft, page


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, list(map(str, arguments)))
    assert result.exit_code == code, (result.output, result.exception)
    return result


def rows(*arguments):
    return [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]


def changes(url, *arguments):
    return rows("changes", "--database", url, *arguments)


@pytest.fixture
def archive(database_url, client_programs):
    """Two articles, one of them old enough for its raw page to go, and a reader who has seen both."""
    now = utc_now()
    with Database.open(database_url) as database, database.writer() as session:
        old = page("https://a.example/news/1", fetched_at=now - 100 * DAY)
        store_article(session, draft("a/1", body=(*BODY, "가나일보가 전했다."), page=old), now=NOW)
        fresh = page("https://b.example/news/1", fetched_at=now)
        store_article(session, draft("b/1", body=(*BODY, "예시일보가 전했다."), page=fresh), now=NOW + HOUR)
    changes(database_url, "--reader", "crm")
    return database_url


@pytest.fixture
def other(archive, tmp_path, request):
    """The URL of a place to restore to, of the same kind and empty."""
    if archive.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/other.db"
    return request.getfixturevalue("empty_postgres_url")


def stored(url):
    with Database.open(url) as database:
        return list(iter_articles(database))


def backup(archive, folder):
    [made] = rows("db", "backup", folder, "--database", archive)
    assert made["bytes"] > 0
    return made["file"]


def test_a_backup_is_restored_to_another_place(archive, other, tmp_path):
    file = backup(archive, tmp_path)
    said = run("db", "restore", file, "--database", other).stdout
    assert "1 named readers of the change feed have to begin again" in said
    assert stored(other) == stored(archive)
    [row] = rows("db", "check", "--database", other)
    assert (row["articles"], row["broken"]) == (2, [])
    assert "in order" in run("db", "check", "--database", other).stdout


def test_readers_are_told_of_the_restore_until_they_begin_again(archive, other, tmp_path):
    file = backup(archive, tmp_path)
    last = changes(archive)[-1]["cursor"]
    with Database.open(archive) as database, database.writer() as session:
        store_article(session, draft("c/1", title="나중 기사", body=("나중 기사다.",)), now=NOW)
    lost = changes(archive)[-1]["cursor"]
    run("db", "restore", file, "--database", other)
    assert changes(other, "--after", last) == []
    for arguments in (("--after", lost), ("--after", lost, "--follow"), ("--reader", "crm")):
        refused = run("changes", "--database", other, *arguments, code=1).exception
        assert isinstance(refused, ZgcwatchError)
        assert "read everything again" in str(refused)
    [[reader]] = changes(other, "--readers")
    assert (reader["name"], reader["seq"]) == ("crm", None)
    assert "begins again" in run("changes", "--readers", "--database", other).stdout
    assert len(changes(other, "--reader", "crm", "--after", "0")) == len(changes(other))
    assert changes(other, "--reader", "crm") == []


def test_a_move_by_backup_keeps_the_readers_places(archive, other, tmp_path):
    file = backup(archive, tmp_path)
    run("db", "restore", file, "--keep-readers", "--database", other)
    assert changes(other, "--reader", "crm") == []
    run("db", "check", "--restored", "--database", other)  # what follows a pg_restore by hand
    run("changes", "--reader", "crm", "--database", other, code=1)


def test_an_archive_is_replaced_only_by_force(archive, tmp_path):
    file = backup(archive, tmp_path)
    assert "--force" in str(run("db", "restore", file, "--database", archive, code=1).exception)
    with Database.open(archive) as database, database.writer() as session:
        store_article(session, draft("c/1", title="나중 기사", body=("나중 기사다.",)), now=NOW)
    run("db", "restore", file, "--force", "--database", archive)
    assert len(stored(archive)) == 2


def test_a_reader_can_be_forgotten(archive):
    run("changes", "--forget", "crm", "--database", archive)
    assert changes(archive, "--readers") == [[]]
    assert "no reader crm" in str(run("changes", "--forget", "crm", "--database", archive, code=1).exception)


def test_prune_says_first_and_then_does(archive):
    [would] = rows("db", "prune", "--dry-run", "--database", archive)
    assert would["pages"] == 1
    assert rows("db", "prune", "--dry-run", "--database", archive) == [would]
    assert "Gone: pages 1." in run("db", "prune", "--database", archive).stdout
    assert "nothing" in run("db", "prune", "--database", archive).stdout
    assert len(stored(archive)) == 2


def test_an_article_is_erased_on_request(archive, tmp_path):
    url = "https://a.example/news/1"
    [would] = rows("db", "prune", "--url", url, "--dry-run", "--database", archive)
    assert (would["article_id"], would["versions"], would["pages"]) == (1, 1, 1)
    assert stored(archive)[0].title
    said = run("db", "prune", "--url", url, "--reason", "기자 요청", "--database", archive).stdout
    assert "is erased" in said
    assert (stored(archive)[0].state, stored(archive)[0].title, stored(archive)[0].body) == ("gone", "", ())
    assert changes(archive)[-1]["op"] in {"gone", "merge"}
    assert rows("db", "check", "--database", archive)[0]["broken"] == []
    assert run("db", "prune", "--url", "https://nowhere.example/", "--database", archive, code=1).exception
    if archive.startswith("sqlite"):
        content = b"".join(file.read_bytes() for file in tmp_path.glob("archive.db*"))
        assert "가나일보".encode() not in content
        assert "예시일보".encode() in content  # the copy keeps its own words


def test_a_damaged_archive_is_told(sqlite_url, tmp_path):
    with Database.open(sqlite_url) as database, database.writer() as session:
        store_article(session, draft(), now=NOW)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        connection.execute("UPDATE change_counter SET value = 7")
        connection.commit()
    damaged = run("db", "check", "--database", sqlite_url, code=1)
    assert "change counter" in damaged.stderr
    assert "restore a backup" in str(damaged.exception)


@pytest.mark.parametrize("direction", ["there", "back"])
def test_an_archive_is_copied_with_its_ids_and_cursors(sqlite_url, empty_postgres_url, tmp_path, direction):
    first, second = sqlite_url, empty_postgres_url
    if direction == "back":
        run("db", "upgrade", "--database", empty_postgres_url)
        first, second = empty_postgres_url, f"sqlite:///{tmp_path}/copied.db"
    with Database.open(first) as database, database.writer() as session:
        store_article(session, draft("a/1"), now=NOW)
        store_article(session, draft("b/1"), now=NOW + HOUR)
        note_missing(session, url=draft("a/1").canonical_url, status=410, now=NOW, confirm_after=timedelta(0))
    feed = changes(first, "--reader", "crm")
    assert "copied and compared" in run("db", "copy", first, second).stdout
    assert changes(second) == feed
    assert changes(second, "--after", feed[-2]["cursor"]) == feed[-1:]
    assert changes(second, "--reader", "crm") == []
    assert stored(second) == stored(first)
    assert "empty database" in str(run("db", "copy", first, second, code=1).exception)


def test_without_pg_dump_the_recipe_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = run("db", "backup", tmp_path, "--database", "postgresql://zgcwatch@db/zgcwatch", code=1)
    assert "docker compose exec -T db pg_dump" in str(refused.exception)
