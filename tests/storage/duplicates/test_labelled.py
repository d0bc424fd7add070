"""Labelled pairs from the benchmark's generator: every kind of edit is found, hard negatives are not merged."""

from collections import Counter

import pytest

from benchmarks.archive.edits import EDITS, copies, strangers
from storage.duplicates.fingerprint import fingerprint
from storage.duplicates.subject import GENERIC, names_exchanged, other_subject
from storage.duplicates.verdict import Kind, compare
from tests.storage.duplicates.test_verdict import LONG

STORIES = 25
SAME = {Kind.COPY, Kind.EXCERPT}
RECALL = {"half cut": 0.95, "combined": 0.90}


def verdict(pair):
    one, other = fingerprint(pair.one), fingerprint(pair.other)
    found = compare(one.text, other.text)
    assert found == compare(other.text, one.text)
    shares_a_hash = bool(set(one.hashes) & set(other.hashes))
    return found.kind if found and shares_a_hash else None


def test_every_kind_of_edit_is_recognised():
    found = Counter(pair.kind for pair in copies(70_000, STORIES) if verdict(pair) in SAME)
    assert len(EDITS) >= 9
    assert {kind: found[kind] / STORIES for kind in EDITS if found[kind] / STORIES < RECALL.get(kind, 0.98)} == {}


def test_what_only_looks_alike_is_not_merged():
    judged = [(pair.kind, verdict(pair)) for pair in strangers(80_000, STORIES)]
    merged = Counter(kind for kind, found in judged if found in SAME)
    assert sum(merged.values()) <= 0.01 * len(judged), merged


def other_name(paragraphs, old="샘플로보", new="예시랩스"):
    return tuple(text.replace(f"{old}가", f"{new}가").replace(old, new) for text in paragraphs)


def test_the_same_figures_about_another_company_are_a_sibling():
    from storage.duplicates.fingerprint import text_of

    assert compare(text_of(LONG), text_of(other_name(LONG))).kind is Kind.SIBLING
    assert names_exchanged(text_of(LONG), text_of(other_name(LONG))) == (("샘플로보", "예시랩스"),)


@pytest.mark.parametrize(
    ("old", "new"),
    [("회사", "업체"), ("샘플로보", "샘플로봇"), ("밝혔다", "전했다"), ("기업", "업체"), ("샘플로보", "샘플로보그룹")],
)
def test_an_editor_s_choice_of_words_is_no_other_subject(old, new):
    from storage.duplicates.fingerprint import text_of

    edited = tuple(text.replace(old, new) for text in LONG)
    assert not other_subject(text_of(LONG), text_of(edited))
    assert not other_subject(text_of(edited), text_of(LONG))


def test_a_name_that_stands_once_as_the_subject_is_enough():
    from storage.duplicates.fingerprint import text_of

    notice = (
        "샘플전자는 24일 이사회를 열어 보통주 1주에 100원을 배당하기로 결의했다고 공시했다.",
        "배당금 총액은 12억원이며 시가배당률은 1.5%다.",
        "배당 기준일은 12월 31일이고 배당금은 주주총회 뒤 1개월 안에 지급할 예정이다.",
    )
    other = (notice[0].replace("샘플전자는", "예시화학은"), *notice[1:])
    assert compare(text_of(notice), text_of(other)).kind is Kind.SIBLING


def test_generic_words_are_words():
    assert {"회사", "기업", "업체"} <= GENERIC
    assert all(word == word.strip() and word for word in GENERIC)
