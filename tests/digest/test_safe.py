import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.safe import LONGEST_TITLE, UNTITLED, excerpt, one_line, safe_title, safe_url, shorten


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("제목\r\nBcc: a@example.com", "제목 Bcc: a@example.com"),
        ("가\x00나", "가나"),
        ("\u202e거꾸로\u202c 제목\u200f", "거꾸로 제목"),
        ("가\ud800나", "가나"),
        ("  공백\u00a0\u3000많음 \t", "공백 많음"),
        ("ᄀ\u1161", "가"),
        ("\u200b\ufeff", ""),
    ],
)
def test_one_line_is_printable(hostile, safe):
    assert one_line(hostile) == safe


@given(st.text())
def test_one_line_of_anything_is_one_printable_line(text):
    line = one_line(text)
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert line == line.strip()
    line.encode()


@given(st.text())
def test_a_title_is_never_empty_and_never_long(text):
    assert 0 < len(safe_title(text)) <= LONGEST_TITLE


def test_an_unprintable_title_is_named_so():
    assert safe_title("\x00\u200b") == UNTITLED


def test_a_cut_is_marked_and_falls_between_words():
    assert shorten("하나 둘 셋 넷", 6) == "하나 둘…"
    assert shorten("가" * 20, 10) == "가" * 9 + "…"
    assert shorten("짧다", 10) == "짧다"


def test_an_excerpt_keeps_whole_sentences_where_they_fit():
    sentence = "가나다라마바사아자차카타파하 가나다라마바사아자차카타파하 가나다라마바사."
    assert excerpt((f"{sentence} {sentence} {sentence}",)) == f"{sentence} {sentence}"
    assert excerpt(("첫째 문단.", "둘째 문단.", "셋째 문단.")) == "첫째 문단. 둘째 문단."
    long = excerpt(("가" * 300,))
    assert long.endswith("…")
    assert len(long) <= 110
    assert excerpt(()) == ""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " data:text/html,x",
        "//example.com",
        "ftp://example.com",
        "http://",
        "https://a:b@example.com/",
        "http://[",
        "https://example.com/" + "a" * 2000,
        "https://example.com/\ud800",
    ],
)
def test_what_is_no_web_address_is_no_link(url):
    assert safe_url(url) is None


def test_odd_characters_of_an_address_are_escaped():
    assert (
        safe_url("https://example.com/a b?q=\"><script>&r='1'\r\n")
        == "https://example.com/a%20b?q=%22%3E%3Cscript%3E&r=%271%27"
    )
    assert safe_url("https://example.com/%EA%B0%80?x=가#y") == "https://example.com/%EA%B0%80?x=%EA%B0%80#y"
