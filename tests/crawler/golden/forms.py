"""What the sample articles of the golden pages say, in the form in which each outlet prints such things.

The report, the company and the reporters are made up. Only datelines, notices and labels follow the outlets' own.
"""

from dataclasses import dataclass

WRITER, MAIL = "홍길동", "hong@sample.example"
PUBLISHED, MODIFIED = "2026-11-20T09:30:00+09:00", "2026-11-20T11:05:00+09:00"
SECTION = "산업"
SUBTITLE = "견본 부제: 상반기에 표본 시제품 공개"
CAPTION = "견본 로봇이 표본 창고에서 상자를 나르고 있다. /사진=견본로봇 제공"
TITLES = (
    "견본 기사: 중관춘 표본로봇, 시제품 2종 공개",
    "견본 기사: 베이징 표본반도체, 새 공장 착공",
    "견본 기사: 표본배터리 “내년 상반기 상장 준비”",
    "견본 기사: 중국 표본클라우드, 연구소 3곳 세운다",
)
TOLD = (
    "중국 베이징 중관춘의 견본 회사가 표본 시제품 {n}종을 공개했다고 20일 밝혔다. 시험을 위해 지어낸 견본 기사다.",
    "회사는 물류 창고에서 상자를 나르는 로봇을 개발하고 있으며, 직원은 {m}명이라고 설명했다.",
    "“내년 상반기까지 생산 시설을 두 배로 늘리겠다.” 견본 회사의 표본 대표는 이렇게 말했다.",
    "시장에서는 경쟁이 심해질 것이라는 관측이 나온다. 다만 부품 공급이 늦어질 수 있다는 점은 과제로 꼽힌다.",
    "회사는 표본 투자사 {n}곳과 협의하고 있으며, 결과는 다음 달에 알리겠다고 덧붙였다.",
)
TOOLBAR = ("글자 크게", "글자 작게", "공유하기", "인쇄", "스크랩")
RELATED = ("견본 관련 소식: 표본 전시회 다음 주 열려", "견본 관련 소식: 표본 물류 창고 새로 지어")
DROPPED = "지워야 할 견본 조각 {n}번"


@dataclass(frozen=True)
class Form:
    """How an outlet writes. `dateline` opens the first paragraph; `byline` is its last line but one."""

    notice: str = "저작권자 ⓒ {name}, 무단 전재 및 재배포 금지"
    dateline: str = ""
    byline: str = f"{WRITER} 기자 {MAIL}"
    tip: str = ""
    bare: bool = False  # the text stands between <br>, not in paragraphs


FORMS: dict[str, Form] = {
    "ajunews": Form(
        notice="©'5개국어 글로벌 경제신문' 아주경제. 무단전재·재배포 금지", byline=f"아주경제={WRITER} 기자 {MAIL}"
    ),
    "asiae": Form(
        notice="<ⓒ투자가를 위한 경제콘텐츠 플랫폼, 아시아경제(www.asiae.co.kr) 무단전재 배포금지>",
        dateline=f"[아시아경제 {WRITER} 기자] ",
    ),
    "asiatoday": Form(notice="ⓒ아시아투데이, 무단전재 및 재배포 금지", dateline=f"아시아투데이 {WRITER} 기자 = "),
    "boannews": Form(
        notice="<저작권자: 보안뉴스(www.boannews.com) 무단전재-재배포금지>",
        dateline=f"[보안뉴스 {WRITER} 기자] ",
        byline=f"[{WRITER} 기자({MAIL})]",
    ),
    "chosun": Form(notice="Copyright ⓒ 조선일보 & Chosun.com"),
    "chosunbiz": Form(notice="Copyright ⓒ 조선비즈 & Chosun.com"),
    "donga": Form(notice="ⓒ 동아일보 & donga.com, 무단 전재 및 재배포 금지", byline=f"{WRITER} 기자 {MAIL}", bare=True),
    "edaily": Form(
        notice="<ⓒ종합 경제정보 미디어 이데일리 - 상업적 무단전재 & 재배포 금지>",
        dateline=f"[이데일리 {WRITER} 기자] ",
        bare=True,
    ),
    "etnews": Form(notice="[Copyright © 전자신문. 무단전재-재배포금지]"),
    "etoday": Form(notice="[저작권자ⓒ이투데이(www.etoday.co.kr), 무단전재/수집, 재배포금지]"),
    "fnnews": Form(notice="※ 저작권자 ⓒ 파이낸셜뉴스. 무단전재-재배포 금지", dateline="[파이낸셜뉴스] "),
    "hani": Form(notice="한겨레 저작권 ⓒ 한겨레신문. 무단 전재 및 재배포 금지", byline=f"{WRITER} 기자 {MAIL}"),
    "hankyung": Form(notice="ⓒ 한경닷컴, 무단전재 및 재배포 금지", byline=f"{WRITER} 한경닷컴 기자 {MAIL}", bare=True),
    "heraldcorp": Form(
        notice="Copyright ⓒ 헤럴드경제 All Rights Reserved. 무단 전재 및 재배포 금지",
        dateline=f"[헤럴드경제={WRITER} 기자] ",
    ),
    "inews24": Form(
        notice="[ⓒ 아이뉴스24 무단전재 및 재배포 금지]",
        dateline=f"[아이뉴스24 {WRITER} 기자] ",
        byline=f"/{WRITER} 기자({MAIL})",
    ),
    "khan": Form(notice="경향신문 저작권자 ⓒ 경향신문, 무단 전재 및 재배포 금지"),
    "kmib": Form(
        notice="GoodNews paper ⓒ 국민일보(www.kmib.co.kr), 무단전재, 수집, 재배포 및 AI학습 이용 금지",
        bare=True,
    ),
    "mk": Form(notice="[ⓒ 매일경제 & mk.co.kr, 무단 전재, 재배포 및 AI학습 이용 금지]", byline=f"[{WRITER} 기자]"),
    "moneytoday": Form(notice="[저작권자 @머니투데이, 무단전재 및 재배포 금지]", byline=f"{WRITER} 기자 {MAIL}"),
    "naver-news": Form(notice="Copyright ⓒ 견본일보. All rights reserved. 무단 전재 및 재배포 금지.", bare=True),
    "news1": Form(
        notice="Copyright ⓒ 뉴스1. All rights reserved. 무단 전재 및 재배포, AI학습 이용 금지.",
        dateline=f"(서울=뉴스1) {WRITER} 기자 = ",
        byline=MAIL,
    ),
    "newsis": Form(
        notice="Copyright © NEWSIS.COM, 무단 전재 및 재배포 금지",
        dateline=f"[서울=뉴시스] {WRITER} 기자 = ",
        byline=f"◎공감언론 뉴시스 {MAIL}",
        bare=True,
    ),
    "newspim": Form(
        notice="<저작권자© 글로벌리더의 지름길 종합뉴스통신사 뉴스핌(Newspim), 무단 전재-재배포 금지>",
        dateline=f"[서울=뉴스핌] {WRITER} 기자 = ",
        byline=MAIL,
    ),
    "nocutnews": Form(
        notice="저작권자 © CBS 노컷뉴스 무단전재 및 재배포 금지",
        tip="※CBS노컷뉴스는 여러분의 제보로 함께 세상을 바꿉니다. 이메일 : sample@sample.example",
        bare=True,
    ),
    "osen": Form(
        notice="[Copyright ⓒ OSEN(www.osen.co.kr) 무단전재 및 재배포 금지]",
        dateline=f"[OSEN={WRITER} 기자] ",
        byline=f"/{MAIL}",
    ),
    "pressian": Form(
        notice="저작권자 ⓒ 프레시안(http://www.pressian.com) 무단전재 및 재배포금지", byline=f"{WRITER} 기자 ({MAIL})"
    ),
    "sedaily": Form(notice="< 저작권자 ⓒ 서울경제, 무단 전재 및 재배포 금지 >"),
    "segye": Form(notice="[ⓒ 세계일보 & Segye.com, 무단전재 및 재배포 금지]"),
    "seoul": Form(notice="Copyright ⓒ 서울신문 All rights reserved. 무단 전재-재배포, AI 학습 및 활용 금지"),
    "yna": Form(
        notice="<저작권자(c) 연합뉴스, 무단 전재-재배포, AI 학습 및 활용 금지>",
        dateline=f"(베이징=연합뉴스) {WRITER} 특파원 = ",
        byline=MAIL,
        tip="제보는 카카오톡 okjebo",
    ),
    "zdnet-korea": Form(notice="ⓒ 지디넷코리아, 무단 전재 및 재배포 금지"),
}


def form_of(outlet_id: str) -> Form:
    return FORMS.get(outlet_id, Form())


def title_of(outlet_id: str) -> str:
    return TITLES[_number(outlet_id) % len(TITLES)]


def paragraphs_of(outlet_id: str) -> list[str]:
    """The article as a person would copy it out: a dateline belongs to the first paragraph."""
    number = _number(outlet_id)
    told = [text.format(n=2 + number % 7, m=40 + number) for text in TOLD]
    return [form_of(outlet_id).dateline + told[0], *told[1:]]


def _number(outlet_id: str) -> int:
    return sum(map(ord, outlet_id)) % 97
