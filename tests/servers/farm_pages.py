"""Articles of the farm: long, all different, in pages as large as an outlet's, made from a number and nothing else."""

import random
from dataclasses import dataclass
from functools import lru_cache
from html import escape

_WHO = (
    "로봇 기업",
    "반도체 설계사",
    "클라우드 업체",
    "배터리 회사",
    "바이오 벤처",
    "드론 제조사",
    "결제 서비스사",
    "자율주행 개발사",
)
_NAMES = (
    "예시",
    "표본",
    "보기",
    "가온",
    "나래",
    "다솜",
    "라온",
    "마루",
    "바름",
    "새솔",
    "아람",
    "자람",
    "차오름",
    "한결",
)
_PLACES = ("베이징", "상하이", "선전", "항저우", "청두", "우한", "시안", "톈진", "충칭", "쑤저우")
_DEEDS = (
    "새 연구소를 열고 {n}명을 뽑기로 했다", "시제품 {n}대를 고객사에 넘겼다", "{n}억원 규모의 투자를 유치했다",
    "특허 {n}건을 한꺼번에 출원했다", "공장 증설에 {n}억원을 들인다", "대학 {n}곳과 공동 과정을 만든다",
    "매출이 {n}퍼센트 늘었다고 발표했다", "해외 지사를 {n}곳으로 늘린다", "기술 시연회에 관람객 {n}명을 모았다",
)  # fmt: skip
_VIEWS = (
    "업계에서는 {c}의 결정이 {p} 시장의 판도를 바꿀 수 있다고 본다",
    "{p} 현지 매체는 {c}의 대응이 빨라질 것으로 내다봤다",
    "{p}의 전문가 {n}명은 {c}의 부품 공급이 가장 큰 변수라고 지적했다",
    "투자자들은 {c}의 수익 전환 시점을 눈여겨보고 있다",
    "{c} 측은 {p} 규제 당국과 협의를 {n}차례 마쳤다고 설명했다",
    "{p} 소비자 단체는 {c}의 가격 인상을 우려하는 목소리를 냈다",
    "{c} 연구진은 전력 사용량을 {n}와트까지 줄였다는 점을 강조했다",
    "{c} 관계자는 {p} 일정은 아직 정해지지 않았다고 말했다",
)
_LINKS = (
    "정치",
    "경제",
    "사회",
    "국제",
    "문화",
    "증권",
    "부동산",
    "산업",
    "중기",
    "금융",
    "유통",
    "과학",
    "의료",
    "교육",
)
_QUIET = ("딸기 농가", "마을 축제", "둘레길", "도서관", "전통 시장", "합창단", "김장 나눔", "벚꽃 길")


@dataclass(frozen=True)
class FarmArticle:
    """One article: `seed` decides its words, `number` its address, `on_topic` whether anybody watches for it."""

    seed: int
    number: int
    on_topic: bool

    @property
    def title(self) -> str:
        chance = random.Random(self.seed)
        if not self.on_topic:
            return f"{chance.choice(_QUIET)} {self.number}번째 소식, 주민들이 함께했다"
        return f"중관춘 스타트업 {_company(chance)}, {chance.choice(_WHO)} 가운데 {self.number}번째 소식"

    @property
    def paragraphs(self) -> list[str]:
        chance = random.Random(self.seed)
        company = _company(chance)
        first = f"중국 {chance.choice(_PLACES)} 중관춘에 자리 잡은 스타트업 {company}은 {_sentence(chance)}."
        if not self.on_topic:
            first = f"{chance.choice(_QUIET)} 행사가 {chance.randrange(2, 900)}명이 모인 가운데 열렸다."
        return [first, *(_paragraph(chance) for _ in range(11))]


def _company(chance: random.Random) -> str:
    return f"{chance.choice(_NAMES)}{chance.choice(_NAMES)}{chance.randrange(10, 9999)}호"


def _sentence(chance: random.Random) -> str:
    return chance.choice(_DEEDS).format(n=chance.randrange(2, 9999))


def _paragraph(chance: random.Random) -> str:
    told = [
        f"{chance.choice(_PLACES)}의 {chance.choice(_WHO)} {_company(chance)}도 {_sentence(chance)}.",
        chance.choice(_VIEWS).format(c=_company(chance), p=chance.choice(_PLACES), n=chance.randrange(2, 999)) + ".",
        f"{_company(chance)}은 {chance.choice(_PLACES)}에서 {_sentence(chance)}.",
    ]
    chance.shuffle(told)
    return " ".join(told)


@lru_cache(maxsize=8)
def _furniture(host: str) -> tuple[str, str, str]:
    """What stands around every article of an outlet: menus and scripts above, lists of other articles below."""
    chance = random.Random(host)
    menu = "".join(f'<li><a href="/section/{n}">{chance.choice(_LINKS)} {n}</a></li>' for n in range(260))
    script = "window.settings=" + str({f"key{n}": chance.randrange(10**9) for n in range(1500)}) + ";"
    lists = "".join(_card(chance, number) for number in range(210))
    return (
        f"<nav><ul>{menu}</ul></nav>",
        f"<script>{script}</script>",
        f'<aside class="related">{lists}</aside>',
    )


def _card(chance: random.Random, number: int) -> str:
    """One entry of a list of other articles, as deep as outlets build them."""
    return (
        f'<div class="card"><div class="in"><a href="/news/list/{number}"><span class="thumb">'
        f'<img src="/i/{number}.jpg" alt=""></span><span class="text"><strong>{_paragraph(chance)[:40]}</strong>'
        f"<em>{_paragraph(chance)[:60]}</em></span></a><p><span>기자</span> <span>2026.08.{1 + number % 28:02d}</span>"
        "</p></div></div>"
    )


def farm_page(article: FarmArticle, host: str) -> str:
    """The page of an article: as long, and as much work for an extractor, as the median of real pages (110 KB)."""
    menu, script, lists = _furniture(host)
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in article.paragraphs)
    return (
        f'<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{escape(article.title)} - 농장일보</title>'
        f'<meta property="article:published_time" content="2026-08-11T07:00:00+09:00">{script}</head><body>{menu}'
        f'<article><h1 class="title">{escape(article.title)}</h1><div id="article-body">{body}</div></article>'
        f"{lists}<footer>농장일보 표본 페이지입니다</footer></body></html>"
    )
