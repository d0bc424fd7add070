import random

import pytest

from storage.duplicates.fingerprint import fingerprint, text_of
from storage.duplicates.verdict import Kind, compare
from tests.storage.drafts import BODY

LONG = (
    *BODY,
    "창업자 예시민 대표는 대학 연구실에서 시작한 팀이 8년 만에 직원 640명의 회사가 됐다고 말했다.",
    "그는 물류 현장의 인력난이 심해지면서 지난해 매출이 12억위안으로 전년보다 35% 늘었다고 설명했다.",
    "업계에서는 이 회사의 성공이 하이뎬구의 다른 로봇 기업 30여곳에도 자극이 될 것으로 보고 있다.",
    "다만 부품 가격이 오르고 경쟁이 치열해지는 점은 상장을 앞둔 회사에 부담이 될 수 있다는 지적도 나온다.",
)
OTHER = (
    "한 투자회사가 바이오 창업팀을 위한 새 프로그램을 내놓고 참가 기업 12곳을 모집한다고 발표했다.",
    "선발된 팀은 실험실과 장비를 6개월 동안 무료로 쓰고 최대 3억원의 초기 자금을 받을 수 있다.",
    "지원서는 다음 달 15일까지 누리집에서 받으며 결과는 연말에 개별 통보한다.",
)


def market_report(day):
    """One template, new figures every day: what a daily column looks like."""
    rng = random.Random(day)
    figures = [f"{rng.randint(1000, 9999)}.{rng.randint(10, 99)}" for _ in range(3)]
    return (
        f"중국 기술주 지수는 이날 오전 강보합으로 출발한 뒤 외국인 매수세가 들어오며 {figures[0]}에 거래를 마쳤다.",
        f"시장에서는 인공지능과 반도체 업종에 대한 기대가 이어지며 장중 한때 {figures[1]}까지 오르기도 했다고 전했다.",
        f"외국인 투자자는 {rng.randint(100, 999)}억원어치를 사들였고 기관은 {rng.randint(100, 999)}억원어치를 팔았다.",
        f"증권가는 당분간 지수가 {figures[2]} 안팎에서 움직일 것으로 내다보며 정책 발표를 지켜봐야 한다고 조언했다.",
    )


@pytest.mark.parametrize(
    "edited",
    [
        LONG,
        ("", *LONG),
        LONG[:-1],
        (*LONG, "예시일보가 전했다."),
        tuple(reversed(LONG)),
        tuple(paragraph.replace(" ", "") for paragraph in LONG),
        tuple(paragraph.replace("밝혔다", "전했다").replace("회사", "기업") for paragraph in LONG),
        tuple(paragraph.replace("4억1000만", "4.1억").replace("2019년", "2019 년") for paragraph in LONG),
        (" ".join(LONG),),
        tuple(f"“{paragraph}”" for paragraph in LONG),
    ],
)
def test_an_edited_copy_is_a_copy(edited):
    verdict = compare(text_of(LONG), text_of(edited))
    assert verdict.kind is Kind.COPY
    assert verdict == compare(text_of(edited), text_of(LONG))


@pytest.mark.parametrize("part", [LONG[:4], LONG[4:], LONG[2:5], LONG[:2]])
def test_a_part_is_an_excerpt(part):
    assert compare(text_of(part), text_of(LONG)).kind is Kind.EXCERPT


def test_other_reports_are_nothing_to_each_other():
    assert compare(text_of(LONG), text_of(OTHER)) is None


def test_an_excerpt_with_much_of_its_own_is_another_report():
    assert compare(text_of((*LONG[:2], OTHER[0])), text_of((*LONG, *LONG[::-1], "끝" * 400))) is None


def test_one_template_with_new_figures_is_a_sibling():
    kinds = [compare(text_of(market_report(day)), text_of(market_report(day + 1))).kind for day in range(100)]
    assert kinds == [Kind.SIBLING] * 100


def test_one_template_with_its_figures_is_a_copy():
    assert compare(text_of(market_report(1)), text_of(market_report(1))).kind is Kind.COPY


def without_numbers(paragraphs):
    return tuple("".join(character for character in paragraph if not character.isdigit()) for paragraph in paragraphs)


@pytest.mark.parametrize(("own", "kind"), [(1, Kind.COPY), (3, Kind.SIBLING)])
def test_without_numbers_more_text_has_to_be_shared(own, kind):
    plain = without_numbers(LONG)
    retold = (*plain[:5], *without_numbers(OTHER)[:own])
    assert compare(text_of(retold), text_of(plain)).kind is kind


def test_captions_are_too_short_to_be_copies():
    assert compare(text_of(("사진은 샘플이다.",)), text_of(("사진은 샘플이다.",))) is None
    assert fingerprint(("사진은 샘플이다.",)).bands == ()


def test_the_fingerprint_is_the_one_the_index_was_made_with():
    """When this fails after an upgrade of rensa, stored bands no longer match new ones: make the index again."""
    made = fingerprint(LONG)
    assert (len(made.bands), len(made.sentences)) == (32, 8)
    assert made.bands[:2] == (1126070888, -1175159911)
    assert made.sentences[:2] == (-1855566625, -1494026978)
