"""The main job over real pages of Korean outlets: fetched once, stored, found, mailed. Judges our samples."""

import json
import os
import subprocess
import sys
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from cli.demo.sink import Sink
from crawler.catalogue import load_catalogue
from tests.e2e.command import zgcwatch
from tests.e2e.corpus_site import address, outlets_of, path_of

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("ZGC_CORPUS") or ROOT.parent / "shared" / "corpus")

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (CORPUS / "pages.jsonl").is_file(), reason=f"no folder of real pages at {CORPUS} (ZGC_CORPUS)"
    ),
]


@pytest.fixture(scope="module")
def corpus_port():
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.corpus_site", str(CORPUS)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        yield json.loads(server.stdout.readline())["port"]
        server.stdin.close()
        server.wait(10)


def write_outlets(folder, port):
    """One outlet file each, with the profile that the catalogue has for the page's home address."""
    catalogue = load_catalogue()
    for number, (name, rows) in enumerate(outlets_of(CORPUS).items()):
        base = f"http://{address(number)}:{port}"
        home = catalogue.for_url(rows[0]["url"])
        profiles = [profile.model_dump(mode="json", exclude_defaults=True) for profile in home.profiles] if home else []
        outlet = {
            "id": f"real-{number}",
            "name": name,
            "home": base,
            "hosts": [f"{address(number)}:{port}"],
            "fetch": "all",
            "licence": "excerpt",
            "sources": [{"kind": "feed", "url": f"{base}/rss"}],
            "profiles": profiles,
        }
        lines = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in outlet.items()
            if key not in {"sources", "profiles"}
        ]
        for table in ("sources", "profiles"):
            for row in outlet[table]:
                lines += [f"[[{table}]]", *(f"{key} = {toml(key, value)}" for key, value in row.items())]
        (folder / f"real-{number}.toml").write_text("\n".join(lines), encoding="utf-8")


def toml(key, value):
    return value if key == "valid_until" else json.dumps(value, ensure_ascii=False)


def test_real_pages_are_fetched_once_stored_found_and_mailed(tmp_path, corpus_port):
    (tmp_path / "outlets").mkdir()
    write_outlets(tmp_path / "outlets", corpus_port)
    rows = [row for group in outlets_of(CORPUS).values() for row in group]
    with Sink() as sink:
        (tmp_path / "zgcwatch.toml").write_text(
            f"""
            [storage]
            database = "sqlite:///archive.db"
            [crawler]
            contact = "https://example.com/bot"
            packaged_outlets = false
            outlets = ["outlets"]
            keep = "all"
            delay = 0
            allow_private_addresses = true
            [digest]
            recipients = ["analyst@example.com"]
            [digest.smtp]
            host = "127.0.0.1"
            port = {sink.port}
            security = "none"
            """,
            encoding="utf-8",
        )
        assert zgcwatch("db", "upgrade", cwd=tmp_path).code == 0

        first = zgcwatch("crawl", "--json", cwd=tmp_path)
        assert first.code == 0, first.err
        assert sum(row["stored"] for row in first.rows()) == len(rows), first.err
        assert [error for row in first.rows() for error in row["errors"]] == []

        again = zgcwatch(
            "crawl", *(f"real-{number}" for number in range(len(outlets_of(CORPUS)))), "--json", cwd=tmp_path
        )
        assert sum(row["stored"] + row["corrected"] for row in again.rows()) == 0
        log = json.load(urllib.request.urlopen(f"http://{address(0)}:{corpus_port}/_log"))
        for number, group in enumerate(outlets_of(CORPUS).values()):
            for row in group:
                assert log.count([address(number), path_of(row)]) == 1, row["file"]

        for row in rows:
            words = row["title"].split()[:2]
            hits = zgcwatch("search", " ".join(words), "--json", "--limit", "50", cwd=tmp_path).json()
            assert any(normal(row["title"])[:12] in normal(hit["title"]) for hit in hits["items"]), row["title"]

        sent = zgcwatch("digest", "send", "--json", cwd=tmp_path)
        assert sent.code == 0, sent.err
        assert sent.json()["sent"] == 1
    [letter] = sink.messages
    message = message_from_bytes(letter.content, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "중관춘 데일리" in message["Subject"]
    assert normal(rows[0]["title"])[:10] in normal(text) or "외" in message["Subject"]


def normal(text):
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())
