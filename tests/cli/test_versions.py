"""`show --versions`: what an outlet changed, and whether a reader has to know."""

import json

import pytest
from click.testing import CliRunner

from cli.main import cli
from storage.archive import store_article
from storage.database import Database
from tests.storage.drafts import HOUR, NOW, draft


@pytest.fixture
def archive(database_url):
    with Database.open(database_url) as database, database.writer() as session:
        store_article(session, draft("a/1", body=("중관춘 로봇 기업이 3억달러를 유치했다.",)), now=NOW)
        corrected = draft("a/1", body=("중관춘 로봇 기업이 4억달러를 유치했다.",))
        store_article(session, corrected, now=NOW + HOUR)
        spelled = draft("a/1", body=("중관춘 로봇 기업이 4억 달러를 유치했다.",))
        store_article(session, spelled, now=NOW + 2 * HOUR)
    return database_url


def show(archive, *options):
    result = CliRunner().invoke(cli, ["show", "1", "--versions", "--database", archive, *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_each_version_says_what_is_different(archive):
    rows = [json.loads(line) for line in show(archive, "--json").splitlines()]
    assert [(row["verdict"], row["reasons"]) for row in rows] == [
        (None, []),
        ("material", ["amount"]),
        ("cosmetic", ["spacing"]),
    ]
    [edit] = rows[1]["edits"]
    assert (edit["field"], edit["reason"]) == ("body", "amount")
    assert "3억" in edit["before"]
    assert "4억" in edit["after"]
    assert {row["origin"] for row in rows} == {"visit"}


def test_people_read_it_as_lines_and_up_to_a_time(archive):
    text = show(archive)
    assert "first version" in text
    assert "material (amount)" in text
    assert "body, amount:" in text
    assert "cosmetic" not in show(archive, "--at", (NOW + HOUR).isoformat())
