"""`export` as an operator and a nightly job run it: every format, cut off and resumed, only what changed, verified."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import cli
from storage.archive import note_missing, store_article
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.export import iter_articles, record_of
from storage.export.formats import FORMATS
from storage.export.manifest import read
from tests.e2e.command import zgcwatch
from tests.storage.drafts import DAY, HOUR, NOW, draft

ROOT = Path(__file__).parents[2]


@pytest.fixture
def archive(database_url):
    with Database.open(database_url) as database, database.writer() as session:
        for number in range(4):
            store_article(session, draft(f"a/{number}", body=(f"{number}번 예시 글이다.",)), now=NOW + number * HOUR)
        gone = draft("a/3").canonical_url
        note_missing(session, url=gone, status=410, now=NOW + DAY, confirm_after=DAY)
    return database_url


def run(archive, *arguments, code=0):
    database = [] if arguments[:1] == ("verify",) else ["--database", archive]
    result = CliRunner().invoke(cli, ["export", *map(str, arguments), *database])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def stored(archive):
    with Database.open(archive) as database:
        return list(iter_articles(database))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_and_verified(archive, tmp_path, form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    out = tmp_path / "out"
    assert "4 articles (1 of them gone)" in run(archive, "--format", form, "--out", out).stderr
    assert "is whole" in run(archive, "verify", out).stdout
    manifest = json.loads(run(archive, "verify", out, "--json").stdout)
    assert (manifest["articles"], manifest["gone"], manifest["format"]) == (4, 1, form)
    assert [record_of(row) for row in read(out)] == stored(archive)


def test_the_next_export_takes_the_cursor_of_the_one_before(archive, tmp_path):
    said = run(archive, "--out", tmp_path / "1").stderr
    cursor = json.loads(run(archive, "verify", tmp_path / "1", "--json").stdout)["cursor"]
    assert f"--since {cursor}" in said
    with Database.open(archive) as database, database.writer() as session:
        store_article(session, draft("a/1", title="고친 제목", body=("1번 예시 글이다.",)), now=NOW + 2 * DAY)
    run(archive, "--out", tmp_path / "2", "--since", cursor)
    assert [row["title"] for row in read(tmp_path / "2")] == ["고친 제목"]
    lines = run(archive, "--since", cursor, "--out", tmp_path / "plain.jsonl")
    assert "1 articles written" in lines.stderr
    assert f"--since {json.loads(run(archive, 'verify', tmp_path / '2', '--json').stdout)['cursor']}" in lines.stderr
    [row] = (tmp_path / "plain.jsonl").read_text("utf-8").splitlines()
    assert json.loads(row)["title"] == "고친 제목"


def test_a_cursor_of_an_archive_that_was_restored_is_told(archive, tmp_path):
    for place in ("4-00000000", "99"):
        refused = run(archive, "--out", tmp_path / "out", "--since", place, code=1)
        assert isinstance(refused.exception, ZgcwatchError)
        assert "restored" in str(refused.exception)
    assert "no place" in run(archive, "--out", tmp_path / "out", "--since", "gestern", code=2).stderr


def test_a_reader_refuses_files_of_a_newer_major_version(archive, tmp_path):
    run(archive, "--out", tmp_path / "out")
    file = tmp_path / "out" / "manifest.json"
    newer = {**json.loads(file.read_text()), "schema_version": "2.0"}
    file.write_text(json.dumps(newer))
    assert "newer zgcwatch" in str(run(archive, "verify", tmp_path / "out", code=1).exception)
    # A newer minor version may have said more of its files.
    file.write_text(json.dumps({**newer, "schema_version": "1.9", "tool": "x"}))
    run(archive, "verify", tmp_path / "out")


def test_verify_notices_a_changed_file(archive, tmp_path):
    run(archive, "--format", "csv", "--out", tmp_path / "out")
    file = tmp_path / "out" / "articles-00001.csv"
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    assert "not the file" in str(run(archive, "verify", tmp_path / "out", code=1).exception)


@pytest.mark.parametrize(
    "arguments", [("--format", "parquet"), ("--out", "x.jsonl", "--resume"), ("--out", "x.jsonl", "--format", "sqlite")]
)
def test_what_cannot_be_one_file_is_a_usage_error(archive, arguments):
    assert "name a folder" in run(archive, *arguments, code=2).stderr


@pytest.mark.parametrize("form", ["jsonl", "csv", "sqlite", "parquet"])
def test_an_export_that_was_killed_goes_on_where_it_stopped(sqlite_url, tmp_path, form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    with Database.open(sqlite_url) as database, database.writer() as session:
        for number in range(60):
            store_article(session, draft(f"a/{number}", body=(f"{number}번 예시 글이다.",)), now=NOW)
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.slow_export", sqlite_url, str(out), form],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    progress = out / "manifest.part.json"
    until = time.monotonic() + 60
    while not (progress.exists() and json.loads(progress.read_text())["articles"] >= 10):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    cut_off = zgcwatch("export", "verify", out, cwd=tmp_path)
    assert (cut_off.code, "--resume" in cut_off.err) == (1, True)
    done = zgcwatch("export", "--format", form, "--out", out, "--resume", "--database", sqlite_url, cwd=tmp_path)
    assert done.code == 0, done.err
    assert zgcwatch("export", "verify", out, cwd=tmp_path).code == 0
    assert [record_of(row) for row in read(out)] == stored(sqlite_url)
