import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.tokenizer import LONGEST_WORD, bigrams, fold, lexemes, runs, strip_particle


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("중관춘은", "중관춘"),
        ("중관춘에서", "중관춘"),
        ("중관춘에서는", "중관춘"),
        ("바이두가", "바이두"),
        ("바이두를", "바이두"),
        ("텐센트와", "텐센트"),
        ("알리바바의", "알리바바"),
        ("징둥과", "징둥"),
        ("징둥으로", "징둥"),
        ("서울로", "서울"),
        ("베이징까지", "베이징"),
        ("中关村은", "中关村"),
        ("中关村는", "中关村"),
    ],
)
def test_one_particle_is_stripped(word, stem):
    assert strip_particle(word) == stem


@pytest.mark.parametrize(
    "word", ["국가", "상하이", "나이", "도로", "중국", "니오", "오포", "은", "가", "회의", "경로", "우한"]
)
def test_syllables_that_only_look_like_particles_stay(word):
    assert strip_particle(word) == word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("바이오 포럼", ["바이", "이오", "오x포", "포럼"]),
        ("바이오, 포럼", ["바이", "이오", "포럼"]),
        ("중국의 기업", ["중국", "국의", "의x기", "국x기", "기업"]),
        ("AI 칩", ["ai", "ai·칩", "칩"]),
        ("5G", ["5", "5·g", "g"]),
        ("3.5% 1,000억", ["3p5", "1000", "1000·억", "억"]),
        ("C++", ["c"]),
        ("ＡＢＣ", ["abc"]),
        ("中关村科技", ["中关", "关村", "村科", "科技"]),
        ("", []),
        (" \x00\ud800 +-*/", []),
    ],
)
def test_lexemes(text, found):
    assert list(lexemes(text)) == found


def test_a_marked_pair_is_never_a_word():
    assert "오포" not in lexemes("바이오 포럼이 열렸다")
    assert "오포" in lexemes("오포가 새 전화를 냈다")


def test_a_lexeme_is_kept_once():
    assert list(lexemes("로봇 로봇, 로봇")) == ["로봇", "봇x로"]


@given(st.text())
def test_every_lexeme_is_safe_in_both_databases(text):
    for lexeme in lexemes(text):
        assert lexeme
        assert not set(lexeme) & set(" \t\n'\"\\:&|!()*,.-+^\x00")
        assert len(lexeme.encode()) <= 2046
        lexeme.encode()


@given(st.text())
def test_folding_twice_changes_no_lexeme(text):
    assert lexemes(fold(text)) == lexemes(text)


@given(st.text(st.sampled_from("가나다중관춘은는의 Aa1,.-"), max_size=40))
def test_no_letter_or_digit_is_lost(text):
    kept = "".join(run.text for run in runs(text)).replace("p", "")
    assert kept == "".join(character for character in fold(text) if character.isalnum())


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=20))
def test_bigrams_cover_the_word(word):
    pairs = bigrams(word)
    assert pairs[0][0] == word[0]
    assert "".join(pair[-1] for pair in pairs) == (word[1:] if len(word) > 1 else word)


def test_endless_words_are_cut():
    assert max(map(len, lexemes("a" * 10_000 + " " + "가" * 10_000))) == LONGEST_WORD + 2
