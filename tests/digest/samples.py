"""Made-up issues for the tests of content, rendering and mail. Outlets and articles are samples, nothing is a fact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.content import Card, Chart, Correction, Coverage, IssueContent, Report, Section, bars
from digest.safe import excerpt as digest_excerpt

KST = ZoneInfo("Asia/Seoul")
WINDOW_END = datetime(2026, 11, 23, 22, 20, tzinfo=UTC)  # 07:20 in Seoul
OUTLETS = (
    "가람경제 (예시)",
    "누리신문 (예시)",
    "다온뉴스 (예시)",
    "라온테크 (예시)",
    "마루통신 (예시)",
    "바른일보 (예시)",
)
COMPANIES = ("하늘로보틱스", "푸른AI", "중관춘반도체", "베이징드라이브", "은하배터리", "새벽클라우드", "구름모델")
EVENTS = (
    "시리즈B 12억 위안 투자 유치",
    "홍콩 상장 예비심사 통과",
    "휴머노이드 로봇 양산 라인 가동",
    "한국 스타트업과 공동연구소 설립",
    "자율주행 택시 유료 운행 구역 두 배로 확대",
    "오픈소스 언어모델 공개, 하루 만에 내려받기 10만 건",
)
OPENING = (
    "베이징 중관춘에 본사를 둔 {company}의 소식이다. 이 회사는 확보한 자금을 연구 인력 채용과 해외 법인 "
    "설립에 쓸 계획이라고 밝혔다. 업계는 경쟁사의 움직임을 지켜보고 있다."
)


def report(number, *, outlet=None, minutes=0):
    at = WINDOW_END - timedelta(minutes=37 * number + minutes)
    return Report(
        number,
        outlet or OUTLETS[number % len(OUTLETS)],
        at,
        f"https://news.example/a/{number}?section=tech&no={number}",
    )


def card(number, *, others=None, excerpt=True, told_before=None, title=None):
    company, event = COMPANIES[number % len(COMPANIES)], EVENTS[number % len(EVENTS)]
    count = (7, 3, 2, 0, 1, 0, 0)[number % 7] if others is None else others
    return Card(
        story_id=number,
        lead=report(number),
        title=title or f"{company}, {event}",
        excerpt=digest_excerpt((OPENING.format(company=company),)) if excerpt and number % 3 != 2 else None,
        others=tuple(report(number + step, minutes=-step) for step in range(1, count + 1)),
        reasons=(company, "중관춘", "중국 … 투자 유치")[: 1 + number % 3],
        told_before=told_before,
    )


def issue(stories=30, *, corrections=2, follow_ups=2, **changes):
    """An issue of `stories` cards in all, the last `follow_ups` of them follow-ups."""
    follow_ups = min(follow_ups, max(0, stories - 1))
    cards = [card(number) for number in range(stories - follow_ups)]
    later = tuple(
        card(stories + n, others=0, excerpt=False, told_before=f"11/23(월) 메일의 “{COMPANIES[n]}, 새 투자 협상 착수”")
        for n in range(follow_ups)
    )
    named = [("주요 이슈", cards[:3], True), ("그 밖의 이슈", cards[3:], False), ("이어지는 이슈", later, False)]
    values = {
        "title": "중관춘 데일리",
        "zone": KST,
        "window_start": WINDOW_END - timedelta(days=1),
        "window_end": WINDOW_END,
        "sections": tuple(Section(name, tuple(rows), top=top) for name, rows, top in named if rows),
        "corrections": tuple(correction(number) for number in range(corrections)),
        "coverage": Coverage(
            32, 30, ("바른일보 (예시)는 11/23 04:10부터 응답 없음", "새솔경제 (예시)는 이 기간에 확인하지 못함")
        ),
        "charts": (
            Chart("이름별 이슈", bars({company: 9 - n for n, company in enumerate(COMPANIES)})),
            Chart("언론사별 보도", bars({outlet: 28 - 4 * n for n, outlet in enumerate(OUTLETS)})),
        ),
        "reports": 72,
        "outlets": len(OUTLETS),
        "sample": True,
    }
    return IssueContent(**{**values, **changes})


def correction(number):
    return Correction(
        lead=report(number + 50),
        title=f"{COMPANIES[number % len(COMPANIES)]}, 투자 유치 금액 정정",
        what=("제목·본문 수정", "본문 수정", "기사 삭제")[number % 3],
        mailed="11/23(월)",
        details=(
            ("이전 제목", f"{COMPANIES[number % len(COMPANIES)]}, 21억 위안 투자 유치"),
            ("이전", "회사는 이번에 21억 위안을 유치했다고 밝혔다."),
            ("이후", "회사는 이번에 12억 위안을 유치했다고 밝혔다."),
        )[: 3 - number % 3],
    )
