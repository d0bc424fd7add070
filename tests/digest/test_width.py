from hypothesis import given
from hypothesis import strategies as st

from digest.width import rule, width, wrap


def test_hangul_and_hanja_take_two_columns():
    assert width("가a中·") == 7
    assert width("e\u0301") == 1
    assert width(rule("=")) == 76


@given(st.text(st.characters(categories=("L", "N", "P", "Zs"))), st.sampled_from(["", "    ", " 1. "]))
def test_no_line_is_wider_than_the_page_and_no_word_is_lost(text, first):
    lines = wrap(text, first=first)
    assert all(width(line) <= 76 for line in lines)
    assert "".join("".join(lines).split()) == "".join((first + text).split())


def test_lines_break_between_words_and_hang_under_the_first():
    assert wrap("하나 둘 셋 넷", first="1. ", columns=12) == ["1. 하나 둘", "   셋 넷"]
