import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.query import parse
from storage.search.rank import score

FILLER = " 다른 이야기가 이어진다." * 20


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("로봇", ("로봇 소식", "글이다."), ("소식", "로봇 글이다.")),
        ("로봇", ("", "로봇은 크다."), ("", "산업로봇학회가 모였다.")),
        ("로봇", ("", "로봇 로봇 로봇"), ("", "로봇")),
        ("로봇", ("", "로봇 글."), ("", "로봇 글." + FILLER)),
        ("로봇 상장", ("", "로봇 상장"), ("", "로봇 로봇 로봇 상황")),
        ("안면인식", ("", "안면 인식 기술"), ("", "안면도 인식 개선")),
        ("오포", ("", "오포가 왔다."), ("", "라디오포장")),
    ],
)
def test_what_answers_better(query, better, worse):
    assert score(parse(query), *better) > score(parse(query), *worse)


def test_a_text_without_the_word_scores_nothing():
    assert score(parse("로봇"), "소식", "다른 글") == 0


@given(st.text(max_size=30), st.text(max_size=60), st.text(max_size=200))
def test_no_text_is_too_odd(query, title, body):
    assert 0 <= score(parse(query), title, body) <= 64
