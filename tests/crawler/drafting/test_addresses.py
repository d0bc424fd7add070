import re

import pytest

from crawler.drafting.addresses import guess_rules, same_site

HOME = "https://www.yesi.example/"


def guess(*paths, home=HOME):
    return guess_rules([f"https://www.yesi.example{path}" for path in paths], home)


@pytest.mark.parametrize(
    ("paths", "number", "keep", "others"),
    [
        (
            ["/news/articleView.html?idxno=141234", "/news/articleView.html?idxno=141235"],
            "141234",
            ("idxno",),
            ["/news/articleList.html?sc_section_code=S1N4"],
        ),
        (["/article/202607304486", "/article/202607304487"], "202607304486", (), ["/article/about"]),
        (["/economy/view/1993173", "/it/view/1993174"], "1993173", (), ["/economy/view/list"]),
        (["/view.php?no=20190122&c=1", "/view.php?no=20190123&c=1"], "20190122", ("no",), ["/view.php?c=1"]),
        (["/2026/08/11/27819.html", "/2026/08/12/27820.html"], "27819.html", (), ["/2026/08/11/list.html"]),
    ],
)
def test_what_articles_have_in_common(paths, number, keep, others):
    rules = guess(*paths, "/economy", "/login")
    for path in paths:
        assert re.search(rules.article, f"https://www.yesi.example{path}")
        assert re.search(rules.article, f"http://m.yesi.example{path}")
    for path in [*others, "/economy", "/"]:
        assert not re.search(rules.article, f"https://www.yesi.example{path}")
    assert re.search(rules.number, f"https://www.yesi.example{paths[0]}")[1] == number
    assert rules.keep_params == keep


def test_names_in_place_of_numbers_have_no_number():
    rules = guess("/2026/a-long-name-of-an-article", "/2026/another-long-name-of-one")
    assert rules.number is None
    assert re.search(rules.article, "https://www.yesi.example/2026/third-name-that-is-long")


def test_the_system_is_told_and_the_hosts_are_those_seen():
    url = "https://www.yesi.example/news/articleView.html?idxno=141234"
    rules = guess_rules([url, "https://other.example/a/12345"], HOME)
    assert rules.is_nd_soft
    assert rules.hosts == ("www.yesi.example",)
    assert rules.host_aliases == {"yesi.example": "www.yesi.example"}
    assert rules.examples == (url,)


@pytest.mark.parametrize("paths", [(), ("/", "/economy"), ("/a?utm_source=12345",)])
def test_nothing_that_looks_like_an_article_gives_no_rules(paths):
    assert guess(*paths) is None


def test_a_site_is_its_host_but_for_www_and_m():
    assert same_site("https://m.yesi.example/a", HOME)
    assert same_site("http://yesi.example/a", HOME)
    assert not same_site("https://yesi.other/a", HOME)
    assert not same_site("mailto:x", HOME)
