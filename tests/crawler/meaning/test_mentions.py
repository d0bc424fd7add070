import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.meaning.facts import load_reader
from crawler.meaning.folding import fold

READER = load_reader()
PLAIN = sorted(
    {
        (spelling, names[0].entity.id)
        for spelling, names in READER.lexicon.spellings.items()
        if len(names) == 1 and not (names[0].guarded or names[0].exact_case or names[0].capitals)
    }
)
HANGUL = [(name, entity) for name, entity in PLAIN if all("가" <= letter <= "힣" for letter in name)]

PARTICLES = [*"은는이가을를의에와과로도만", "에서", "으로", "까지", "부터", "에게", "처럼", "이라는"]


def found(text):
    return [(mention.entity.id, mention.text) for mention in READER.mentions(fold(text))]


@given(st.sampled_from(HANGUL), st.sampled_from(PARTICLES))
def test_particles_may_be_attached(name, particle):
    assert (name[1], name[0]) in found(f"오늘 {name[0]}{particle} 한다.")


@given(st.sampled_from(PLAIN), st.sampled_from(["", "'", '"', "(", "·", "…", " "]))
def test_a_name_stands_between_signs(name, sign):
    assert [entity for entity, _ in found(f"그 {sign}{name[0]}{sign} 값")] == [name[1]]


@given(st.sampled_from(HANGUL))
def test_no_name_inside_a_longer_word(name):
    assert all(entity != name[1] for entity, _ in found(f"가뷁{name[0]}"))


@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=5))
def test_mentions_stand_in_order_and_apart(names):
    text = " 및 ".join(name for name, _ in names)
    mentions = READER.mentions(fold(text))
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    assert all(one.end <= other.start for one, other in itertools.pairwise(mentions))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    for mention in READER.mentions(fold(text)):
        assert text[mention.start : mention.end] == mention.text


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("징둥팡과 징둥", ["boe", "jd"]),
        ("알리바바클라우드가 알리바바에서", ["alibaba-cloud", "alibaba"]),
        ("상탕커지, 센스타임, SenseTime, Sense Time, 商汤, 商湯", ["sensetime"] * 6),
        ("오포(ofo)와 오포(OPPO)", ["ofo", "ofo", "oppo", "oppo"]),
        ("오포는 자전거를, 모바이크도 자전거를 거뒀다", ["ofo", "mobike"]),
        ("오포는 스마트폰 5위다", ["oppo"]),
        ("오포라는 말만으로는 알 수 없다", []),
        ("광주 오포읍에서 자전거 대회", []),
        ("나스닥: BIDU", ["baidu"]),
        ("BIDU", []),
        ("land space and one plus", []),
        ("Land Space launched", ["landspace"]),
        ("中바이두", ["baidu"]),
        ("중국바이두와 옛바이두", ["baidu", "baidu"]),
        ("baidu.com과 www.baidu.com, x@baidu.com", ["baidu", "baidu"]),
    ],
)
def test_which_name_is_meant(text, ids):
    assert [entity for entity, _ in found(text)] == ids


def test_once_said_plainly_a_short_name_is_known():
    assert found("니오가 올랐다.") == []
    text = "NIO 실적이 나왔다.\n" + "그 밖의 소식. " * 40 + "\n니오가 올랐다."
    assert [entity for entity, _ in found(text)] == ["nio", "nio"]


def test_headlines_are_read_when_in_doubt():
    touched = {entity.id for entity in READER.touched(fold("오포, 새 제품 공개"))}
    assert {"ofo", "oppo"} <= touched
    assert READER.touched(fold("오포읍 주민")) == []
