"""Sentences about apps, subscriptions, reporters and copyright are article text, wherever they stand."""

import pytest

from crawler.extract import clean

LEAD = "견본모터스가 연구 인력 120명을 새로 뽑는다고 2일 밝혔다. 베이징 연구소의 규모를 두 배로 늘리기 위해서다."
END = "업계는 이번 결정이 다른 회사에도 영향을 미칠 것으로 본다. 시장의 반응은 아직 차분한 편이다."
LINES = (
    "앱을 내려받은 이용자는 100만명이다.",
    "구독료는 월 9900원이다.",
    "구독을 취소하려면 앱에서 신청하면 된다.",
    "기자들은 질문을 이어 갔다.",
    "제보가 잇따르자 경찰이 수사에 나섰다.",
    "공유 자전거는 3000대로 늘어난다.",
    "댓글 창은 당분간 닫는다.",
    "네이버 채널 구독자가 가장 많은 곳은 견본일보다.",
    "저작권은 창작자에게 있다.",
    "무단 전재를 막는 법안이 통과됐다.",
    "AI 학습에 기사를 쓰는 문제도 다뤘다.",
    "사진은 모두 5000장이 전시된다.",
    "회원 가입은 무료다.",
    "관련 기사 검색량도 늘었다.",
    "비밀번호는 90일마다 바꿔야 한다.",
    "자동 재생 기능은 빠진다.",
    "유료 회원은 200만명이다.",
    "네이버는 구독 서비스를 내놨습니다.",
    "댓글은 하루 만에 2만 개를 넘었습니다.",
    "유료 회원은 200만명입니다.",
    "회원 가입은 무료입니다.",
    '"구독을 늘리려면 앱을 바꿔야 합니다."',
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "between", "last"])
def test_a_sentence_stays(line, place):
    lines = [LEAD, END]
    lines.insert(place, line)
    assert clean("\n".join(["견본모터스, 베이징 연구소 확장", *lines])).body == tuple(lines)
