import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.export.cells import COLUMNS, TEXT, TEXTS, read_text, read_texts, write_text, write_texts

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.none() | texts)
def test_a_text_comes_back_as_it_was(text):
    assert read_text(write_text(text)) == text


@given(st.lists(texts))
def test_paragraphs_come_back_as_they_were(paragraphs):
    assert read_texts(write_texts(paragraphs)) == paragraphs


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝", "|", "%"])
def test_no_cell_is_a_formula(begin):
    for cell in (write_text(f"{begin}1+1"), write_texts([f"{begin}cmd", "둘째"])):
        assert cell.startswith("'")


def test_paragraphs_stay_readable():
    assert write_texts(["첫 문단", "둘째 문단"]) == "첫 문단\n\n둘째 문단"
    assert write_texts(["[단독] 첫", "둘"]) == '["[단독] 첫", "둘"]'
    assert write_texts([]) == ""


def test_every_column_knows_how_it_is_written():
    assert {TEXT, TEXTS} <= set(COLUMNS.values())
