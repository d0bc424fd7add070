import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.catalogue import Outlet
from crawler.urls import (
    article_address,
    article_number,
    canonical_url,
    is_article,
    is_front_page,
    is_own,
    stated_address,
)


def outlet(**urls):
    return Outlet.model_validate(
        {
            "id": "yesi",
            "name": "예시",
            "home": "https://www.yesi.example/",
            "hosts": ["www.yesi.example", "127.0.0.2:8080"],
            "sources": [{"kind": "feed", "url": "https://www.yesi.example/rss"}],
            "urls": {"host_aliases": {"m.yesi.example": "www.yesi.example", "127.0.0.3:81": "127.0.0.2:8080"}, **urls},
        }
    )


PLAIN = outlet()
NUMBERED = outlet(article=[r"/view/\d+$", r"articleView\.html\?idxno=\d+"], number=r"(?:view/|idxno=)(\d+)")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTPS://WWW.Yesi.Example:443/a/1#top", "https://www.yesi.example/a/1"),
        ("http://www.yesi.example:80", "https://www.yesi.example/"),
        ("http://www.yesi.example:8080/a", "http://www.yesi.example:8080/a"),
        ("https://m.yesi.example/a/1?utm_source=x&fbclid=y&id=3", "https://www.yesi.example/a/1?id=3"),
        ("https://www.yesi.example/v?pk_no=14&pk_campaign=x", "https://www.yesi.example/v?pk_no=14"),
        ("https://www.yesi.example/a?b=2&a=1&GCLID=z&a=0", "https://www.yesi.example/a?a=1&a=0&b=2"),
        ("https://www.yesi.example/a?q=%BF%A9", "https://www.yesi.example/a?q=%BF%A9"),
        ("https://www.yesi.example/기사/1", "https://www.yesi.example/%EA%B8%B0%EC%82%AC/1"),
        ("http://127.0.0.3:81/a", "http://127.0.0.2:8080/a"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("https://www.yesi.example./a?&x", "https://www.yesi.example/a?x"),
    ],
)
def test_one_spelling(given, kept):
    assert canonical_url(given, PLAIN) == kept


def test_kept_parameters_are_all_that_stays():
    kept = outlet(keep_params=["idxno"])
    assert canonical_url("https://www.yesi.example/v?page=2&idxno=7&utm_medium=a", kept) == (
        "https://www.yesi.example/v?idxno=7"
    )
    assert canonical_url("https://www.yesi.example/v?page=2", outlet(keep_params=[])) == "https://www.yesi.example/v"


@pytest.mark.parametrize("bad", ["ftp://www.yesi.example/a", "javascript:void(0)", "/a", "http://"])
def test_other_addresses_are_refused(bad):
    with pytest.raises(ValueError, match="http"):
        canonical_url(bad, PLAIN)


@given(
    st.text(alphabet="abcé기 %/?&=#.:", max_size=30),
    st.lists(st.tuples(st.sampled_from(["a", "utm_x", "기사", "b"]), st.text(max_size=5)), max_size=4),
)
def test_spelling_is_stable(path, pairs):
    url = f"https://www.yesi.example/{path}?" + "&".join(f"{name}={value}" for name, value in pairs)
    once = canonical_url(url, PLAIN)
    assert canonical_url(once, PLAIN) == once


@pytest.mark.parametrize(
    ("url", "is_front"),
    [
        ("https://www.yesi.example", True),
        ("https://www.yesi.example/", True),
        ("https://www.yesi.example/index.html", True),
        ("https://www.yesi.example/?idxno=4", False),
        ("https://www.yesi.example/view/4", False),
        ("https://www.yesi.example/main/4", False),
    ],
)
def test_front_pages(url, is_front):
    assert is_front_page(url, PLAIN) is is_front


def test_own_hosts_with_and_without_ports():
    assert is_own("http://127.0.0.2:8080/a", PLAIN)
    assert not is_own("http://127.0.0.2:8081/a", PLAIN)
    assert is_own("https://m.yesi.example/a", PLAIN)
    assert not is_own("https://evil-www.yesi.example/a", PLAIN)
    assert not is_own("https://www.yesi.example@evil.example/a", PLAIN)
    assert not is_own("http://[bad/a", PLAIN)


def test_articles_are_told_by_the_outlets_patterns():
    assert is_article("https://www.yesi.example/view/12", NUMBERED)
    assert not is_article("https://www.yesi.example/section/12", NUMBERED)
    assert not is_article("https://other.example/view/12", NUMBERED)
    assert article_number("https://www.yesi.example/news/articleView.html?idxno=34", NUMBERED) == "34"
    assert article_number("https://www.yesi.example/about", NUMBERED) is None
    assert article_address("../view/5?utm_campaign=q", "https://m.yesi.example/list/", NUMBERED) == (
        "https://www.yesi.example/view/5"
    )
    assert article_address("mailto:a@b.example", "https://www.yesi.example/", NUMBERED) is None


@pytest.mark.parametrize(
    ("stated", "believed"),
    [
        ("https://www.yesi.example/view/9", "https://www.yesi.example/view/9"),
        ("/view/9?utm_source=a", "https://www.yesi.example/view/9"),
        ("https://www.yesi.example/", None),
        ("https://other.example/view/9", None),
        ("https://www.yesi.example/view/10", None),
        ("", None),
        (None, None),
    ],
)
def test_a_pages_claim_is_believed_only_where_it_can_be(stated, believed):
    own = "https://www.yesi.example/news/articleView.html?idxno=9"
    assert stated_address(stated, own, NUMBERED) == (believed or own)
