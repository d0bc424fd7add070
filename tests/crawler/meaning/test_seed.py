"""The article that started the project, where its folder is: exactly these amounts and deals, nothing twice."""

import pytest

from crawler.extract import clean
from crawler.meaning.facts import load_reader
from crawler.meaning.topics import load_topics
from tests.gold.feeds import feed_folder


@pytest.fixture(scope="module")
def seed():
    folder = feed_folder()
    if folder is None:
        pytest.skip("the folder of real texts is not here (ZGC_CORPUS)")
    cleaned = clean((folder.parent / "seed.txt").read_text(encoding="utf-8"))
    return "\n".join((cleaned.title or "", *cleaned.body))


@pytest.mark.corpus
def test_the_amounts(seed):
    found = {(float(a.value), a.currency, a.krw and float(a.krw), a.role) for a in load_reader().read(seed).amounts}
    assert found == {
        (2.5e9, "USD", 2.66e12, "amount"),
        (3.0e9, "USD", 3.19e12, "amount"),
        (4.1e8, "USD", 4.36e11, "amount"),
        (1.29e12, "KRW", None, "amount"),
        (1e9, "USD", None, "threshold"),
    }
    assert len(load_reader().read(seed).amounts) == 5
    assert not any(amount.flags for amount in load_reader().read(seed).amounts)


@pytest.mark.corpus
def test_the_deals(seed):
    assert {(deal.company_id, deal.kind) for deal in load_reader().read(seed).deals} == {
        ("megvii", "valued"),
        ("ofo", "valued"),
        ("sensetime", "raised"),
        ("zhongguancun", "area_total"),
    }


@pytest.mark.corpus
def test_the_entities(seed):
    found = set(load_reader().read(seed).by_entity())
    assert found >= {
        "baidu",
        "jd",
        "xiaomi",
        "didi",
        "alibaba",
        "megvii",
        "ofo",
        "sensetime",
        "zhongguancun",
        "3w",
        "chuku",
    }
    assert found >= {"peking-university", "tsinghua", "renmin"}
    assert "oppo" not in found


@pytest.mark.corpus
def test_it_is_relevant(seed):
    title, *body = seed.split("\n")
    assert load_topics().judge(title, body).relevant
