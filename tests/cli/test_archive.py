"""`search`, `show`, `duplicates show`, `changes` and `reindex` as a program calls them."""

import json

import pytest
from click.testing import CliRunner

from cli.main import cli
from storage.archive import note_missing, store_article
from storage.database import Database
from storage.errors import ZgcwatchError
from tests.storage.drafts import BODY, DAY, HOUR, NOW, draft


@pytest.fixture
def archive(database_url):
    with Database.open(database_url) as database, database.writer() as session:
        store_article(session, draft("a/1", section="산업"), now=NOW)
        store_article(session, draft("b/1", body=(*BODY, "예시일보가 전했다.")), now=NOW + HOUR)
        store_article(session, draft("a/1", title="중관춘 로봇 기업, 5억달러 유치", section="산업"), now=NOW + 2 * HOUR)
        store_article(session, draft("c/1", title="지워질 글", body=("짧다.",)), now=NOW + 3 * HOUR)
        gone = draft("c/1").canonical_url
        note_missing(session, url=gone, status=410, now=NOW + DAY, confirm_after=DAY)
    return database_url


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout


def rows(*arguments):
    return [json.loads(line) for line in run(*arguments, "--json").splitlines()]


def search(archive, query, *options):
    [row] = rows("search", query, "--database", archive, *options)
    return row


def test_search_contract(archive):
    row = search(archive, "중관춘")
    assert set(row) == {"total", "total_is_exact", "items", "next"}
    assert (row["total"], row["total_is_exact"], row["next"]) == (2, True, None)
    assert [item["id"] for item in row["items"]] == [2, 1]
    assert set(row["items"][0]) == {"id", "title", "outlet", "url", "published_at", "first_seen_at", "highlights"}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--outlet", "a"), [1]),
        (("--outlet", "a", "--outlet", "b", "--relevance"), [1, 2]),
        (("--section", "산업"), [1]),
        (("--since", "2026-11-24T09:30"), [2]),
        (("--until", "2026-11-24T01:00+01:00"), []),
        (("--until", "2026-11-25"), [2, 1]),
        (("--relation", "duplicate"), [2]),
        (("--relation", "original"), [1]),
    ],
)
def test_search_can_be_narrowed(archive, options, found):
    ids = [item["id"] for item in search(archive, "중관춘", *options)["items"]]
    assert sorted(ids) == sorted(found)


def test_a_company_is_found_under_its_other_names(archive):
    with Database.open(archive) as database, database.writer() as session:
        store_article(session, draft("d/1", title="百度 소식", body=("예시 글이다.",)), now=NOW + DAY)
    assert [item["id"] for item in search(archive, "바이두")["items"]] == [4]
    assert search(archive, "바이두", "--as-typed")["items"] == []


def test_gone_articles_are_listed_without_words(archive):
    [item] = search(archive, "", "--state", "gone")["items"]
    assert (item["id"], item["title"]) == (3, "")


def test_a_time_nobody_understands_is_a_usage_error(archive):
    result = CliRunner().invoke(cli, ["search", "중관춘", "--since", "gestern", "--database", archive])
    assert result.exit_code == 2
    assert "write 2026-11-24" in result.output


def test_show_now_and_then(archive):
    [now] = rows("show", "1", "--database", archive)
    [then] = rows("show", "1", "--at", "2026-11-24T09:00", "--database", archive)
    assert (now["title"], then["title"]) == ("중관춘 로봇 기업, 5억달러 유치", draft().title)
    assert (now["revision"], then["revision"], then["relations"]) == (4, 1, [])
    assert [(tie["article_id"], tie["kind"]) for tie in now["relations"]] == [(2, "copy_of")]
    assert "head: article 1" in run("show", "2", "--database", archive)
    assert "(withheld" in run("show", "3", "--database", archive)


def test_an_unknown_article_is_one_sentence(archive):
    for verb in (("show", "9"), ("duplicates", "show", "9")):
        result = CliRunner().invoke(cli, [*verb, "--database", archive])
        assert isinstance(result.exception, ZgcwatchError)


def test_duplicates_are_explained(archive):
    [row] = rows("duplicates", "show", "2", "--database", archive)
    assert (row["head_id"], row["followers"]) == (1, [])
    [tie] = row["ties"]
    assert (tie["kind"], tie["is_subject"], tie["sentences_shared"]) == ("copy_of", True, 4)
    assert "410000000" in tie["numbers"]
    text = run("duplicates", "show", "2", "--database", archive)
    assert "is a copy of article 1" in text
    assert "4 of 4 sentences the same" in text
    assert "head of 2" in run("duplicates", "show", "1", "--database", archive)
    assert "no copy of it is known" in run("duplicates", "show", "3", "--database", archive)


def test_a_named_reader_gets_each_change_once(archive):
    first = rows("changes", "--reader", "warehouse", "--limit", "3", "--database", archive)
    rest = rows("changes", "--reader", "warehouse", "--database", archive)
    assert [row["seq"] for row in (*first, *rest)] == [1, 2, 3, 4, 5, 6]
    assert [row["op"] for row in rest] == ["update", "add", "gone"]
    assert (first[2]["op"], first[2]["head_id"]) == ("merge", 1)
    assert rows("changes", "--reader", "warehouse", "--database", archive) == []
    assert "head 1" in run("changes", "--database", archive)


def test_following_ends_at_its_limit(archive):
    assert len(rows("changes", "--after", "2", "--follow", "--limit", "2", "--database", archive)) == 2


def test_reindex_and_the_word_that_asks_for_it(archive):
    from sqlalchemy import text

    with Database.open(archive) as database, database.writer() as session:
        session.execute(text("UPDATE index_state SET version = 0"))
    asked = CliRunner().invoke(cli, ["search", "중관춘", "--database", archive])
    assert "zgcwatch reindex" in asked.stderr
    assert run("reindex", "--database", archive) == "2 articles indexed.\n"
    assert CliRunner().invoke(cli, ["search", "중관춘", "--database", archive]).stderr == ""
