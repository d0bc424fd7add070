import pytest

from crawler.extract.article import Byline
from crawler.extract.bylines import bylines_in, dateline_bylines, is_byline, merge_bylines, split_tail

BYLINES = {
    "김견본 견본닷컴 기자 kim.gyeon@sample.example": [("김견본", "kim.gyeon@sample.example")],
    "[이샘플 기자 sample@sample.example]": [("이샘플", "sample@sample.example")],
    "[견본방송 = 박예시 기자 (yesi30@sample.example)]": [("박예시", "yesi30@sample.example")],
    "김견본 기자, 이샘플 기자, 박예시 기자": [("김견본", None), ("이샘플", None), ("박예시", None)],
    "김견본·이샘플 기자": [("김견본", None), ("이샘플", None)],
    "이샘플 기자": [("이샘플", None)],
    "순천, 광양 이샘플 기자 s@sample.example": [("이샘플", "s@sample.example")],
    "베이징=이샘플 특파원": [("이샘플", None)],
    "글·사진 이샘플 기자": [("이샘플", None)],
    "정예시 칼럼니스트 jeong1@sample.example": [("정예시", "jeong1@sample.example")],
    "이샘플(sample@sample.example)": [("이샘플", "sample@sample.example")],
    "류영상 기자": [("류영상", None)],  # 영상 is a rank as well
    "이샘플 기자 | 2026-03-03 16:52:59": [("이샘플", None)],
    "/sample.writer@sample.example": [],
    "◎공감언론 견본통신 sample.writer@sample.example": [],
}


@pytest.mark.parametrize("line", BYLINES)
def test_lines_that_only_name_their_writers(line):
    assert is_byline(line)
    assert [(one.name, one.email) for one in bylines_in(line)] == BYLINES[line]


@pytest.mark.parametrize(
    "line",
    [
        "기자: 언제 문을 엽니까?",
        "기자는 현장에 있었다.",
        "이날 기자회견에서 이샘플 기자는 질문을 이어 갔다.",
        "2019년 취업자 수 증가폭",
        "문의는 open@sample.example 로 하면 된다고 회사는 설명했다.",
        "",
    ],
)
def test_lines_that_say_something_else(line):
    assert not is_byline(line)


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        ("[서울=견본통신]이샘플 기자 = 견본로봇이 문을 열었다.", ["이샘플"]),
        ("(베이징=견본뉴스) 이샘플 특파원 = 견본로봇이", ["이샘플"]),
        ("【서울=견본통신】이샘플 기자 = 3일", ["이샘플"]),
        ("[견본스포츠=이샘플 기자] 견본로봇이", ["이샘플"]),
        ("[견본경제신문 이샘플] 후반기", ["이샘플"]),
        ("[견본뉴스 김견본, 이샘플 수습기자 / 디자인 박예시] 취직", ["김견본", "이샘플"]),
        ("[단독] 견본로봇이", []),
        ("견본로봇이 문을 열었다.", []),
    ],
)
def test_datelines(opening, names):
    assert [one.name for one in dateline_bylines(opening)] == names


def test_an_address_glued_to_the_last_sentence_is_parted_from_it():
    assert split_tail("회사는 채용을 늘리기로 했다.부산=이샘플 기자 lee.sample@sample.example") == (
        "회사는 채용을 늘리기로 했다.",
        "부산=이샘플 기자 lee.sample@sample.example",
    )
    assert split_tail("지켜봐야 할 대목이 많다. /sample@sample.example") == (
        "지켜봐야 할 대목이 많다.",
        "/sample@sample.example",
    )
    assert split_tail("문의는 open@sample.example 로 하면 된다고 회사는 설명했다.") is None
    assert split_tail("주소가 없는 문단이다.") is None


def test_an_address_found_anywhere_completes_the_name():
    merged = merge_bylines([Byline("이샘플")], [Byline("이샘플", "s@sample.example"), Byline("김견본")])
    assert merged == (Byline("이샘플", "s@sample.example"), Byline("김견본"))
