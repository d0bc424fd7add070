import pytest

from crawler.extract import extract
from crawler.extract.article import Article, Byline
from crawler.extract.paging import join_pages, page_number

from .samples import STORY, page, paragraphs

HOME = "https://daily.example"


@pytest.mark.parametrize(
    ("here", "there", "number"),
    [
        ("/news/articleView.html?idxno=123", "/news/articleView.html?idxno=123&page=2", 2),
        ("/news/articleView.html?idxno=123", "/news/articleView.html?idxno=124&page=2", None),
        ("/a/12345", "/a/12345/2", 2),
        ("/a/12345/2", "/a/12345/3", 3),
        ("/a/12345", "/a/12345/page/2", 2),
        ("/a/12345.html", "/a/12345_2.html", 2),
        ("/a/12345_2.html", "/a/12345_3.html", 3),
        ("/a/12345?page=2", "/a/12345?page=3", 3),
        ("/news/some-long-title", "/news/some-long-title/2", 2),
        ("/news/2", "/news/3", None),
        ("/a/12345", "https://other.example/a/12345/2", None),
        ("/a/12345", "javascript:next()", None),
    ],
)
def test_a_page_of_the_same_article_is_told_by_its_address(here, there, number):
    there = there if ":" in there else f"{HOME}{there}"
    assert page_number(there, f"{HOME}{here}") == number


def links(body):
    article = extract(page(f"<div id='articleBody'>{paragraphs()}</div>{body}"), url=f"{HOME}/a/12345")
    return article.next_page, article.view_all


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<a href='?page=2'>다음 페이지</a>", (f"{HOME}/a/12345?page=2", None)),
        ("<div class='paging'><b>1</b><a href='/a/12345?page=2'>2</a></div>", (f"{HOME}/a/12345?page=2", None)),
        ("<a rel='next' href='/a/12345/2'>→</a>", (f"{HOME}/a/12345/2", None)),
        ("<a href='/a/12345?view=all'>전체보기</a>", (None, f"{HOME}/a/12345?view=all")),
        ("<a href='/a/12345/all'>한 페이지로 보기</a>", (None, f"{HOME}/a/12345/all")),
        ("<a rel='next' href='/a/12346'>다음 기사</a>", (None, None)),
        ("<a href='/list?view=all'>전체보기</a>", (None, None)),
        ("<a href='?page=3'>다음 페이지</a>", (None, None)),
        ("<a href='https://share.example/?u=/a/12345?page=2'>다음</a>", (None, None)),
    ],
)
def test_next_page_and_the_whole_article_are_found(body, expected):
    assert links(body) == expected


def test_pages_become_one_article():
    first = Article(
        f"{HOME}/1", None, "견본로봇, 문을 연다", STORY[:3], authors=(Byline("이샘플"),), extractor="generic"
    )
    second = Article(
        f"{HOME}/1?page=2", None, "견본로봇, 문을 연다", (STORY[0], *STORY[3:]), authors=(Byline("김견본"),)
    )
    joined = join_pages([first, second])
    assert joined.body == STORY
    assert [one.name for one in joined.authors] == ["이샘플", "김견본"]
    assert joined.extractor == "generic+pages/2"
    assert join_pages([first]).body == first.body
