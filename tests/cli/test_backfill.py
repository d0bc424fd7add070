"""`zgcwatch backfill` and `zgcwatch leads` as a person runs them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.command import zgcwatch
from tests.servers.client import OutletServer, answer
from tests.servers.papers import Story, page

ROWS = 12


@pytest.fixture
def server():
    with OutletServer() as running:
        yield running


@pytest.fixture
def folder(tmp_path, server):
    host = f"127.0.0.1:{server.port}"
    outlets = tmp_path / "outlets"
    outlets.mkdir()
    (outlets / "yesi.toml").write_text(
        f'id = "yesi"\nname = "예시신문"\nhome = "http://{host}/"\nhosts = ["{host}"]\nsample = true\n'
        f'[politeness]\ndelay = 0\nmax_pages = 3\n[[sources]]\nkind = "sitemap"\nuse = "archive"\n'
        f'url = "http://{host}/sitemap.xml"\n',
        encoding="utf-8",
    )
    (outlets / "search.toml").write_text(
        'id = "yesi-search"\nname = "검색"\nhome = "https://search.example/"\nhosts = []\n'
        '[[sources]]\nkind = "naver"\nqueries = ["중관춘"]\n',
        encoding="utf-8",
    )
    (tmp_path / "secret").write_text("sample-secret\n")
    (tmp_path / "zgcwatch.toml").write_text(
        '[storage]\ndatabase = "sqlite:///archive.db"\n[crawler]\npackaged_outlets = false\noutlets = ["outlets"]\n'
        'contact = "https://example.com/bot"\nallow_private_addresses = true\n'
        f'[crawler.naver]\nclient_id = "sample"\nurl = "http://{host}/v1/search/news.json"\n'
    )
    assert zgcwatch("db", "upgrade", cwd=tmp_path).code == 0
    base = f"http://{host}"
    rows = "".join(
        f"<url><loc>{base}{Story(n).path}</loc><lastmod>2026-08-0{1 + n % 4}T09:00:00+09:00</lastmod></url>"
        for n in range(1, ROWS + 1)
    )
    server.plan({"/sitemap.xml": answer(f"<urlset>{rows}</urlset>", content_type="application/xml")})
    server.plan({Story(n).path: answer(page(Story(n))) for n in range(1, ROWS + 1)})
    return tmp_path


def test_a_stretch_of_the_past_is_read_and_told(folder, server):
    done = zgcwatch("backfill", "yesi", "--from", "2026-08-01", "--to", "2026-08-31", "--json", cwd=folder)
    assert done.code == 0, done.err
    row = done.json()
    assert (row["outlet"], row["steps"], row["stored"]) == ("yesi", {"done": 1}, ROWS)
    again = zgcwatch("backfill", "yesi", "--from", "2026-08-03", "--to", "2026-08-03", cwd=folder)
    assert again.code == 0, again.err
    assert "0 pages fetched, 0 articles stored" in again.out
    assert "1 steps done, 0 open" in again.err
    paths = server.paths()
    assert len([path for path in paths if "/news/article/" in path]) == ROWS


def articles_asked(server):
    return [entry["path"] for entry in server.asked(forget=False) if "/news/article/" in entry["path"]]


def test_an_interrupted_backfill_goes_on_where_it_stopped(folder, server):
    slow = [Story(n) for n in (2, 6, 10)]  # those of the day before the newest
    server.plan({story.path: answer(page(story), manner="late") for story in slow})
    days = ("backfill", "yesi", "--from", "2026-08-01", "--to", "2026-08-31")
    running = subprocess.Popen(
        [sys.executable, "-m", "cli.main", *days],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 40
    while time.monotonic() < end and not {story.path for story in slow} & set(articles_asked(server)):
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=40)
    assert running.returncode == 130, said
    assert "Traceback" not in said
    stored = {row["url"] for row in zgcwatch("export", cwd=folder).rows()}
    assert 3 <= len(stored) < ROWS
    server.asked()
    server.plan({story.path: answer(page(story)) for story in slow})
    done = zgcwatch(*days, "--json", cwd=folder)
    assert done.code == 0, done.err
    assert done.json()["steps"] == {"done": 1}
    assert not {url.removeprefix(f"http://127.0.0.1:{server.port}") for url in stored} & set(articles_asked(server))
    assert len(zgcwatch("export", cwd=folder).rows()) == ROWS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("yesi", "--from", "2026-08-09", "--to", "2026-08-01"), "before --from"),
        (("yesy", "--from", "2026-08-01", "--to", "2026-08-01"), "Did you mean yesi"),
        (("yesi-search", "--from", "2026-08-01", "--to", "2026-08-01"), "news search"),
        (("yesi",), "--from"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(folder, arguments, words):
    answered = zgcwatch("backfill", *arguments, cwd=folder)
    assert answered.code == 2
    assert words in answered.err


def test_a_past_that_cannot_be_read_is_said(folder, server):
    server.plan({"/sitemap.xml": answer("<html></html>", status=404)})
    answered = zgcwatch("backfill", "yesi", "--from", "2026-08-01", "--to", "2026-08-31", cwd=folder)
    assert answered.code == 1
    assert "404" in answered.err
    assert "Nothing of yesi's past could be read" in answered.err


def test_a_search_by_hand_fetches_what_it_finds_and_shows_the_leads(folder, server):
    base = f"http://127.0.0.1:{server.port}"
    items = [
        {"title": "<b>중관춘</b> 기사", "originallink": f"{base}{Story(1).path}", "link": "", "description": ""},
        {"title": "다른 <b>중관춘</b> 기사", "originallink": "https://elsewhere.example/1", "description": ""},
    ]
    server.plan({"/v1/search/news.json": answer(json.dumps({"items": items}), content_type="application/json")})
    secret = {"ZGCWATCH_CRAWLER__NAVER__CLIENT_SECRET_FILE": str(folder / "secret")}
    crawled = zgcwatch("crawl", "yesi-search", "--json", cwd=folder, **secret)
    assert crawled.code == 0, crawled.err
    search, paper = crawled.rows()
    assert (search["outlet"], search["leads"], search["fetched"]) == ("yesi-search", 1, 0)
    assert (paper["outlet"], paper["stored"]) == ("yesi", 1)
    asked = next(entry for entry in server.asked() if "search" in entry["path"])
    assert asked["headers"]["x-naver-client-secret"] == "sample-secret"
    shown = zgcwatch("leads", cwd=folder)
    assert "다른 중관춘 기사" in shown.out
    assert "1 leads; 0 wait for their outlet's visit, 1 were taken by it." in shown.out
    rows = zgcwatch("leads", "--all", "--json", cwd=folder).rows()
    assert {row["state"] for row in rows} == {"lead", "taken"}
