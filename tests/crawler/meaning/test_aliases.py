import pytest

from crawler.meaning.aliases import expander
from crawler.meaning.facts import load_reader


@pytest.fixture(scope="module")
def others():
    return expander(load_reader().lexicon)


def test_a_name_has_its_other_names_and_not_itself(others):
    found = others("바이두")
    assert {"百度", "Baidu"} <= set(found)
    assert "바이두" not in found


@pytest.mark.parametrize("word", ["투자", "없는이름", "", "  "])
def test_a_word_that_names_nobody_has_none(others, word):
    assert others(word) == ()
