# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line
import random
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.repeats import letters_of, remove_repeats

from .samples import STORY

WORDS = [
    "견본",
    "회사",
    "투자",
    "연구소",
    "로봇",
    "반도체",
    "매출",
    "증가",
    "공장",
    "계약",
    "시장",
    "정부",
    "발표",
    "지난해",
    "올해",
    "베이징",
    "상하이",
    "창업",
    "대표",
    "자금",
    "심사",
    "배터리",
    "자율주행",
    "플랫폼",
    "고객",
    "수출",
    "협력",
    "대학",
    "인력",
    "채용",
    "설비",
    "부품",
    "센서",
    "기술",
    "특허",
    "상장",
    "평가",
    "전망",
    "계획",
    "규모",
    "성장",
    "서비스",
    "지원",
    "정책",
    "지역",
    "본사",
    "사업",
    "제품",
]
ENDINGS = ("했다.", "밝혔다.", "이다.", "전망이다.", "말했다.", "늘었다.")


@st.composite
def articles(draw):
    """Articles of three to eight paragraphs whose sentences differ, as sentences of one article do."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    count = draw(st.integers(3, 8))
    return [" ".join(sentence(chance) for _ in range(chance.randint(1, 3))) for _ in range(count)]


def sentence(chance):
    words = [chance.choice(WORDS) + chance.choice(("", "은", "를", "에서", "의")) for _ in range(chance.randint(7, 14))]
    return f"{' '.join(words)} {chance.randint(2, 9999)}억원을 {chance.choice(ENDINGS)}"


def sentences(paragraphs):
    return [piece for one in paragraphs for piece in re.split(r"(?<=\.)\s+", one)]


def mirrored(paragraphs):
    return [piece for one in paragraphs for piece in (one, one)]


DOUBLINGS = {
    "whole": lambda p: p + p,
    "from the second paragraph on": lambda p: p + p[1:],
    "up to the last paragraph": lambda p: p + p[:-1],
    "three times": lambda p: p + p[1:] + p,
    "copy merged into one": lambda p: [*p, " ".join(p)],
    "first merged into one": lambda p: [" ".join(p), *p],
    "copy merged by pairs": lambda p: p + [" ".join(p[i : i + 2]) for i in range(0, len(p), 2)],
    "copy split into sentences": lambda p: p + sentences(p),
    "first split into sentences": lambda p: sentences(p) + p,
    "hard spaces": lambda p: p + [one.replace(" ", "\u00a0") for one in p],
    "no spaces": lambda p: p + [one.replace(" ", "") for one in p],
    "curly quotes and full width": lambda p: p + [f"“{one}”".replace(".", "．") for one in p],
    "interleaved": mirrored,
    "toolbar between": lambda p: [*p, "공유", "인쇄", *p],
}


def together(paragraphs):
    return letters_of("".join(paragraphs))


@pytest.mark.parametrize("way", DOUBLINGS)
def test_a_sample_story_comes_back_once(way):
    story = list(STORY)
    got = remove_repeats(DOUBLINGS[way](story)).kept
    assert together(got).replace("공유인쇄", "") == together(story)


@pytest.mark.parametrize("way", DOUBLINGS)
@settings(max_examples=60, deadline=None)
@given(story=articles())
def test_any_text_doubled_in_any_way_comes_back_once(way, story):
    got = remove_repeats(DOUBLINGS[way](story))
    assert together(got.kept).replace("공유인쇄", "") == together(story)
    assert got.removed


@settings(max_examples=80, deadline=None)
@given(story=articles(), way=st.sampled_from(sorted(DOUBLINGS)))
def test_once_is_enough_and_order_is_kept(story, way):
    doubled = DOUBLINGS[way](story)
    once = remove_repeats(doubled)
    again = remove_repeats(once.kept)
    assert again.kept == once.kept
    assert again.removed == ()
    assert list(once.origins) == sorted(once.origins)


@settings(max_examples=80, deadline=None)
@given(story=articles())
def test_an_article_printed_once_is_left_alone(story):
    got = remove_repeats(story)
    assert got.kept == tuple(story)
    assert got.origins == tuple(range(len(story)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=string.printable + "가나다라마바사.。 \u00a0", max_size=80), max_size=30))
def test_nothing_is_invented_and_nothing_breaks(paragraphs):
    got = remove_repeats(paragraphs)
    whole = "".join(paragraphs)
    assert all(paragraph in paragraphs or all(piece in whole for piece in paragraph.split()) for paragraph in got.kept)


LEGITIMATE = {
    "questions and answers": [
        "Q. 언제 문을 여나.",
        "A. 내년 3월이다.",
        "Q. 몇 명을 뽑나.",
        "A. 120명이다.",
        "Q. 언제 문을 여나.",
        "A. 그대로다.",
    ],
    "headings": ["투자 규모", STORY[0], "투자 규모", STORY[1]],
    "table cells": ["없음", "없음", "3.2%", "3.2%", STORY[2]],
    "refrain": ["그래도 로봇은 걷는다.", STORY[0], "그래도 로봇은 걷는다.", STORY[1], "그래도 로봇은 걷는다."],
    "figures that differ": [
        "견본모터스는 지난해 같은 기간보다 매출이 12.5% 늘어 3억4000만위안을 기록했고 영업이익은 두 배가 되었다고 밝혔다.",
        "견본모터스는 지난해 같은 기간보다 매출이 13.5% 늘어 3억4000만위안을 기록했고 영업이익은 두 배가 되었다고 밝혔다.",
    ],
    "parallel sentences": [
        "상하이시는 창업 기업에 한 해 최대 500만위안의 바우처를 주기로 하고 다음 달 신청을 받기 시작한다고 3일 밝혔다.",
        "선전시는 창업 기업에 한 해 최대 500만위안의 바우처를 주기로 하고 다음 달 신청을 받기 시작한다고 3일 밝혔다.",
    ],
    "a statement quoted and then printed": [
        f'회사는 입장문에서 "{STORY[2]} 우리는 약속을 지킨다"고 강조했다. 업계의 반응은 엇갈린다.',
        "다음은 입장문이다.",
        STORY[2],
        "우리는 약속을 지킨다.",
    ],
    "laughter": ["하" * 200, STORY[0]],
}


@pytest.mark.parametrize("kind", LEGITIMATE)
def test_legitimate_repeats_stay(kind):
    assert remove_repeats(LEGITIMATE[kind]).kept == tuple(LEGITIMATE[kind])


def test_legitimate_repeats_stay_in_a_text_that_is_printed_twice():
    text = ["그래도 로봇은 걷는다.", STORY[0], "그래도 로봇은 걷는다.", STORY[1], STORY[2], "그래도 로봇은 걷는다."]
    assert remove_repeats([*text, *text]).kept == tuple(text)


def test_the_copy_with_more_text_stays():
    cut = [STORY[0], STORY[1], STORY[5]]
    whole = [STORY[0], STORY[1], STORY[2], STORY[3], STORY[4], STORY[5]]
    assert remove_repeats([*cut, *whole]).kept == tuple(whole)


def test_a_teaser_cut_inside_a_sentence_gives_way():
    assert remove_repeats([STORY[0][:60], *STORY]).kept == STORY


def test_small_differences_inside_a_long_copy_are_forgiven_but_no_digit_is():
    typing_error = [STORY[0].replace("연구소를", "연구소을"), *STORY[1:]]
    assert remove_repeats([*STORY, *typing_error]).kept == STORY
    corrected = [*STORY[:1], STORY[1].replace("8억4000만", "8억5000만"), *STORY[2:]]
    assert any("8억5000만" in paragraph for paragraph in remove_repeats([*STORY, *corrected]).kept)


def test_it_has_no_memory():
    """A quote that ran in a hundred articles is kept in the next one."""
    for _ in range(100):
        assert remove_repeats([*STORY, *STORY[1:]]).kept == STORY


def test_removed_text_is_the_copy():
    got = remove_repeats([*STORY, *STORY[1:]])
    assert got.removed == STORY[1:]
    assert remove_repeats([]).kept == ()
    assert remove_repeats([""]).kept == ("",)


def test_the_lead_comes_first_where_the_earlier_copy_lacks_it():
    """A layer made of all paragraphs but the first, then the article: the later copy has the right order."""
    for lead in (f"[서울=견본통신] 이샘플 기자 = {STORY[0]}", STORY[0]):
        story = (lead, *STORY[1:])
        title = "견본로봇, 베이징 중관춘에 연구소를 열었다"
        assert remove_repeats([*STORY[1:], *story], title=title).kept == story
    # The same shape with the end of the first copy between the two: nothing moves.
    assert remove_repeats([*STORY, *STORY[:-1]], title=title).kept == STORY
