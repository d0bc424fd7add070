import re

import pytest

from crawler.meaning.facts import load_reader
from crawler.meaning.folding import fold
from crawler.meaning.lexicon import load_lexicon
from crawler.meaning.lexicon.spellings import spellings, ticker_spellings
from storage.errors import ConfigurationError

LEXICON = load_lexicon()


def ids(text, *files):
    return [mention.entity.id for mention in load_reader(*files).mentions(fold(text))]


def test_the_lexicon_is_broad():
    assert len(LEXICON) >= 250
    assert sum(len(entity.names) for entity in LEXICON.entities.values()) >= 1500
    assert {"company", "investor", "university", "park", "policy", "incubator"} <= {
        entity.kind for entity in LEXICON.entities.values()
    }
    assert sum(entity.zgc for entity in LEXICON.entities.values()) >= 80


def test_every_name_of_every_entity_can_be_found():
    for entity in LEXICON.entities.values():
        for name in entity.names:
            found = [one.entity.id for spelling, _ in spellings(name) for one in LEXICON.spellings[spelling]]
            assert entity.id in found, name


def test_a_name_that_two_entities_share_is_guarded_for_all_but_one():
    for spelling, names in LEXICON.spellings.items():
        if len(names) > 1:
            assert sum(not name.guarded for name in names) <= 1, (spelling, [name.entity.id for name in names])


def test_guards_name_names_that_exist():
    guarded = {spelling for spelling, names in LEXICON.spellings.items() if any(name.guarded for name in names)}
    assert {"오포", "니오", "알리", "왕이", "비보", "3w"} <= guarded


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("SenseTime", ["sensetime", "sense time", "sense-time"]),
        ("문샷 AI", ["문샷 ai", "문샷ai", "문샷-ai"]),
        ("58퉁청", ["58퉁청", "58 퉁청"]),
        ("Zhong Guan Cun", ["zhongguancun", "zhong guan cun", "zhong guancun"]),
        ("商汤科技", ["商汤科技"]),
    ],
)
def test_spellings(name, written):
    assert set(written) <= {spelling for spelling, _ in spellings(name)}


def test_a_ticker_needs_its_market():
    assert "bidu" not in set(ticker_spellings("BIDU"))
    assert "nasdaq: bidu" in set(ticker_spellings("BIDU"))
    assert "9888.hk" in set(ticker_spellings("9888.HK"))


def test_names_of_ones_own_are_laid_over(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'kind = "company"\n[entities]\n'
        'sample = { ko = ["표본 로보"], en = ["SampleRobo"], needs = { "표본 로보" = ["로봇"] } }\n'
        'baidu = { ko = ["백도검색"], kind = "institute" }\n',
        encoding="utf-8",
    )
    assert ids("표본로보가 로봇을 냈다", own) == ["sample"]
    assert ids("표본로보가 값을 냈다", own) == []
    assert ids("백도검색과 바이두", own) == ["baidu"]
    assert ids("백도검색과 바이두") == ["baidu"]
    assert load_reader(own).lexicon.entities["baidu"].kind == "institute"
    assert load_reader(own).lexicon.entities["sample"].name == "표본로보(SampleRobo)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('kind = "company"\n[entities]\nx = { kp = ["가나"] }', "kp"),
        ('kind = "company"\n[entities]\nX_y = { ko = ["가나"] }', "is not an id"),
        ('kind = "company"\n[entities]\nx = { zgc = true }', "has no name"),
        ('kind = "company"\nweight = "heavy"\n[entities]\nx = { ko = ["가나"] }', "weight"),
        ("kind = ", "not valid TOML"),
    ],
)
def test_a_file_with_a_mistake_is_named(text, message, tmp_path):
    file = tmp_path / "names.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_lexicon(file)
    assert str(file) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path / "none.toml"))):
        load_lexicon(tmp_path / "none.toml")
