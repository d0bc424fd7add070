"""Made-up Korean business news in any number: the same seed gives the same articles.

Companies, people and figures are invented. Words follow a rank-frequency law, as in real text: a few names are in every
tenth article, most are in a handful; particles are chosen by the syllable before them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate

from storage.records import ArticleDraft, Author, PageDraft

_HEADS = (
    "가나다라마바사아자차카타파하거너더러머버서어저커터퍼허고노도로모보소오조코토포호"
    "구누두루무부수우주쿠투푸후기니디리미비시이지키티피히"
)
_MIDDLES = "로빈센텐샹웨이징둥난하이윈즈쉬안량톈진밍룽화펑옌슈쥔보타라온누리봄결새움한빛솔별터다솜"
_FAMILY = "김이박최정강조윤장임한오서신권황안송류홍"
_GIVEN = "민서준우지현수진영호태윤하은도연재성주원승아나경동빈"
_KINDS = (
    *("로보틱스", "바이오", "테크", "반도체", "에너지", "모빌리티", "헬스", "AI", "소프트", "커머스", "핀테크"),
    *("머티리얼즈", "스페이스", "게임즈", "로지스틱스", "시스템즈", "랩스", "캐피탈", "벤처스", "파마"),
)
_PLACES = (
    *("베이징", "상하이", "선전", "항저우", "중관춘", "하이뎬구", "판교", "서울", "광저우", "청두", "우한", "난징"),
    *("시안", "쑤저우", "톈진", "홍콩", "싱가포르", "도쿄", "실리콘밸리", "대전"),
)
_THINGS = (
    *(
        "자율주행 로봇",
        "물류 로봇",
        "인공지능 반도체",
        "신약 후보물질",
        "전고체 배터리",
        "안면 인식 기술",
        "대규모 언어모델",
    ),
    *(
        "양자컴퓨터",
        "전기차 충전기",
        "휴머노이드 로봇",
        "위성 통신망",
        "클라우드 서비스",
        "온라인 쇼핑몰",
        "결제 서비스",
    ),
    *(
        "드론 배송",
        "의료 영상 판독 기술",
        "태양광 모듈",
        "수소 연료전지",
        "가상현실 기기",
        "스마트 공장 설비",
        "번역 서비스",
    ),
    *(
        "음성 인식 기술",
        "데이터센터",
        "게임 엔진",
        "산업용 센서",
        "협동로봇",
        "광통신 부품",
        "무인 편의점",
        "교육용 앱",
    ),
)
_WORDS = (
    *("시장", "투자", "기술", "매출", "정부", "규제", "경쟁", "수출", "공급망", "인력", "특허", "연구소", "생산 라인"),
    *("고객사", "영업이익", "지분", "이사회", "상장", "인수", "합병", "협약", "보조금", "관세", "환율", "금리", "소비"),
    *(
        "플랫폼",
        "데이터",
        "보안",
        "표준",
        "임상시험",
        "품질",
        "원가",
        "재고",
        "수요",
        "점유율",
        "생태계",
        "창업",
        "액셀러레이터",
    ),
    *(
        "산학 협력",
        "대학",
        "국유기업",
        "펀드",
        "예산",
        "정책",
        "법안",
        "심사",
        "공모가",
        "주가",
        "배당",
        "신용등급",
        "회계",
    ),
    *(
        "디자인",
        "브랜드",
        "유통망",
        "물류",
        "배송",
        "해외 법인",
        "자회사",
        "합작사",
        "사업부",
        "조직 개편",
        "채용",
        "교육",
    ),
    *(
        "윤리 기준",
        "탄소 배출",
        "재활용",
        "전력망",
        "원자재",
        "희토류",
        "장비",
        "소재",
        "부품",
        "설계",
        "시제품",
        "양산",
    ),
)
_SENTENCES = (
    "{c}{은} {n}일 {p}에서 {t}{을} 공개하고 올해 안에 {m}대를 공급하겠다고 밝혔다.",
    "{c}{이} {s} 투자로 {a}{을} 유치했다.",
    "이번 투자에는 {d}{와} {e} 등 {k}곳이 참여했으며 기업가치는 {b}으로 평가받았다.",
    "{r} {c} 대표는 “{w}{이} 바뀌는 지금이 {t}{을} 내놓을 때”라고 말했다.",
    "업계에서는 {p}의 {w}{와} {x}{이} 앞으로 {k}년 동안 {c}의 {y}{을} 좌우할 것으로 보고 있다.",
    "{p}에 본사를 둔 {c}{은} {z}년 설립돼 {t} 분야에서 직원 {m}명을 두고 있다.",
    "회사는 조달한 자금으로 {p}에 {x}{을} 세우고 {w}{을} 늘린다는 계획이다.",
    "{d}{은} 지난해 매출이 {a}으로 전년보다 {f}% 늘었고 {x}{은} {g}% 줄었다고 설명했다.",
    "{r} 연구위원은 {w} 문제가 풀리지 않으면 {d}의 {y}{도} 어려워질 수 있다고 지적한다.",
    "{p} 당국은 {w}{을} 지원하기 위해 {a} 규모의 {x}{을} 마련하기로 했다.",
    "{r} {e} 연구원은 “{x} 없이는 {t}{을} 이야기할 수 없다”며 {w}{을} 강조했다.",
    "한편 {e}{은} {n}일 {t} 사업에서 손을 떼고 {p}의 {w}에 집중하기로 했다.",
    "시장조사업체 {d}에 따르면 {t} 시장은 {z}년까지 {b} 규모로 커질 전망이다.",
    "{c}{와} {d}{은} {w} 분야에서 함께 일하기로 하고 {p}에서 협약을 맺었다.",
    "{k}개월 동안 이어진 {w} 논의는 {x}{을} 둘러싼 이견으로 결론을 내지 못했다.",
    "이에 대해 {e} 관계자는 {c}의 {y}{을} 포함한 {k}가지 가능성을 열어 두고 있다고 전했다.",
    "{t}{은} {w}{와} {y}{을} 하나로 묶어 비용을 {f}% 낮춘 것이 특징이다.",
    "{p}의 {x} 기업 {m}곳 가운데 {k}곳이 {t} 도입을 검토하고 있는 것으로 나타났다.",
    "{c}{은} {n}일 장 마감 뒤 공시에서 {x}{을} {a}에 사들였다고 알렸다.",
    "다만 {w} 가격이 {g}% 오르고 {x}{이} 치열해지는 점은 {d}에 부담이라는 지적도 나온다.",
    "{r} 교수는 {y}{이} {z}년 이후 가장 큰 변화를 맞았다며 {w}의 역할을 짚었다.",
    "{d}{은} {p}와 {q}에서 {t} 실증을 마쳤고 고객 {m}곳을 확보했다.",
    "{p}{와} {q}의 이 같은 흐름은 {w}{와} {x} 사이에서 {c}의 자리가 흐려지고 있음을 보여 준다.",
    "{c}{은} 내년 상반기 {q} 증시에 상장해 {b}{을} 조달하는 방안을 검토 중이다.",
    "{e}{이} 내놓은 보고서는 {y}{이} {w}에 미치는 영향을 {k}가지로 정리했다.",
    "소비자 {m}명을 조사한 결과 {f}%가 {t}{을} 써 본 적이 있다고 답했다.",
)
_TITLES = (
    "{c}, {a} {s} 투자 유치",
    "{c}, {p}에 {x} 설립… {t} 속도",
    "{c}·{d}, {w} 손잡았다",
    "“{w}{이} 관건” {r} {c} 대표",
    "{p} {t} 기업 {k}곳, {q}로 간다",
    "[기획] {w}{와} {x}, {y}의 앞날",
    "{c} 매출 {f}% 껑충… {x} 덕분",
)
_PARTICLES = {"은": "은는", "이": "이가", "을": "을를", "와": "과와", "도": "도도"}
_SECTIONS = ("산업", "IT·과학", "증권", "국제", "금융", "중소·벤처")
START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
OUTLETS = tuple(f"sample-{number:02}" for number in range(1, 41))


@dataclass(frozen=True)
class Names:
    """The made-up world: who appears in it, and how often (cumulative weights)."""

    companies: tuple[str, ...]
    people: tuple[str, ...]
    company_weights: tuple[float, ...]
    people_weights: tuple[float, ...]


def _law(count: int) -> tuple[float, ...]:
    return tuple(accumulate(1 / (rank + 3) for rank in range(count)))


@cache
def names(companies: int = 6000, people: int = 8000) -> Names:
    """Names of companies and people, the frequent ones first."""
    rng = random.Random(20261124)
    made: dict[str, None] = {}
    while len(made) < companies:
        stem = rng.choice(_HEADS) + rng.choice(_MIDDLES) + (rng.choice(_HEADS) if rng.random() < 0.6 else "")
        made[stem + (rng.choice(_KINDS) if rng.random() < 0.7 else "")] = None
    folk: dict[str, None] = {}
    while len(folk) < people:
        folk[rng.choice(_FAMILY) + "".join(rng.sample(_GIVEN, 2))] = None
        if len(folk) > 0.9 * len(_FAMILY) * len(_GIVEN) ** 2:
            break
    return Names(tuple(made), tuple(folk), _law(len(made)), _law(len(folk)))


@cache
def _word_law(count: int) -> tuple[float, ...]:
    return _law(count)


def _common(rng: random.Random, words: tuple[str, ...]) -> str:
    return rng.choices(words, cum_weights=_word_law(len(words)))[0]


def with_particle(word: str, kind: str) -> str:
    """The word with the allomorph that fits its last syllable: 은 gives 중관춘은 and 바이두는."""
    last = word[-1]
    closed = "가" <= last <= "힣" and (ord(last) - ord("가")) % 28 > 0
    return word + _PARTICLES[kind][0 if closed else 1]


def amount(rng: random.Random) -> str:
    """A sum of money as papers write it."""
    unit = rng.choice(("원", "위안", "달러"))
    form = rng.randrange(4)
    if form == 0:
        return f"{rng.randint(1, 9)}억{rng.randint(1, 9)}000만{unit}"
    if form == 1:
        return f"{rng.randint(10, 990)}억{unit}"
    if form == 2:
        return f"{rng.randint(1, 9)}조{rng.randint(1, 9)}{rng.randint(0, 9)}00억{unit}"
    return f"{rng.randint(1, 99)}.{rng.randint(1, 9)}억{unit}"


class Writer:
    """Writes the articles of one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.world = names()

    def facts(self) -> dict[str, str]:
        """Who and what one article is about."""
        rng, world = self.rng, self.world
        companies = rng.choices(world.companies, cum_weights=world.company_weights, k=3)
        return {
            "c": companies[0],
            "d": companies[1],
            "e": companies[2],
            "r": rng.choices(world.people, cum_weights=world.people_weights)[0],
            "p": _common(rng, _PLACES),
            "q": _common(rng, _PLACES),
            "t": _common(rng, _THINGS),
            "s": rng.choice(("시드", "시리즈 A", "시리즈 B", "시리즈 C", "프리IPO")),
        }

    def sentence(self, form: str, facts: dict[str, str]) -> str:
        """One sentence of a form about the facts, everything else drawn anew."""
        rng = self.rng
        drawn = {
            **facts,
            "w": _common(rng, _WORDS),
            "x": _common(rng, _WORDS),
            "y": _common(rng, _WORDS),
            "a": amount(rng),
            "b": amount(rng),
            "n": str(rng.randint(1, 30)),
            "k": str(rng.randint(2, 40)),
            "m": f"{rng.randint(100, 9900):,}",
            "f": f"{rng.randint(1, 80)}.{rng.randint(1, 9)}",
            "g": str(rng.randint(2, 40)),
            "z": str(rng.randint(1998, 2035)),
        }
        made: list[str] = []
        for piece in form.split("{"):
            key, brace, rest = piece.partition("}")
            if not brace:
                made.append(piece)
            elif key in _PARTICLES:
                made[-1] = with_particle(made[-1], key) + rest
            else:
                made += [drawn[key] + rest] if rest else [drawn[key]]
        return "".join(made)

    def story(self, sentences: int | None = None) -> tuple[str, tuple[str, ...]]:
        """A headline and paragraphs of a report; median about 1,100 characters, some three times as long."""
        rng = self.rng
        facts = self.facts()
        count = sentences or min(70, max(5, int(rng.lognormvariate(3.1, 0.5))))
        forms = rng.sample(_SENTENCES, min(count, len(_SENTENCES)))
        forms += rng.choices(_SENTENCES, k=count - len(forms))
        told = [self.sentence(form, facts if rng.random() < 0.6 else self.facts()) for form in forms]
        body = []
        while told:
            size = rng.randint(1, 3)
            body.append(" ".join(told[:size]))
            told = told[size:]
        return self.sentence(rng.choice(_TITLES), facts), tuple(body)


def draft_of(number: int, title: str, body: tuple[str, ...], rng: random.Random) -> tuple[ArticleDraft, datetime]:
    """The draft of article `number` with a raw page of the usual weight, and when it was first seen."""
    outlet = rng.choices(OUTLETS, cum_weights=_word_law(len(OUTLETS)))[0]
    seen = START + timedelta(seconds=95 * number)
    url = f"https://{outlet}.example/news/{number}"
    furniture = "".join(f'<li class="item-{i}"><a href="/news/{number - i}">{title[:8]}</a></li>' for i in range(60))
    html = f"<html><title>{title}</title><ul>{furniture}</ul>{''.join(f'<p>{text}</p>' for text in body)}</html>"
    page = PageDraft(url, 200, html.encode(), seen, charset="utf-8", content_type="text/html", etag=f'"{number:x}"')
    draft = ArticleDraft(
        outlet=outlet,
        canonical_url=url,
        title=title,
        body=body,
        page=page,
        article_number=str(number),
        authors=(Author("예시민", "sample@example.com"),),
        section=rng.choice(_SECTIONS),
        published_at=seen - timedelta(minutes=rng.randint(1, 90)),
        extractor="generator/1",
        language="ko",
        relevance=round(rng.random(), 3),
        topics=("sample",),
    )
    return draft, seen


def articles(first: int, count: int, *, copies: float = 0.15, seed: int = 7) -> Iterator[tuple[ArticleDraft, datetime]]:
    """Articles `first` to `first + count - 1`; a share repeats one of the twenty before it, with small edits."""
    recent: list[tuple[str, tuple[str, ...]]] = []
    for number in range(first, first + count):
        writer = Writer(seed * 10_000_019 + number)
        if recent and writer.rng.random() < copies:
            title, body = writer.rng.choice(recent)
            title, body = title + " 눈길", (*body, writer.sentence(_SENTENCES[4], writer.facts()))
        else:
            title, body = writer.story()
        recent = [*recent[-19:], (title, body)]
        yield draft_of(number, title, body, writer.rng)
