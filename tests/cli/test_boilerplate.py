"""`outlets boilerplate` and `reextract` as a person runs them, on an archive of their own."""

import pytest

from storage.archive import get_article, store_article
from storage.database import Database
from tests.e2e.command import zgcwatch
from tests.storage.drafts import NOW, draft, page

LINE = "견본 독자 여러분의 이야기를 싣습니다"
SUBJECTS = ("반도체", "로봇", "배터리", "조선", "항공")
TEXT = (
    "중국 베이징 중관춘의 견본 {subject} 회사가 공장을 {n}곳 지었다고 24일 밝혔다.",
    "회사는 직원 {n}00명을 새로 뽑고 내년 상반기에 시제품을 내놓을 계획이라고 설명했다.",
    "업계에서는 올해 중관춘에 새로 선 회사가 {n}00곳이라는 평가가 나온다고 전했다.",
)


def html(paragraphs, title):
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    head = f"<title>{title}</title><meta property='og:title' content='{title}'>"
    return f"<html lang='ko'><head>{head}</head><body><div id='articleBody'>{body}</div></body></html>".encode()


@pytest.fixture
def archive(sqlite_url, tmp_path):
    """Articles of one packaged outlet that all end with one line; the settings file names the archive."""
    with Database.open(sqlite_url) as database, database.writer() as session:
        for number in range(10):
            subject = SUBJECTS[number % len(SUBJECTS)]
            body = (*(text.format(subject=subject, n=number + 2) for text in TEXT), LINE)
            url, title = f"https://www.ajunews.com/view/2026112400000{number}", f"중관춘 {subject} 회사 {number}호 공장"
            raw = page(url, html(body, title), content_type="text/html")
            extracted = {"removed": (), "authors": (), "language": "ko", "extractor": "profile:ajunews/2025+blocks/1"}
            store_article(
                session,
                draft(f"ajunews/{number}", canonical_url=url, title=title, body=body, page=raw, **extracted),
                now=NOW,
            )
    (tmp_path / "zgcwatch.toml").write_text(f'[storage]\ndatabase = "{sqlite_url}"\n', encoding="utf-8")
    return sqlite_url


def bodies(url):
    with Database.open(url) as database, database.reader() as session:
        return [get_article(session, number).body for number in range(1, 11)]


def test_a_line_is_learned_approved_and_removed(archive, tmp_path):
    def run(*arguments):
        answer = zgcwatch(*arguments, cwd=tmp_path)
        assert answer.code == 0, answer.err
        return answer

    assert run("outlets", "boilerplate", "learn", "--outlet", "ajunews", "--json").json() == {"new": 1}
    [line] = run("outlets", "boilerplate", "list", "--outlet", "ajunews", "--json").rows()
    assert (line["line"], line["state"], line["articles"], line["looked_at"]) == (LINE, "suggested", 10, 10)
    assert len(line["sample_urls"]) == 5

    assert "reextract --outlet ajunews" in run("outlets", "boilerplate", "approve", line["id"]).out
    dry = run("reextract", "--outlet", "ajunews", "--dry-run")
    assert f"-{LINE}" in dry.out
    assert f"+removed (boilerplate): {LINE}" in dry.out
    assert all(body[-1] == LINE for body in bodies(archive))
    report = run("reextract", "--outlet", "ajunews", "--json").json()
    assert report["outlets"]["ajunews"] == {**report["total"]}
    assert (report["total"]["pages"], report["total"]["changed"]) == (10, 10)
    assert not any(LINE in body for body in bodies(archive))


def test_a_wrong_number_is_said(archive, tmp_path):
    answer = zgcwatch("outlets", "boilerplate", "approve", 77, cwd=tmp_path)
    assert (answer.code, "77" in answer.err) == (1, True)
