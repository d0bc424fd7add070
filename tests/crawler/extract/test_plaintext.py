import pytest

from crawler.extract import Byline, Reason, clean

from .samples import BYLINE, NOTICE, STORY, TIP, TITLE, pasted

TOOLBAR = ("-", "기사 스크랩", "-", "공유", "-", "댓글", "-", "클린뷰", "-", "프린트")


def reasons(result, reason):
    return [one.text for one in result.removed if one.reason is reason]


@pytest.fixture
def seed_like():
    """What a naive scraper sees of a page with a toolbar and a clean-view layer."""
    return pasted(TITLE, *TOOLBAR, *STORY, BYLINE, TIP, *STORY[1:], BYLINE, TIP)


def test_toolbar_body_twice_byline_and_tip(seed_like):
    result = clean(seed_like)
    assert result.title == TITLE
    assert result.body == STORY
    assert result.authors == (Byline("김견본", "gyeon.bon@sample.example"),)
    assert reasons(result, Reason.TOOLBAR) == list(TOOLBAR)
    assert reasons(result, Reason.BYLINE) == [BYLINE]
    assert reasons(result, Reason.TIP) == [TIP]
    assert set(STORY[1:]) <= set(reasons(result, Reason.REPEATED))
    assert BYLINE in reasons(result, Reason.REPEATED)


def test_the_hundredth_call_gives_the_same(seed_like):
    first = clean(seed_like)
    for _ in range(99):
        assert clean(seed_like) == first


def test_every_line_is_somewhere(seed_like):
    result = clean(seed_like)
    lines = sorted(seed_like.splitlines())
    assert sorted([result.title, *result.body, *(one.text for one in result.removed)]) == lines


def test_text_without_a_headline_has_no_title():
    result = clean(pasted(*STORY))
    assert result.title is None
    assert result.body == STORY


def test_nothing_in_nothing_out():
    assert clean("").body == ()
    assert clean("\n \n\0").title is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (NOTICE, Reason.COPYRIGHT),
        ("<저작권자ⓒ견본경제. 무단전재-재배포 금지>", Reason.COPYRIGHT),
        ("무단전재 및 재배포를 금합니다.", Reason.COPYRIGHT),
        ("[ⓒ 견본경제 & sample.example, 무단전재 및 재배포, AI 학습 및 활용 금지]", Reason.COPYRIGHT),
        ("제보는 카카오톡 '견본제보'", Reason.TIP),
        ("▶ 기사제보 tip@sample.example", Reason.TIP),
        ("[사진=견본로봇 제공]", Reason.CAPTION),
        ("두 번째 연구소가 들어설 건물 전경. /사진제공=견본로봇", Reason.CAPTION),
        ("연구원들이 로봇을 시험하고 있다. 견본통신 제공", Reason.CAPTION),
        ("▶ 관련기사: 예시기계, 2500만달러 투자 유치", Reason.RELATED),
        ("많이 본 뉴스", Reason.RELATED),
        ("#로봇 #중관춘 #투자", Reason.RELATED),
        ("네이버에서 견본경제 구독하기", Reason.APPEAL),
        ("카카오톡 채널 추가하고 속보를 받아보세요", Reason.APPEAL),
        ("입력 2026.03.03 14:05 수정 2026.03.03 15:10", Reason.METADATA),
        ("페이스북 트위터 카카오톡 URL복사", Reason.TOOLBAR),
        ("글자크기 가 가+", Reason.TOOLBAR),
    ],
)
def test_lines_around_the_text_get_their_reason(line, reason):
    result = clean(pasted(TITLE, *STORY, line))
    assert result.body == STORY
    assert [(one.text, one.reason) for one in result.removed] == [(line, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "저작권법은 무단 전재를 금지하지만 '무단전재 및 재배포 금지'라는 문구만으로 권리가 생기지는 않는다.",
        "법원은 견본신문이 기사를 무단 복제했다며 3000만원을 물어내라고 판결했다.",
        "기자: 연구소는 언제 문을 여나요?",
        "대표: 내년 3월입니다. 준비는 끝났습니다.",
        "회사는 앱 화면에서 '구독하기' 버튼을 없앴다. 가입자는 오히려 9% 늘었다.",
        "이 회사 홍보팀은 기사 제보를 받는 창구를 새로 만들었다고 설명했다.",
        "댓글",  # a heading of an article about comments, between its paragraphs
        "공유 경제",
        "◇ 부사장 승진",
    ],
)
def test_an_article_about_such_things_keeps_its_text(line):
    text = (*STORY[:3], line, *STORY[3:])
    assert clean(pasted(TITLE, *text)).body == text
