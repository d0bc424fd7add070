import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.meaning.folding import fold, fold_name

TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("가나힣중관촌ABCabc０１２ＡＢ商湯騰訊東“”‘’·ㆍ〜\u200b\u00a0㈜㎡①ﬁİ\u1112\u1161\u11ab"),
    ),
    max_size=60,
)


@given(TEXTS)
def test_every_folded_character_comes_from_its_place(text):
    folded = fold(text)
    assert folded.original == text
    if folded.offsets is None:
        assert len(folded.text) == len(text)
        return
    assert len(folded.offsets) == len(folded.text)
    assert folded.offsets == sorted(folded.offsets)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)


@given(TEXTS, TEXTS)
def test_a_name_in_a_text_is_found_with_its_own_characters(before, after):
    folded = fold(f"{before} 상탕커지 {after}")
    place = folded.text.index("상탕커지") if "상탕커지" not in fold(before).text else None
    if place is not None:
        start, end = folded.span(place, place + 4)
        assert folded.original[start:end] == "상탕커지"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ＳｅｎｓｅＴｉｍｅ", "sensetime"),
        ("商湯", "商汤"),
        ("騰訊", "腾讯"),
        (unicodedata.normalize("NFD", "바이두"), "바이두"),
        ("바이\u200b두", "바이두"),
        ("“징둥”", '"징둥"'),
        ("A\u00a0B", "a b"),
    ],
)
def test_what_reads_the_same_is_the_same(written, name):
    assert fold(written).text == name


def test_offsets_of_decomposed_hangul():
    text = unicodedata.normalize("NFD", "중국 바이두는")
    folded = fold(text)
    place = folded.text.index("바이두")
    start, end = folded.span(place, place + 3)
    assert unicodedata.normalize("NFC", text[start:end]) == "바이두"


def test_a_name_is_folded_like_a_text():
    assert fold_name("  ＪＤ.com ") == "jd.com"
