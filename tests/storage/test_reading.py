from datetime import timedelta

import pytest

from storage.archive import get_article, list_articles, store_article
from storage.errors import CursorError
from storage.export import iter_articles
from storage.position import Place
from tests.storage.drafts import HOUR, NOW, draft


@pytest.fixture
def thirty(database):
    """Thirty articles of two outlets, three at a time seen in the same second."""
    with database.writer() as session:
        for number in range(30):
            seen = NOW + timedelta(seconds=number // 3)
            name = f"{'ab'[number % 2]}/{number}"
            store_article(session, draft(name, body=(f"글 {number}번이다.",)), now=seen)
    return database


def all_pages(session, limit, **filters):
    found, cursor = [], None
    while True:
        articles, cursor = list_articles(session, limit=limit, after=cursor, **filters)
        found.append([article.id for article in articles])
        if cursor is None:
            return found


def flat(pages):
    return [article_id for page in pages for article_id in page]


@pytest.mark.parametrize("limit", [1, 4, 10, 30, 31])
def test_pages_join_without_gap_or_repeat(thirty, limit):
    with thirty.reader() as session:
        pages = all_pages(session, limit)
    assert flat(pages) == list(range(30, 0, -1))
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_an_article_that_arrives_meanwhile_moves_no_page(thirty):
    with thirty.reader() as session:
        _, cursor = list_articles(session, limit=10)
    with thirty.writer() as session:
        store_article(session, draft("a/99", body=("새 글이다.",)), now=NOW + HOUR)
    with thirty.reader() as session:
        articles, _ = list_articles(session, limit=10, after=cursor)
    assert [article.id for article in articles] == list(range(20, 10, -1))


def test_filters(thirty):
    with thirty.reader() as session:
        assert flat(all_pages(session, 7, outlet="a")) == list(range(29, 0, -2))
        since = NOW + timedelta(seconds=9)
        assert flat(all_pages(session, 2, since=since)) == [30, 29, 28]
        assert flat(all_pages(session, 7, outlet="a", since=since)) == [29]
        assert all_pages(session, 7, outlet="none") == [[]]


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "WyJzZWFyY2gtYWdlIiwxLDFd", "한글", "A" * 5000])
def test_a_cursor_of_something_else_is_one_clear_error(sqlite_database, cursor):
    with sqlite_database.reader() as session, pytest.raises(CursorError, match="`next` of the page before"):
        list_articles(session, limit=5, after=cursor)


def test_an_article_that_never_was(database):
    with database.reader() as session:
        assert get_article(session, 1) is None


def test_everything_comes_out_once_and_in_order(thirty, monkeypatch):
    monkeypatch.setattr("storage.export.stream._BATCH", 7)
    assert [article.id for article in iter_articles(thirty)] == list(range(1, 31))


def test_the_export_can_go_on_after_a_change(thirty):
    with thirty.writer() as session:
        store_article(session, draft("a/0", body=("고친 글이다.",)), now=NOW + HOUR)
    found = list(iter_articles(thirty, since=Place(28)))
    assert [article.id for article in found] == [1, 29, 30]
    assert found[0].body == ("고친 글이다.",)
    assert list(iter_articles(thirty, since=Place(31))) == []
