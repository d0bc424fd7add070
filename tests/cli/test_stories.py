"""`zgcwatch stories` as a program and a person call it."""

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from benchmarks.meaning import stories as bench
from cli.main import cli
from storage.database import Database
from tests.gold.stories import labelled_reports


@pytest.fixture
def url(sqlite_url):
    with Database.open(sqlite_url) as database:
        bench.put(database, [one for one in labelled_reports() if one.event in {"sensetime-c", "sensetime-c2"}])
    assert "2 stories made or changed" in run("update", "--database", sqlite_url)
    return sqlite_url


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, ["stories", *arguments], catch_exceptions=code == 0)
    assert (result.exit_code == 0) is (code == 0), result.output
    return result.output


def test_contract_of_a_line(url):
    second, first = map(json.loads, run("list", "--database", url, "--json").splitlines())
    assert set(first) == {
        *("id", "title", "first_reported_at", "last_reported_at", "reason", "articles", "entities", "deals"),
        *("follows", "followed_by", "merged_into"),
    }
    assert first["title"] == "센스타임, 4억1000만달러 투자 유치"
    assert first["reason"]["ko"] == "모두 센스타임·4억1000만달러를 다룸; 2곳이 같은 글"
    assert [one["relation"] for one in first["articles"]] == ["head", "copy", "report", "report", "report"]
    assert first["first_reported_at"] == "2026-11-11T08:10:00+09:00"
    assert second["follows"]["id"] == first["id"]
    assert first["followed_by"] == [second["id"]]
    assert json.loads(run("show", str(first["id"]), "--database", url, "--json")) == first


def test_for_people(url):
    lines = run("list", "--database", url).splitlines()
    assert "센스타임, 6억달러 시리즈C 투자 유치" in lines[0]
    assert "[5 reports]" in lines[1]
    story_id = (
        lines[0].split()[2] if lines[0].split()[2].isdigit() else next(w for w in lines[0].split() if len(w) > 12)
    )
    shown = run("show", story_id, "--database", url)
    assert "together: " in shown
    assert "follows: " in shown
    assert "names: 센스타임(SenseTime) (3)" in shown


def test_a_time_without_a_zone_is_korean(url):
    _, first = map(json.loads, run("list", "--database", url, "--json").splitlines())
    last = datetime.fromisoformat(first["last_reported_at"]).replace(tzinfo=None)
    assert run("list", "--database", url, "--since", last.isoformat()).count("\n") == 2
    assert run("list", "--database", url, "--since", (last + timedelta(minutes=1)).isoformat()).count("\n") == 1


def test_filters(url):
    assert run("list", "--database", url, "--entity", "temasek").count("\n") == 1
    assert run("list", "--database", url, "--entity", "megvii") == ""
    assert run("list", "--database", url, "--since", "2026-11-18").count("\n") == 1
    assert run("list", "--database", url, "--limit", "1").count("\n") == 1


def test_an_unknown_story_is_one_sentence(url):
    result = CliRunner().invoke(cli, ["stories", "show", "5", "--database", url])
    assert "There is no story 5" in str(result.exception)
