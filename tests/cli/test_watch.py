"""`zgcwatch watch` and `zgcwatch subscriber`, as an operator types them."""

import json
import shutil
from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from cli.main import cli


@dataclass
class Done:
    out: str
    err: str


@pytest.fixture
def run(tmp_path, monkeypatch, sqlite_template):
    """Runs the command in this process: fifty of their own would take half a minute."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zgcwatch.toml").write_text('[storage]\ndatabase = "sqlite:///archive.db"\n')

    def call(*arguments, code=0):
        result = CliRunner().invoke(cli, arguments, standalone_mode=False)
        error = result.exception
        found = 0 if error is None else getattr(error, "exit_code", 1)
        assert found == code, (arguments, error, result.stderr)
        said = error.format_message() if isinstance(error, click.ClickException) else str(error or "")
        return Done(result.stdout, result.stderr + said)

    def start_anew():
        for file in tmp_path.glob("archive.db*"):
            file.unlink()
        shutil.copyfile(sqlite_template, tmp_path / "archive.db")

    call.folder, call.start_anew = tmp_path, start_anew
    start_anew()
    return call


def test_watches_and_readers_from_the_command_line(run):
    run(
        "watch",
        "add",
        "robots",
        "--title",
        "로봇 소식",
        "--must",
        "로봇|휴머노이드",
        "--not",
        "청소기",
        "--days",
        "mon,thu",
    )
    run("watch", "add", "week", "--kind", "weekly", "--topic", "zgc")
    run("watch", "add", "now", "--kind", "alert", "--entity", "deepseek", "--quiet", "22:00-07:00", "--open")
    assert "already" in run("watch", "add", "robots", code=1).err
    assert "`cutoff`" in run("watch", "add", "x", "--cutoff", "25:00", code=1).err

    run(
        "subscriber",
        "add",
        "a@example.com",
        "--watch",
        "robots",
        "--watch",
        "week",
        "--language",
        "en",
        "--format",
        "text",
    )
    run("subscriber", "add", "b@example.com")
    assert "no watch called nothing" in run("subscriber", "add", "c@example.com", "--watch", "nothing", code=1).err
    assert "not a plain mail address" in run("subscriber", "add", "no address", code=1).err

    rows = [json.loads(line) for line in run("watch", "list", "--json").out.splitlines()]
    assert [(row["name"], row["kind"], row["readers"]) for row in rows] == [
        ("default", "daily", 1), ("now", "alert", 0), ("robots", "daily", 1), ("week", "weekly", 1),
    ]  # fmt: skip
    shown = json.loads(run("watch", "show", "robots", "--json").out)
    assert (shown["must"], shown["not"], shown["days"]) == (["로봇|휴머노이드"], ["청소기"], ["mon", "thu"])

    run("watch", "edit", "robots", "--days", "business", "--clear", "not", "--paused")
    shown = run("watch", "show", "robots").out
    assert 'days = "business"' in shown
    assert "paused = true" in shown
    assert "청소기" not in shown
    run("watch", "edit", "now", "--quiet", "none")
    assert "quiet" not in run("watch", "show", "now").out
    assert "described by the settings" in run("watch", "edit", "default", "--days", "business", code=1).err
    run("watch", "edit", "robots", code=2)

    run("subscriber", "edit", "A@example.com", "--watch", "week", "--headlines")
    (row,) = (json.loads(line) for line in run("subscriber", "list", "--watch", "week", "--json").out.splitlines())
    assert (row["address"], row["watches"], row["excerpts"], row["language"]) == (
        "a@example.com",
        ["week"],
        False,
        "en",
    )
    run("subscriber", "remove", "a@example.com")
    assert "unsubscribed" in run("subscriber", "list").out
    run("watch", "remove", "week")
    assert "week" not in run("watch", "list").out


def test_files_go_out_and_come_back(run):
    run("watch", "add", "robots", "--title", '로봇 "예시"', "--must", "로봇")
    run("subscriber", "add", "a@example.com", "--watch", "robots", "--name", "분석가")
    run("watch", "export", "--out", "watches.toml")
    run("subscriber", "export", "--out", "readers.toml")
    watches = (run.folder / "watches.toml").read_text()
    run.start_anew()
    assert "1 of them new" in run("watch", "import", "watches.toml").out
    assert "0 of them new" in run("watch", "import", "watches.toml").out
    run("subscriber", "import", "readers.toml")
    assert run("watch", "export").out == watches
    assert run("subscriber", "export").out == (run.folder / "readers.toml").read_text()
    run("subscriber", "remove", "a@example.com")
    assert "had unsubscribed" in run("subscriber", "import", "readers.toml").err
    run("subscriber", "remove", "a@example.com", "--forget")
    run("subscriber", "import", "readers.toml")
    assert "active" in run("subscriber", "list").out
    (run.folder / "wrong.toml").write_text("[[watch]]\nname = 3\n")
    assert "wrong.toml" in run("watch", "import", "wrong.toml", code=1).err
    assert "check the path" in run("watch", "import", "none.toml", code=1).err


def test_a_watch_is_tried_before_anybody_reads_it(run):
    run("watch", "add", "robots", "--must", "로봇")
    assert "0 articles of the last 3 day(s) match" in run("watch", "test", "robots", "--days", "3").err
    assert run("watch", "test", "robots", "--json").out == ""
    assert "no watch called nothing" in run("watch", "test", "nothing", code=1).err
