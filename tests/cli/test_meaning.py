"""`facts`, `topics test`, `entities` and `deals` as a program calls them."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from cli.main import cli
from crawler.meaning.drafts import read_draft
from crawler.meaning.facts import load_reader
from storage.archive import store_article
from storage.changes import changes_after
from storage.database import Database
from storage.meaning import store_facts
from tests.storage.drafts import DAY, NOW, draft

TEXT = """중관춘 스타트업에 몰리는 돈
센스타임(SenseTime)은 작년 4억1000만달러(약 4360억원)를 투자받았다.
스타트업 표본커지는 유니콘(기업가치 10억달러 이상 스타트업)을 꿈꾼다.
"""


def run(*arguments, text=None):
    result = CliRunner().invoke(cli, arguments, input=text, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_facts_contract():
    row = json.loads(run("facts", "-", "--json", text=TEXT))
    assert set(row) == {"entities", "amounts", "deals", "topics"}
    sensetime = next(entity for entity in row["entities"] if entity["id"] == "sensetime")
    assert set(sensetime) == {"id", "name", "kind", "mentions"}
    assert [TEXT[m["start"] : m["end"]] for m in sensetime["mentions"]] == ["센스타임", "SenseTime"]
    assert len({entity["id"] for entity in row["entities"]}) == len(row["entities"])
    first, second = row["amounts"]
    assert first == {
        "text": "4억1000만달러",
        "start": TEXT.index("4억"),
        "end": TEXT.index("4억") + 9,
        "value": 410000000,
        "currency": "USD",
        "krw": 436000000000,
        "qualifier": None,
        "role": "amount",
    }
    assert (second["role"], second["qualifier"], second["value"]) == ("threshold", "이상", 1000000000)
    (deal,) = row["deals"]
    assert set(deal) == {"company", "kind", "value", "currency", "krw", "round", "investors", "evidence"}
    assert (deal["company"], deal["kind"], deal["krw"]) == ("센스타임(SenseTime)", "raised", 436000000000)
    assert deal["evidence"] in TEXT
    (topic,) = row["topics"]
    assert set(topic) == {"id", "score", "reasons"}


def test_facts_for_people(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    shown = run("facts", str(file))
    assert "USD 410,000,000 = KRW 436,000,000,000" in shown
    assert "new?    표본커지" in shown


@pytest.mark.parametrize("text", ["", "\n\n", "날씨가 맑다."])
def test_a_text_without_facts(text):
    row = json.loads(run("facts", "-", "--json", text=text))
    assert row == {"entities": [], "amounts": [], "deals": [], "topics": []}
    assert "none" in run("facts", "-", text=text)


def test_topics_test_says_why(tmp_path):
    relevant = run("topics", "test", "中 로봇 스타트업, 시리즈B 투자 유치")
    assert "relevant" in relevant
    assert "中 … 스타트업" in relevant
    row = json.loads(run("topics", "test", "한중 정상회담 조율", "--json"))
    assert row["topics"][0]["relevant"] is False
    file = tmp_path / "article.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert "중관춘" in run("topics", "test", str(file))


@pytest.fixture
def archive(sqlite_url):
    reader = load_reader()
    told = (
        "센스타임이 4억1000만달러를 유치했다.",
        "센스타임이 약 4억달러(약 4300억원)를 투자받았다. =2+3 스타트업 표본커지가 나왔다.",
    )
    with Database.open(sqlite_url) as database:
        for number, (outlet, body) in enumerate(zip("ab", told, strict=True)):
            article = draft(f"{outlet}/1", title="센스타임 투자 유치", body=(body,))
            with database.writer() as session:
                stored = store_article(session, article, now=NOW + number * DAY)
                store_facts(session, stored.article_id, read_draft(reader, article.title, article.body), now=NOW)
    return sqlite_url


def test_deals_of_an_archive(archive):
    (row,) = [json.loads(line) for line in run("deals", "--json", "--database", archive).splitlines()]
    assert (row["company_id"], row["value"], row["krw"]) == ("sensetime", 410000000, 430000000000)
    assert [report["outlet"] for report in row["reports"]] == ["a", "b"]
    assert {one["field"] for one in row["differences"]} == {"value"}
    table = list(csv.DictReader(io.StringIO(run("deals", "--csv", "--database", archive))))
    assert [(line["company"], line["value"], line["reports"], line["outlets"]) for line in table] == [
        ("센스타임(SenseTime)", "410000000", "2", "a; b")
    ]
    assert "2 reports; differing value" in run("deals", "--database", archive)
    assert run("deals", "--kind", "listed", "--database", archive) == ""
    assert run("deals", "--company", "baidu", "--csv", "--database", archive).count("\n") == 1


def test_entities_of_an_archive(archive):
    rows = [json.loads(line) for line in run("entities", "list", "--json", "--database", archive).splitlines()]
    assert [(row["id"], row["articles"], row["mentions"]) for row in rows] == [("sensetime", 2, 4)]
    assert "센스타임(SenseTime)" in run("entities", "list", "--database", archive)
    assert "No stored article" in run("entities", "list", "--kind", "park", "--database", archive)


def test_candidates_of_an_archive(archive):
    assert "표본커지: " in run("entities", "candidates", "--database", archive)
    assert run("entities", "candidates", "--dismiss", "표본커지", "--database", archive) == ""
    result = CliRunner().invoke(cli, ["entities", "candidates", "--dismiss", "없음", "--database", archive])
    assert "No candidate is named" in str(result.exception)


def test_reindex_with_a_name_of_ones_own(archive, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('kind = "company"\n[entities]\nsample = { ko = ["표본커지"] }\n', encoding="utf-8")
    settings = tmp_path / "zgcwatch.toml"
    settings.write_text(f'[storage]\ndatabase = "{archive}"\n[crawler]\nentities = ["{own}"]\n', encoding="utf-8")
    with Database.open(archive) as database, database.reader() as session:
        last = changes_after(session, 0)[-1].seq
    assert json.loads(run("-c", str(settings), "entities", "reindex", "--json")) == {"articles": 2, "changed": 1}
    assert "2 articles read, 0 changed." in run("-c", str(settings), "entities", "reindex")
    with Database.open(archive) as database, database.reader() as session:
        assert [str(change.op) for change in changes_after(session, last)] == ["update"]
    assert "표본커지" in run("-c", str(settings), "entities", "list")
    assert run("-c", str(settings), "entities", "candidates") == ""


def test_a_candidate_is_taken_into_a_file_of_ones_own(tmp_path):
    url = f"sqlite:///{tmp_path}/archive.db"
    run("db", "upgrade", "--database", url)
    database = Database.open(url)
    body = ("스타트업 표본로보(SampleRobo)가 나섰다.",)
    with database.writer() as session:
        stored = store_article(session, draft("a/1", title="표본로보가 왔다", body=body), now=NOW)
        store_facts(session, stored.article_id, read_draft(load_reader(), "표본로보가 왔다", body), now=NOW)
    names = tmp_path / "names.toml"
    said = run("entities", "candidates", "--accept", "표본로보", "--into", str(names), "--database", url)
    assert "samplerobo" in said
    assert load_reader(names).lexicon.entities["samplerobo"].names == ("표본로보", "SampleRobo")
    config = tmp_path / "zgcwatch.toml"
    config.write_text(f'[crawler]\nentities = ["{names}"]\n', encoding="utf-8")
    done = json.loads(run("--config", str(config), "entities", "reindex", "--json", "--database", url))
    assert done == {"articles": 1, "changed": 1}
    assert run("entities", "candidates", "--json", "--database", url) == ""
    again = CliRunner().invoke(cli, ["entities", "candidates", "--accept", "표본로보", "--database", url])
    assert again.exit_code == 2
    database.close()


def test_deals_are_narrowed_on_the_command_line(tmp_path):
    url = f"sqlite:///{tmp_path}/archive.db"
    run("db", "upgrade", "--database", url)
    database = Database.open(url)
    for number, text in enumerate(
        ("유니트리가 7억 위안을 투자받았다.", "메그비가 9000억원을 투자받았다.", "알리바바가 어러머를 인수했다.")
    ):
        with database.writer() as session:
            article = draft(f"a/{number}", title=text, body=(f"{number}.",))
            stored = store_article(session, article, now=NOW + number * DAY)
            store_facts(session, stored.article_id, read_draft(load_reader(), text, (f"{number}.",)), now=NOW)

    def companies(*arguments):
        lines = run("deals", *arguments, "--json", "--database", url).splitlines()
        return [json.loads(line)["company_id"] for line in lines]

    assert companies() == ["eleme", "megvii", "unitree"]
    assert companies("--currency", "CNY") == ["unitree"]
    assert companies("--min-krw", "500000000000") == ["megvii"]
    assert companies("--since", "2026-11-26") == ["eleme"]
    assert companies("--until", "2026-11-25") == ["unitree"]
    row = json.loads(run("deals", "--company", "eleme", "--json", "--database", url))
    assert (row["value"], row["currency"], row["investors"]) == (None, None, ["알리바바(Alibaba)"])
    assert "no amount" in run("deals", "--company", "eleme", "--database", url)
    database.close()
