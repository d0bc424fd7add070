"""What a person sees when something is wrong: one sentence that says what, where and the remedy; never a traceback."""

import json
import re
import socket
import sqlite3

import pytest

from tests.e2e.command import zgcwatch


@pytest.fixture
def archive(tmp_path):
    assert zgcwatch("db", "upgrade", "--database", "sqlite:///archive.db", cwd=tmp_path).code == 0
    return tmp_path


def check(answer, code, *words):
    """One clear message: the exit code, every word in it, no traceback, nothing on stdout."""
    assert answer.code == code, answer.err
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err, answer.err
    assert answer.out == ""


def test_an_unreadable_file(tmp_path):
    check(zgcwatch("extract", "nowhere.html", cwd=tmp_path), 1, "nowhere.html", "No such file", "check the path")
    check(zgcwatch("clean", str(tmp_path), cwd=tmp_path), 1, "Is a directory")


def test_a_page_with_no_article(tmp_path):
    (tmp_path / "empty.html").write_text("<html><body><nav>메뉴</nav></body></html>")
    answer = zgcwatch("extract", "empty.html", "--json", cwd=tmp_path)
    check(answer, 1, "No article text")


def test_one_bad_page_of_a_manifest_is_one_row(tmp_path):
    paragraph = "베이징의 예시 기업이 중관춘에서 새로운 투자를 받았다고 예시 통신이 오늘 오전에 보도했습니다. " * 3
    paragraphs = "".join(f"<p>{i}번째. {paragraph}</p>" for i in range(5))
    page = f"<html><body><article><h1>예시 기사</h1>{paragraphs}</article></body></html>"
    (tmp_path / "good.html").write_text(page, encoding="utf-8")
    rows = [
        {"file": "good.html", "url": "https://example.com/1"},
        {"file": "missing.html", "url": "https://example.com/2"},
    ]
    (tmp_path / "pages.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\nnot json\n", encoding="utf-8")
    answer = zgcwatch("extract", "--manifest", "pages.jsonl", cwd=tmp_path)
    assert answer.code == 0, answer.err
    good, missing, broken = answer.rows()
    assert good["file"] == "good.html"
    assert len(good["body"]) == 5
    assert missing["file"] == "missing.html"
    assert "No such file" in missing["error"]
    assert "line 3" in broken["error"]


def test_an_unknown_outlet_names_the_nearest(archive):
    check(zgcwatch("crawl", "hankyng", cwd=archive), 2, "hankyng", "Did you mean hankyung", "outlets list")
    check(zgcwatch("outlets", "test", "nope", cwd=archive), 2, "nope")


def test_a_bad_key_in_the_settings_names_the_nearest(tmp_path):
    (tmp_path / "zgcwatch.toml").write_text("[crawler]\ncontcat = 'x'\n")
    check(zgcwatch("config", "check", cwd=tmp_path), 78, "zgcwatch.toml", "crawler.contcat", "did you mean `contact`")
    (tmp_path / "zgcwatch.toml").write_text("[crawlr]\n")
    check(zgcwatch("config", "check", cwd=tmp_path), 78, "crawlr", "did you mean `crawler`")
    (tmp_path / "zgcwatch.toml").write_text("storage = 3\n")
    check(zgcwatch("config", "check", cwd=tmp_path), 78, "`storage` is a section")


def test_bad_toml_and_bad_values(tmp_path):
    (tmp_path / "zgcwatch.toml").write_text("[web\n")
    check(zgcwatch("config", "check", cwd=tmp_path), 78, "not valid TOML", "line 1")
    (tmp_path / "zgcwatch.toml").write_text("[web]\nport = 99999\n")
    check(zgcwatch("config", "check", cwd=tmp_path), 78, "web.port", "65535")
    check(zgcwatch("--config", "other.toml", "config", "check", cwd=tmp_path), 78, "other.toml", "--config")


def test_a_mistyped_environment_variable_is_not_ignored(tmp_path):
    check(zgcwatch("config", "check", cwd=tmp_path, ZGCWATCH_WBE__PORT="1"), 78, "ZGCWATCH_WBE__PORT", "ZGCWATCH_WEB__")
    check(zgcwatch("config", "check", cwd=tmp_path, ZGCWATCH_WEB__PROT="1"), 78, "did you mean `port`")


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path):
    (tmp_path / "secret").write_text("s3cr3t-value\n")
    answer = zgcwatch(
        "config", "check", "--json", cwd=tmp_path,
        ZGCWATCH_DIGEST__SMTP__PASSWORD_FILE=str(tmp_path / "secret"), ZGCWATCH_DIGEST__SMTP__USERNAME="someone",
        ZGCWATCH_STORAGE__DATABASE="postgresql://user:hidden-too@db/zgc",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.json()["digest"]["smtp"]["password"] == "********"
    assert "s3cr3t" not in answer.out + answer.err
    assert "hidden-too" not in answer.out + answer.err
    check(
        zgcwatch("config", "check", cwd=tmp_path, ZGCWATCH_STORAGE__DATABASE_FILE="/nowhere"), 78,
        "ZGCWATCH_STORAGE__DATABASE_FILE", "/nowhere",
    )  # fmt: skip


def test_an_archive_that_is_missing_empty_or_newer(tmp_path):
    check(
        zgcwatch("search", "중관춘", "--database", "sqlite:///no/such/folder/a.db", cwd=tmp_path), 78, "no/such/folder"
    )
    check(zgcwatch("search", "중관춘", "--database", "sqlite:///empty.db", cwd=tmp_path), 78, "zgcwatch db upgrade")
    zgcwatch("db", "upgrade", "--database", "sqlite:///newer.db", cwd=tmp_path)
    with sqlite3.connect(tmp_path / "newer.db") as newer:
        newer.execute("update alembic_version set version_num = '9999'")
    newer.close()
    check(zgcwatch("search", "중관춘", "--database", "sqlite:///newer.db", cwd=tmp_path), 78, "9999", "newer")
    check(zgcwatch("db", "upgrade", "--database", "sqlite:///newer.db", cwd=tmp_path), 78, "newer")


def test_a_database_that_cannot_be_reached_keeps_its_password(tmp_path):
    answer = zgcwatch("search", "중관춘", "--database", "postgresql://u:pass-word@127.0.0.1:1/x", cwd=tmp_path)
    check(answer, 1, "127.0.0.1", "start the server")
    assert "pass-word" not in answer.err
    check(
        zgcwatch("search", "중관춘", "--database", "oracle://x", cwd=tmp_path),
        78,
        "sqlite:///",
        "postgresql://",
    )


def test_a_port_in_use(archive):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = zgcwatch(
            "run", "--database", "sqlite:///archive.db", cwd=archive, ZGCWATCH_WEB__PORT=str(port),
            ZGCWATCH_CRAWLER__CONTACT="https://example.com/bot",
        )  # fmt: skip
        check(answer, 78, f"127.0.0.1:{port}", "in use", "web.port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.12", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check(zgcwatch("demo", "--port", str(port), "--out", "out", cwd=archive), 1, str(port), "--port")


def test_a_bad_outlet_file_names_file_key_and_remedy(tmp_path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "sample.toml").write_text(
        'id = "sample"\nname = "샘플"\nhome = "https://example.com"\nhosts = ["example.com"]\nlicense = "full"\n'
        '[[sources]]\nkind = "feed"\nurl = "https://example.com/rss"\n'
    )
    (tmp_path / "zgcwatch.toml").write_text('[crawler]\noutlets = ["outlets"]\n')
    check(zgcwatch("outlets", "list", cwd=tmp_path), 78, "sample.toml", "`license`", "did you mean `licence`")


def test_usage_errors_and_help(tmp_path):
    assert zgcwatch("extract", cwd=tmp_path).code == 2
    assert zgcwatch("no-such-verb", cwd=tmp_path).code == 2
    for verb in ("demo", "run", "crawl", "extract", "clean", "search", "changes", "export", "config check",
                 "config example", "db upgrade", "db check", "digest preview", "digest send", "outlets list",
                 "outlets test"):  # fmt: skip
        answer = zgcwatch(*verb.split(), "--help", cwd=tmp_path)
        assert answer.code == 0
        assert re.search(r"Examples?:", answer.out), verb
        assert "zgcwatch" in answer.out


def test_verbose_shows_the_traceback(tmp_path):
    answer = zgcwatch("-v", "extract", "nowhere.html", cwd=tmp_path)
    assert answer.code == 1
    assert "Traceback" in answer.err
