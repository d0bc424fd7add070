import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.search.highlight import highlights
from storage.search.index import fts5_match, tsquery
from storage.search.query import MOST_CONDITIONS, Condition, folded_with_offsets, parse


def words(text):
    return [condition.any_of for condition in parse(text).conditions]


def test_words_are_anded():
    assert words("중관춘 로봇") == [("중관",), ("관춘",), ("로봇",)]


def test_a_word_may_be_written_with_a_space_where_both_sides_stay_words():
    assert words("안면인식") == [("안면",), ("면인", "면x인"), ("인식",)]
    assert words("오포") == [("오포",)]
    assert words("문샷은") == [("문샷",)]


def test_a_particle_says_nothing():
    assert parse("중관춘에서").conditions == parse("중관춘").conditions
    assert words("BYD는") == words("BYD가") == words("BYD로부터") == [("byd",)]
    assert words("5만 BYD 도") == [("5",), ("만",), ("byd",), ("도",)]


def test_quotes_keep_words_together():
    assert words('"중국 기업"') == [("중국",), ("국x기", "국기"), ("기업",)]
    assert words('"AI 칩"') == [("ai",), ("ai·칩",)]
    assert words('"삼성, 반도체"') == [("삼성",), ("반도",), ("도체",)]


def test_a_single_character_is_a_beginning():
    assert parse("용").conditions == (Condition(("용",), prefix=True),)
    assert parse('"용"').conditions == (Condition(("용",), prefix=True),)


@pytest.mark.parametrize(
    ("given_text", "same_as"),
    [('"중국 기업', '"중국 기업"'), ("“중국 기업”", '"중국 기업"'), ('""', ""), ("중국  중국", "중국")],
)
def test_odd_quotes(given_text, same_as):
    assert parse(given_text).conditions == parse(same_as).conditions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C++", [("c",)]),
        ("50%", [("50",)]),
        ("투자-유치", [("투자",), ("유치",)]),
        ("중관춘\x00로봇", [("중관",), ("관춘",), ("로봇",)]),
        ("title:x OR (y", [("title",), ("x",), ("or",), ("y",)]),
        ("NEAR(가 나)", [("near",), ("가",), ("나",)]),
        ("' \" \\ * ^ : ; --", []),
        ("", []),
        ("\ud800", []),
    ],
)
def test_odd_input_is_words_and_separators(text, found):
    assert words(text) == found


def test_an_endless_query_is_cut():
    for text in ("가나다라마" * 20_000, "가 " * 50_000, '"' * 100_000, "a1" * 50_000):
        assert len(parse(text).conditions) <= MOST_CONDITIONS


ALIASES = {"바이두": ("百度", "Baidu"), "문샷 ai": ("月之暗面",), "\x00": ("x",)}


@settings(max_examples=10_000, deadline=None)
@given(st.text(st.characters(codec=None)) | st.text(st.sampled_from("중관춘은 바이두 AI\"'*:()-+^&|!\\\x00.,%1")))
def test_no_query_is_too_odd(text):
    query = parse(text, lambda name: ALIASES.get(name, ()))
    for made in (fts5_match(query), fts5_match(query, in_title=True), tsquery(query)):
        made.encode()
    for mark in highlights(query, text, text):
        assert text[mark.start : mark.end] == mark.text


@given(st.text(st.characters(codec=None)))
def test_folded_places_point_into_the_original(text):
    folded, places = folded_with_offsets(text)
    assert len(folded) == len(places if places is not None else text)
    if places:
        assert places == sorted(places)
        assert places[-1] < len(text)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("중관춘", "중관춘의 중관춘", ["중관춘", "중관춘"]),
        ("안면인식", "안면 인식과 안면인식", ["안면 인식", "안면인식"]),
        ("중관춘에서", "중관춘은", ["중관춘"]),
        ("오포", "바이오 포럼", []),
        ("AI", "AI와 SAID, ai", ["AI", "ai"]),
        ("3", "3곳 13곳 30곳", ["3"]),
        ("1000", "1,000곳", ["1,000"]),
        ("3.5%", "3.5% 올라", ["3.5"]),
        ('"중국 기업"', "중국 기업, 기업과 중국", ["중국 기업"]),
        ("ABC", "ＡＢＣ와 ㎏", ["ＡＢＣ"]),
        ("C++", "C++와 c", ["C", "c"]),
    ],
)
def test_highlights_show_the_original(query, text, marked):
    found = highlights(parse(query), "", text)
    assert [mark.text for mark in found] == marked
    assert all(text[mark.start : mark.end] == mark.text and mark.field == "body" for mark in found)


def test_title_and_body_are_told_apart_and_long_lists_end():
    found = highlights(parse("중관춘"), "중관춘", "중관춘 " * 50)
    assert [mark.field for mark in found] == ["title", *["body"] * 10]
    assert highlights(parse(""), "중관춘", "중관춘") == ()


def expand(name):
    return ALIASES.get(name, ())


def test_other_names_are_alternatives():
    [group] = parse("바이두는", expand).groups
    assert group.alternatives == (
        (Condition(("바이",)), Condition(("이두",))),
        (Condition(("百度",)),),
        (Condition(("baidu",)),),
    )
    assert fts5_match(parse("바이두 상장", expand)) == (
        '((("바이") AND ("이두")) OR (("百度")) OR (("baidu"))) AND ((("상장")))'
    )


def test_words_that_name_something_together_are_one_group():
    first, second = parse("문샷 AI는 상장", expand).groups
    assert first.alternatives[1] == (Condition(("月之",)), Condition(("之暗",)), Condition(("暗面",)))
    assert second.alternatives == ((Condition(("상장",)),),)


def test_a_quoted_name_has_its_aliases_too():
    [group] = parse('"문샷 AI"', expand).groups
    assert len(group.alternatives) == 2


def test_aliases_are_highlighted():
    found = highlights(parse("바이두", expand), "百度 실적", "Baidu와 바이두")
    assert [mark.text for mark in found] == ["百度", "Baidu", "바이두"]


def test_many_aliases_are_cut():
    many = parse("가나 " * 20, lambda _: [f"이름{number}호" for number in range(500)])
    assert sum(len(alternative) for group in many.groups for alternative in group.alternatives) <= MOST_CONDITIONS
