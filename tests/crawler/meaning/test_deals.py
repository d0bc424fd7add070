import pytest

from crawler.meaning.deals.sentences import sentences
from crawler.meaning.facts import load_reader

READER = load_reader()


def deals(text):
    return [(deal.company_id or deal.company, deal.kind, float(deal.value)) for deal in READER.read(text).deals]


def test_the_company_of_the_sentences_before():
    text = "유니트리는 항저우의 로봇 회사다. 마윈 알리바바 회장과도 만났다. 기업가치는 120억 위안에 이른다."
    assert deals(text) == [("unitree", "valued", 1.2e10)]


def test_a_paragraph_that_goes_on_about_it():
    assert deals("유니트리는 로봇 회사다.\n회사는 지난해 7억 위안을 투자받았다.") == [("unitree", "raised", 7e8)]
    assert deals("유니트리는 로봇 회사다.\n로봇 시장에는 7억 위안의 투자가 유치됐다.") == []


def test_another_company_takes_the_focus():
    text = "유니트리는 항저우에 있다. 갤봇은 베이징에 있다. 기업가치는 30억달러로 평가된다."
    assert deals(text) == [("dark-horse-galaxy", "valued", 3e9)]


def test_what_headline_and_lead_both_say_is_one_deal():
    text = "유니트리, 10억 위안 투자 유치\n유니트리는 시리즈C에서 10억 위안(약 1900억원)을 유치했다고 밝혔다."
    (deal,) = READER.read(text).deals
    assert (deal.round, float(deal.krw)) == ("시리즈 C", 1.9e11)


def test_where_and_when():
    text = "머리말.\n센스타임은 지난해 4억달러를 유치했다고 24일 밝혔다. 끝."
    (deal,) = READER.read(text).deals
    assert (deal.period, deal.stated_date) == ("지난해", "24일")
    assert text[deal.start : deal.end] == deal.evidence == "센스타임은 지난해 4억달러를 유치했다고 24일 밝혔다."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("하나다. 둘이다! 셋인가?", ["하나다.", "둘이다!", "셋인가?"]),
        ("2.4개가 늘었다. Sample Inc. 이야기다.", ["2.4개가 늘었다.", "Sample Inc. 이야기다."]),
        ('"간다." 그가 말했다.\n다음 줄', ['"간다."', "그가 말했다.", "다음 줄"]),
        ("", []),
    ],
)
def test_sentences(text, parts):
    found = list(sentences(text))
    assert [one.text for one in found] == parts
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("중국 스타트업 표본커지가 나섰다.", [("표본커지", None)]),
        ("표본로보(SampleRobo)는 새 회사다.", [("표본로보", "SampleRobo")]),
        ("로봇 기업 '표본'이 나섰다.", [("표본", None)]),
        ("인공지능(AI)과 최고경영자(CEO), 국내총생산(GDP)", []),
        ("스타트업 투자가 늘었다. 기업 가치가 올랐다.", []),
        ("량원펑(Liang Wenfeng) 창업자가 말했다.", []),
        ("대규모언어모델(Large Language Model)", []),
        ("센스타임(SenseTime)은 알려진 회사다.", []),
    ],
)
def test_candidates(text, names):
    assert [(one.name, one.alias) for one in READER.read(text).candidates] == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("알리바바가 어러머를 인수했다.", [("eleme", "acquired", ("알리바바(Alibaba)",))]),
        ("포니AI와 위라이드가 홍콩증시에 나란히 상장했다.", [("weride", "listed", ()), ("pony-ai", "listed", ())]),
        ("문샷AI가 텐센트로부터 수억 달러를 유치했다.", [("moonshot-ai", "raised", ("텐센트(Tencent)",))]),
        ("알리바바가 인수한 어러머는 적자다.", []),
        ("바이두는 어러머를 인수하기로 한 계획을 철회했다.", []),
        ("딥시크는 투자를 유치하지 않았다.", []),
    ],
)
def test_deals_without_a_sum(text, found):
    read = READER.read(text).deals
    assert sorted((deal.company_id, deal.kind, deal.investors) for deal in read) == sorted(found)
    assert all(deal.value is deal.currency is None for deal in read)


def test_a_deal_told_with_and_without_its_sum_is_told_with_it():
    text = "문샷AI, 투자 유치\n문샷AI가 투자를 유치했다고 밝혔다. 문샷AI가 받은 투자금은 5억달러다."
    assert deals(text) == [("moonshot-ai", "raised", 5e8)]
