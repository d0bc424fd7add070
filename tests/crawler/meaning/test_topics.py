import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.meaning.topics import load_topics
from storage.errors import ConfigurationError

TOPICS = load_topics()
FILLER = ["업계 관계자는 관련 제도가 하반기에 정비될 것으로 내다봤다.", "자세한 일정은 추후 공개된다."]


def judge(title, *body):
    return TOPICS.judge(title, [*body, *FILLER])


RELEVANT = [
    ("중관춘 20년, 창업 거리의 오늘", "베이징 하이뎬구의 창업 거리가 다시 붐빈다."),
    ("中 로봇 스타트업, 시리즈B 투자 유치", "표본로보틱스가 1000억원을 모았다."),
    ("중국 AI 유니콘 표본AI, 홍콩 상장 추진", "회사는 연내 상장을 목표로 한다."),
    ("딥시크 새 모델 공개", "추론 비용을 크게 낮췄다고 설명했다."),
    ("상탕커지, 새 언어모델 발표", "센스타임으로 알려진 회사다."),
    ("SenseTime unveils new model", "The company said it would open the weights."),
    ("월가가 주목한 상장", "미국 나스닥에 中 자율주행 기업 표본오토가 상장한다. 로보택시를 운영한다."),
    ("오포, 새 폴더블폰 공개", "중국 제조사 오포가 유럽 시장을 노린다."),
    ("반도체 자립 속도", "寒武纪 매출이 두 배로 늘었다.", "중국 반도체 스타트업의 투자 유치도 이어진다."),
    ("베이징의 과학기술단지, 벤처캐피털 몰려", "기술기업 수백 곳이 입주했다."),
    ("샤오미 전기차 판매 급증", "샤오미가 새 모델을 내놨다."),
]
IRRELEVANT = [
    ("광주시 오포읍 도로 확장 착공", "오포읍 주민 숙원 사업이다.", "오포동 일대도 정비한다."),
    ("오포초 학생들 텃밭 가꾸기", "오포읍의 한 초등학교 이야기다."),
    ("한중 정상회담, 다음 달 열린다", "외교부는 중국과 일정을 조율 중이라고 밝혔다."),
    ("축구 국가대표, 중국 원정서 승리", "감독은 선수단을 칭찬했다. 득점은 후반에 나왔다."),
    ("중국 관광객 돌아온 면세점", "단체관광이 재개되며 유커가 늘었다."),
    ("中企 스타트업 지원 예산 확대", "정부는 中小 벤처 투자를 늘린다."),
    ("국내 스타트업 투자 유치 잇따라", "서울의 한 창업기업이 시리즈A를 마쳤다."),
    ("국회, 반도체 특별법 논의", "여야는 중국의 추격을 언급했다."),
    ("선수들 선전했지만 아쉬운 준우승", "대표팀은 끝까지 선전했다."),
    ("딸기 수확 시작", "농가가 첫 출하를 마쳤다."),
    ("새 스마트폰 시장 점유율", *FILLER, "국내 1위는 표본전자다.", "해외에서는 샤오미도 순위에 올랐다."),
    ("중국인 유학생 창업 상담", "대학이 상담실을 열었다."),
    ("", ""),
]


@pytest.mark.parametrize("article", RELEVANT, ids=lambda row: row[0])
def test_relevant(article):
    found = judge(*article)
    assert found.relevant, found
    assert found.topics == ("zgc",)
    assert found.reasons
    assert TOPICS.may_match(article[0], " ".join(article[1:]))


@pytest.mark.parametrize("article", IRRELEVANT, ids=lambda row: row[0])
def test_irrelevant(article):
    found = judge(*article)
    assert not found.relevant, found
    assert found.topics == ()


def test_where_a_term_stands_counts():
    title = judge("샤오미 실적", "분기 실적이 나왔다.")
    lead = judge("실적 발표", "샤오미 실적이 나왔다.")
    body = judge("실적 발표", *FILLER, "샤오미 실적이 나왔다.")
    assert title.score > lead.score > body.score > 0


def test_said_over_and_over_is_no_mention_in_passing():
    once = TOPICS.judge("시장 동향", [*FILLER, *FILLER, "바이두 이야기."])
    often = TOPICS.judge("시장 동향", [*FILLER, *FILLER, "바이두 이야기.", "바이두는 달랐다.", "바이두의 내일."])
    assert often.score > once.score


def test_a_name_is_a_word_of_its_own():
    assert judge("비오포 상장", "비오포라는 회사다. eBOEing is no name.").score == 0
    assert judge("DeepSeeker fund", "Not the same.").score == 0


def test_headline_without_summary_decides_in_doubt_for_reading():
    assert TOPICS.may_match("중국 증시 급등", None)
    assert not TOPICS.may_match("프로야구 개막", None)


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=5))
def test_any_text_is_judged_the_same_twice(title, body):
    first = TOPICS.judge(title, body)
    assert first == TOPICS.judge(title, body)
    assert first.score >= 0
    assert first.relevant == bool(first.topics)


def test_an_operators_file_replaces_the_packaged_one(tmp_path):
    file = tmp_path / "topics.toml"
    file.write_text(
        '[[topic]]\nid = "berry"\nname = "딸기"\nthreshold = 2\n[topic.anchors]\n"2" = ["딸기"]\n', encoding="utf-8"
    )
    topics = load_topics(file)
    assert [topic.name for topic in topics] == ["딸기"]
    assert topics.judge("딸기 축제", []).topics == ("berry",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[topic]\n", "not valid TOML"),
        ('[[topic]]\nid = "a"\nname = "a"\nthreshold = 1\nanchor = 1\n', "did you mean `anchors`"),
        ('[[topic]]\nid = "a"\nname = "a"\nthreshold = 1\n[topic.anchors]\nheavy = ["x"]\n', "not a weight"),
        ("", "topic"),
        (None, "does not exist"),
    ],
)
def test_a_wrong_file_is_one_sentence_that_names_it(tmp_path, text, says):
    file = tmp_path / "topics.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says) as caught:
        load_topics(file)
    assert str(file) in str(caught.value)


def test_terms_are_unique_and_clean():
    for topic in TOPICS:
        forms = [form for row in topic.anchors.values() for form in row]
        assert len(forms) == len(set(forms))
        assert all(form == form.strip() and len(form) > 1 for form in forms)


def topics(tmp_path, text):
    file = tmp_path / "topics.toml"
    file.write_text('[[topic]]\nid = "sample"\nname = "표본"\nthreshold = 2.0\n' + text, encoding="utf-8")
    return load_topics(file)


def test_must_and_not(tmp_path):
    watched = topics(
        tmp_path, 'must = [["투자", "인수"], ["로봇"]]\nnot = ["광고"]\n[topic.anchors]\n"3.0" = ["표본"]\n'
    )
    assert watched.judge("표본 로봇 투자", []).relevant
    assert not watched.judge("표본 로봇", []).relevant
    assert not watched.judge("표본 투자", []).relevant
    assert not watched.judge("표본 로봇 투자", ["이것은 광고다."]).relevant


@pytest.mark.parametrize(
    ("selector", "relevant"),
    [("baidu", True), ("company:weak", True), ("kind:company", True), ("weak", True), ("kind:park", False)],
)
def test_entities_by_selector(selector, relevant, tmp_path):
    watched = topics(tmp_path, f'[topic.entities]\n"3.0" = ["{selector}"]\n')
    assert watched.judge("바이두 소식", []).relevant is relevant
    assert watched.may_match("바이두 소식", None) is relevant


def test_the_first_selector_that_fits_counts(tmp_path):
    watched = topics(tmp_path, '[topic.entities]\n"3.0" = ["weak"]\n"0.5" = ["baidu"]\n')
    assert watched.judge("바이두 소식", []).score == 1.0
    assert watched.judge("百度 소식", []).reasons == ("+1.0 百度",)


def test_mentions_known_already_are_taken():
    assert TOPICS.judge("바이두 소식", [], mentions=[]).score == 0
