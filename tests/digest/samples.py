"""Made-up issues for the tests of content, rendering and mail. Outlets and articles are samples, nothing is a fact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.content import (
    Before,
    Card,
    Chart,
    Correction,
    Coverage,
    DealLine,
    IssueContent,
    Money,
    Problem,
    Report,
    Section,
    bars,
)
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


BUSY = {company: 9 - n for n, company in enumerate(COMPANIES)}


def report(number, *, outlet=None, at=None):
    at = at or WINDOW_END - timedelta(minutes=60 + 37 * number)
    return Report(
        number,
        outlet or OUTLETS[number % len(OUTLETS)],
        at,
        f"https://news.example/a/{number}?section=tech&no={number}",
    )


def later(number, step):
    return report(number + step, at=report(number).at + timedelta(minutes=7 * step))


def deal(number):
    company = COMPANIES[number % len(COMPANIES)]
    money = (Money(1.2e9, "CNY", 2.28e11, "약"), Money(2.5e9, "USD"), Money(1.29e12, "KRW"), None)[number % 4]
    kind = ("raised", "valued", "acquired", "listed")[number % 4]
    investors = ("샘플캐피털", "예시벤처스", "견본파트너스")[: number % 4]
    return DealLine(
        kind,
        company,
        money,
        report(number),
        "시리즈B" if kind == "raised" else None,
        investors,
        1 + number % 3,
        number % 5 == 2,
    )


def card(number, *, others=None, excerpt=True, before=None, title=None):
    company, event = COMPANIES[number % len(COMPANIES)], EVENTS[number % len(EVENTS)]
    count = (7, 3, 2, 0, 1, 0, 0)[number % 7] if others is None else others
    return Card(
        story_id=number,
        lead=report(number),
        title=title or f"{company}, {event}",
        excerpt=digest_excerpt((OPENING.format(company=company),)) if excerpt and number % 3 != 2 else None,
        others=tuple(later(number, step) for step in range(1, count + 1)),
        companies=(company, COMPANIES[(number + 3) % len(COMPANIES)], "샘플캐피털")[: 1 + number % 3],
        amounts=(Money(1.2e9, "CNY", 2.28e11), Money(5e8, "USD"))[: number % 3],
        reasons=("중관춘", "중국 … 투자 유치")[: number % 3],
        deal=deal(number) if number % 4 == 0 else None,
        before=before,
    )


def issue(stories=30, *, corrections=2, follow_ups=2, **changes):
    """An issue of `stories` cards in all, the last `follow_ups` of them follow-ups."""
    follow_ups = min(follow_ups, max(0, stories - 1))
    cards = [card(number) for number in range(stories - follow_ups)]
    later = tuple(
        card(
            stories + n,
            others=n,
            excerpt=False,
            before=Before(WINDOW_END - timedelta(days=1), OUTLETS[n], f"{COMPANIES[n]}, 새 투자 협상 착수"),
        )
        for n in range(follow_ups)
    )
    named = [("top", cards[:3]), ("rest", cards[3:]), ("follow_ups", later)]
    values = {
        "title": "중관춘 데일리",
        "zone": KST,
        "window_start": WINDOW_END - timedelta(days=1),
        "window_end": WINDOW_END,
        "sections": tuple(Section(key, tuple(rows)) for key, rows in named if rows),
        "corrections": tuple(correction(number) for number in range(corrections)),
        "coverage": Coverage(
            32,
            30,
            (
                Problem("failing", "바른일보 (예시)", datetime(2026, 11, 22, 19, 10, tzinfo=UTC)),
                Problem("unseen", "새솔경제 (예시)"),
            ),
        ),
        "charts": (
            Chart("companies", bars(BUSY, means={name: 2.5 + n for n, name in enumerate(BUSY)})),
            Chart("outlets", bars({outlet: 28 - 4 * n for n, outlet in enumerate(OUTLETS)})),
        ),
        "deals": tuple(deal(number) for number in range(0, min(stories, 20), 4)),
        "reports": 72,
        "outlets": len(OUTLETS),
        "sample": True,
    }
    return IssueContent(**{**values, **changes})


def correction(number):
    company = COMPANIES[number % len(COMPANIES)]
    return Correction(
        lead=report(number + 50),
        title=f"{company}, 투자 유치 금액 정정",
        what=("both", "body", "gone")[number % 3],
        mailed=WINDOW_END - timedelta(days=1),
        details=(
            ("title", f"{company}, 21억 위안 투자 유치"),
            ("before", "회사는 이번에 21억 위안을 유치했다고 밝혔다."),
            ("after", "회사는 이번에 12억 위안을 유치했다고 밝혔다."),
        )[: 3 - number % 3],
    )
