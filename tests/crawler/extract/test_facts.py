import pytest

from crawler.extract import clean, extract
from crawler.extract.facts import is_paywalled, keywords_of, lead_image, section_of
from crawler.extract.language import language_of
from crawler.extract.wire import credit_line, wire_source

from .samples import STORY, page, paragraphs


@pytest.mark.parametrize(
    ("stated", "section"),
    [
        (["뉴스 > 경제 > 산업"], "산업"),
        (["S1N12", "중국"], "중국"),
        (["견본경제", "IT·과학"], "IT·과학"),
        (["홈", None, ""], None),
        (["테크 | 견본경제"], "테크"),
    ],
)
def test_section_is_a_name_and_no_code(stated, section):
    assert section_of(stated, ["견본경제"]) == section


@pytest.mark.parametrize(
    ("stated", "image"),
    [
        (["/photo/1.jpg"], "https://daily.example/photo/1.jpg"),
        (["https://img.example/logo.png", {"url": "https://img.example/2.jpg"}], "https://img.example/2.jpg"),
        ([["https://img.example/common/sns_default.jpg"]], None),
        (["data:image/png;base64,AAAA", None, 7], None),
    ],
)
def test_lead_image_is_no_logo(stated, image):
    assert lead_image(stated, "https://daily.example/news/1") == image


def test_paywall_is_stated_by_data_or_by_a_notice():
    assert is_paywalled({"isAccessibleForFree": "False"}, (), ())
    assert is_paywalled({}, ["locked"], ())
    assert is_paywalled({}, (), ["이 기사는 유료 회원 전용입니다"])
    assert not is_paywalled({"isAccessibleForFree": True}, ["free"], ["구독하고 알림 받기", "로그인 후 댓글 쓰기"])


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("견본통신 제공", "견본통신"),
        ("[연합뉴스]", "연합뉴스"),
        ("출처: 신화통신", "신화통신"),
        ("연합뉴스는 이 소식을 먼저 전했다.", None),
        ("견본통신이 제공한 사진", None),
        ("통신 3사 제공 요금", None),
    ],
)
def test_a_credit_line_names_an_agency_and_nothing_else(line, agency):
    assert credit_line(line) == agency


def test_the_agency_comes_from_the_dateline_first():
    assert wire_source("[서울=뉴시스] 이샘플 기자 = 견본로봇이", ["연합뉴스"]) == "뉴시스"
    assert wire_source("(베이징=견본통신) 견본로봇이") == "견본통신"
    assert wire_source("견본로봇이 문을 열었다.", writers=["연합뉴스"]) == "연합뉴스"
    assert wire_source("[견본] 견본로봇이 문을 열었다.") is None


def test_the_agency_line_leaves_the_body():
    article = extract(page(f"<div id='articleBody'>{paragraphs()}<p>견본통신 제공</p></div>"))
    assert article.body == STORY
    assert article.wire_source == "견본통신"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (STORY[0], "en", "ko"),
        ("Sample Robotics opened a laboratory in Beijing on Tuesday.", "ko", "en"),
        ("Sample Robotics hat ein Labor in Peking eröffnet.", "de-DE", "de"),
        ("样本机器人公司周二在北京开设了实验室。", "ko", "zh"),
        ("見本ロボットは火曜日、北京に研究所を開いた。", None, "ja"),
        ("12345", None, None),
    ],
)
def test_language_is_read_from_the_letters(text, declared, language):
    assert language_of([text], declared) == language


def test_an_address_on_a_line_of_its_own_belongs_to_the_writer():
    told = "\n".join(STORY)
    for tail in ("이샘플 기자\nsample@sample.example", "이샘플 예시벤처 기자 | sample@sample.example"):
        (author,) = clean(f"견본로봇, 문을 연다\n{told}\n{tail}").authors
        assert (author.name, author.email) == ("이샘플", "sample@sample.example")


def test_the_number_a_page_states_for_itself_is_kept():
    article = extract(page(paragraphs(), head="<meta property='dable:item_id' content='2026030312345'>"))
    assert article.article_number == "2026030312345"


@pytest.mark.parametrize(
    ("stated", "site_wide", "words"),
    [
        (["중관춘, 인공 지능,#유니콘;중관춘"], [], ("중관춘", "인공 지능", "유니콘")),
        ([["AI", "로봇"], None], ["예시신문"], ("AI",)),  # a word the article does not have is not its own
        ([None], ["예시신문, 뉴스, 경제, 중관춘"], ()),  # the outlet's words, one of them in the text by chance
        ([None], ["중관춘, 유니콘"], ("중관춘", "유니콘")),
        ([42, "가"], [], ()),
    ],
)
def test_keywords_are_those_the_text_has(stated, site_wide, words):
    assert keywords_of(stated, site_wide, "중관춘의 인공지능 기업 AI 유니콘이 늘었다.") == words
