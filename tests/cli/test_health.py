"""The operator's verbs as a stranger runs them, on one scripted outlet."""

import json

import pytest
from click.testing import CliRunner

from cli.main import cli
from storage.errors import ConfigurationError
from tests.e2e.command import zgcwatch
from tests.servers.client import OutletServer, answer
from tests.servers.papers import Story, page, rss

ON, OFF, CLOSED = Story(1), Story(2, on_topic=False), Story(31)
SETTINGS = '[crawler]\npackaged_outlets = false\noutlets = ["outlets"]\ndelay = 0\n'


@pytest.fixture
def outlet(tmp_path):
    with OutletServer() as server:
        base = server.url("").rstrip("/")
        server.plan(
            {
                "/robots.txt": answer(f"User-agent: *\nDisallow: {CLOSED.path}\n"),
                "/rss": answer(rss([ON, OFF, CLOSED], base), content_type="application/xml"),
                "/dead": answer(status=403),
                **{story.path: answer(page(story)) for story in (ON, OFF, CLOSED)},
            }
        )
        (tmp_path / "outlets").mkdir()
        (tmp_path / "outlets" / "yesi.toml").write_text(
            f'id = "yesi"\nname = "예시신문"\nhome = "{base}/"\nhosts = ["127.0.0.1:{server.port}"]\n'
            "[urls]\narticle = ['/news/article/\\d+']\nnumber = '/article/(\\d+)'\n"
            f'[[sources]]\nkind = "feed"\nurl = "{base}/rss"\n[[sources]]\nkind = "feed"\nurl = "{base}/dead"\n'
        )
        (tmp_path / "zgcwatch.toml").write_text(f"{SETTINGS}allow_private_addresses = true\n")
        yield base


def verb(*arguments, code=0):
    """`zgcwatch outlets …` in this process; what it prints."""
    ran = CliRunner().invoke(cli, ["outlets", *arguments])
    assert ran.exit_code == code, ran.output
    return ran.stdout if code == 0 else ran.output


def test_health_disable_enable_and_mute(outlet, tmp_path, monkeypatch):
    with (tmp_path / "zgcwatch.toml").open("a") as file:
        file.write("[health]\nblocked_after = 1\n")
    assert zgcwatch("db", "upgrade", cwd=tmp_path).code == 0
    assert zgcwatch("crawl", "yesi", cwd=tmp_path).code == 1  # its second feed refuses us
    monkeypatch.chdir(tmp_path)
    shown = verb("health")
    assert max(map(len, shown.splitlines())) <= 80
    assert "yesi                 ok" in shown
    assert f"{outlet}/dead" in shown
    assert "blocked" in shown
    row = json.loads(verb("health", "--json"))
    assert (row["outlet"], row["state"], row["muted_until"]) == ("yesi", "ok", None)
    assert row["last_new"]
    [source] = row["sources"]
    assert (source["state"], source["url"], source["last_success"]) == ("blocked", f"{outlet}/dead", None)

    assert "yesi is disabled." in verb("disable", "yesi", "--why", "asked us")
    assert "disabled already" in verb("disable", "yesi")
    shown = verb("health")
    assert "yesi                 disabled" in shown
    assert "asked us" in shown
    assert "No outlet is due" in zgcwatch("crawl", cwd=tmp_path).out
    assert "enabled again" in verb("enable", "yesi")
    assert "until 2099-01-01 00:00" in verb("mute", "yesi", "--until", "2099-01-01")
    assert verb("health").splitlines()[1].endswith("muted")
    assert "is not muted" in verb("mute", "yesi")
    assert "is not muted" in verb("mute", "yesi", "--until", "2020-01-01")
    assert "Did you mean yesi" in verb("disable", "yessi", code=2)


def test_an_outlet_is_looked_at_step_by_step(outlet, tmp_path):
    shown = zgcwatch("outlets", "test", "yesi", cwd=tmp_path)
    assert shown.code == 0, shown.err
    for words in (
        "ok source",
        "3 announced, 3 are articles of the outlet, 2 may touch a topic",
        "NO source",
        "403 (Forbidden). (refused)",
        "NO robots",
        "4 paragraphs",
        ON.title,
        "would be stored: zgc",
        "off topic, only its address would be kept",
        " ms ",
    ):
        assert words in shown.out, words
    assert not (tmp_path / "zgcwatch.db").exists()
    steps = zgcwatch("outlets", "test", "yesi", "--json", cwd=tmp_path).json()["steps"]
    assert {step["name"] for step in steps} == {"robots", "source", "candidates", "page", "body", "removed", "stored"}
    assert all(step["milliseconds"] >= 0 for step in steps)
    [body] = [step for step in steps if step["name"] == "body" and step["url"].endswith(ON.path)]
    assert body["details"]["paragraphs"] == ON.paragraphs


def test_one_article_is_looked_at(outlet, tmp_path):
    shown = zgcwatch("outlets", "test", f"{outlet}{OFF.path}", cwd=tmp_path)
    assert (shown.code, "off topic" in shown.out) == (0, True)
    closed = zgcwatch("outlets", "test", f"{outlet}{CLOSED.path}", cwd=tmp_path)
    assert closed.code == 1
    assert "robots.txt asks that this address be left alone" in closed.err
    missing = zgcwatch("outlets", "test", f"{outlet}/news/article/99", cwd=tmp_path)
    assert (missing.code, "404" in missing.err) == (1, True)
    stranger = zgcwatch("outlets", "test", "https://stranger.example/1", cwd=tmp_path)
    assert (stranger.code, "No outlet of the catalogue" in stranger.err) == (2, True)


@pytest.mark.parametrize(
    "arguments", [["run"], ["crawl"], ["backfill", "yesi", "--from", "2026-08-01", "--to", "2026-08-02"]]
)
def test_nobody_is_visited_without_a_contact(outlet, tmp_path, monkeypatch, arguments):
    (tmp_path / "zgcwatch.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(cli, arguments)
    assert isinstance(refused.exception, ConfigurationError)
    assert "`crawler.contact` is empty" in str(refused.exception)


def test_a_refusal_for_want_of_a_contact_has_its_exit_code(outlet, tmp_path):
    (tmp_path / "zgcwatch.toml").write_text(SETTINGS)
    refused = zgcwatch("run", cwd=tmp_path)
    assert (refused.code, "`crawler.contact` is empty" in refused.err) == (78, True)
