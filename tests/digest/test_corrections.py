import pytest

from digest.content import particle
from digest.corrections import compare

TEXT = ("제목", ("첫 문장이다. 둘째 문장이다.", "셋째 문장이다."))


@pytest.mark.parametrize(
    ("after", "title", "body"),
    [
        (TEXT, False, False),
        (("제 목!", TEXT[1]), False, False),
        (("다른 제목", TEXT[1]), True, False),
        (("제목", ("첫 문장이다.", "둘째 문장이다. 셋째 문장이다.")), False, False),
        (("제목", ("첫 문장이다. 둘째 문장이 아니다.", "셋째 문장이다.")), False, True),
        (("제목", (*TEXT[1], "넷째 문장이다.")), False, True),
        (("제목", TEXT[1][:1]), False, True),
    ],
)
def test_what_is_material(after, title, body):
    difference = compare(TEXT, after)
    assert (difference.title, difference.body) == (title, body)
    assert difference.material is (title or body)


def test_the_changed_sentence_is_shown_before_and_after():
    before = ("제목", ("매출은 1,200억 원이다. 직원은 50명이다.",))
    after = ("제목", ("매출은 2,100억 원이다. 직원은 50명이다.",))
    assert compare(before, after).sentences == ("매출은 1,200억 원이다.", "매출은 2,100억 원이다.")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("보안뉴스", "는"), ("전자신문", "은"), ("전자신문 (예시)", "은"), ("ZDNet", "는"), ("", "는"), ("(예시)", "는")],
)
def test_particle(name, expected):
    assert particle(name) == expected
