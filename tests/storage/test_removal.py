"""An article taken out on request: no trace of its words, and it does not come back."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage.archive import get_article, known_urls, latest_page, revisions_of, store_article
from storage.changes import changes_after
from storage.database import sqlite_path
from storage.integrity import broken_promises
from storage.records import Outcome
from storage.removal import NotInArchive, look, remove
from storage.search import search
from tests.storage.drafts import DAY, HOUR, NOW, draft, page

SECRET = "zqxjkvwordle"  # one lexeme, found nowhere else
TITLE = f"유니콘 {SECRET} 소식"


@pytest.fixture
def filled(database):
    first = draft(
        "a/1",
        title=TITLE,
        body=(f"지워질 문단 {SECRET} 이다.", "둘째 문단이다."),
        alias_urls=("https://a.example/m/1",),
    )
    with database.writer() as session:
        store_article(session, replace(first, page=page(first.canonical_url, SECRET.encode() * 3)), now=NOW)
        store_article(session, replace(first, title=f"고친 {TITLE}"), now=NOW + HOUR)
        store_article(session, draft("b/1"), now=NOW)
    return database


def test_looking_changes_nothing(filled):
    with filled.reader() as session:
        report = look(session, "https://a.example/m/1")
        assert (report.versions, report.pages, report.issues, report.was_gone) == (2, 2, 0, False)
        assert get_article(session, report.article_id).state == "live"
        with pytest.raises(NotInArchive):
            look(session, "https://a.example/never")


def test_nothing_is_left_but_id_and_addresses(filled):
    with filled.reader() as session:
        assert search(session, SECRET).total == 1
    report = remove(filled, "https://a.example/m/1", now=NOW + DAY, reason="판결")
    with filled.reader() as session:
        article = get_article(session, report.article_id)
        assert (article.state, article.title, article.body) == ("gone", "", ())
        assert all(revision.title == "" and revision.body == [] for revision in revisions_of(session, article.id))
        assert latest_page(session, article.canonical_url) is None
        assert search(session, SECRET).total == 0
        assert str(changes_after(session, 0)[-1].op) == "gone"
    assert broken_promises(filled) == []
    file = sqlite_path(filled.url)
    if file is not None:
        left = [path for path in Path(file.parent).glob(f"{file.name}*") if SECRET.encode() in path.read_bytes()]
        assert left == []


def test_it_does_not_come_back(filled):
    report = remove(filled, "https://a.example/news/1", now=NOW + DAY, reason="판결")
    with filled.writer() as session:
        known = known_urls(session, ["https://a.example/news/1", "https://a.example/m/1"])
        assert [one.recheck_at for one in known.values()] == [None, None]
        again = draft(
            "a/1", title=TITLE, canonical_url="https://a.example/other/1", page=page("https://a.example/other/1")
        )
        for url in ("https://a.example/news/1", "https://a.example/other/1"):
            stored = store_article(session, replace(again, canonical_url=url, page=page(url)), now=NOW + 2 * DAY)
            assert (stored.article_id, stored.outcome) == (report.article_id, Outcome.UNCHANGED)
        assert get_article(session, report.article_id).state == "gone"
    assert remove(filled, "https://a.example/news/1", now=NOW + DAY, reason="again").was_gone
