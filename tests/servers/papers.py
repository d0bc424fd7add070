"""Feeds, sitemaps and article pages of made-up outlets, as text: what the outlet server is scripted with."""

from dataclasses import dataclass
from html import escape

PARAGRAPHS = (
    (
        "중국 베이징 중관춘에 본사를 둔 예시 스타트업 {name}이 시리즈A 투자를 유치했다고 "
        "{day}일 밝혔다. 이번 투자에는 예시벤처스와 표본캐피털이 참여했다."
    ),
    (
        "{name}은 산업용 로봇의 관절을 제어하는 반도체를 개발하는 회사로, 직원은 "
        "{count}명이다. 회사는 올해 안에 시제품을 내놓을 계획이라고 설명했다."
    ),
    (
        "투자금은 {amount}억원 규모로 전해졌다. 회사 관계자는 “연구개발 인력을 "
        "두 배로 늘리고 선전에 생산 거점을 마련하겠다”고 말했다."
    ),
    (
        "업계에서는 {name}의 행보가 중관춘 창업 생태계의 회복을 보여주는 신호라는 "
        "평가가 나온다. 다만 공급망 불확실성은 여전히 과제로 꼽힌다."
    ),
)
OFF_TOPIC = (
    (
        "전북 지역 농가가 올해 처음으로 수확한 딸기 {count}상자를 출하했다고 "
        "{day}일 밝혔다. 농가는 일조량이 늘어 당도가 높아졌다고 설명했다."
    ),
    (
        "시는 {name} 축제를 앞두고 주차장을 넓히고 셔틀버스를 늘리기로 했다. "
        "축제는 다음 달 첫째 주말에 사흘 동안 열린다고 한다."
    ),
    (
        "지난해 축제에는 {amount}만명이 찾아 지역 상권에 도움이 됐다는 평가를 "
        "받았다. 시는 올해 방문객이 더 늘어날 것으로 보고 있다."
    ),
)


@dataclass(frozen=True)
class Story:
    """One made-up article; `number` makes it unlike the others."""

    number: int
    on_topic: bool = True
    edited: bool = False

    @property
    def path(self) -> str:
        return f"/news/article/{self.number}"

    @property
    def title(self) -> str:
        if not self.on_topic:
            return f"딸기 축제 {self.number}번째 소식, 주차장 넓힌다"
        return f"중관춘 로봇 스타트업 예시{self.number}호, 시리즈A 투자 유치"

    @property
    def paragraphs(self) -> list[str]:
        rows = PARAGRAPHS if self.on_topic else OFF_TOPIC
        facts = {"name": f"예시{self.number}호", "day": 1 + self.number % 28, "count": 40 + self.number * 7}
        told = [row.format(**facts, amount=100 + self.number * 13) for row in rows]
        return [*told, "회사는 정정을 통해 투자 참여사를 세 곳으로 바로잡았다."] if self.edited else told


def page(story: Story, *, canonical: str | None = None, encoding: str = "utf-8") -> bytes:
    """An article page with a menu, a toolbar and a footer around the article."""
    link = f'<link rel="canonical" href="{escape(canonical)}">' if canonical else ""
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)
    text = (
        f'<!doctype html><html lang="ko"><head><title>{escape(story.title)} - 예시신문</title>{link}'
        '<meta property="article:published_time" content="2026-08-11T07:00:00+09:00"></head><body>'
        '<nav><a href="/">홈</a><a href="/economy">경제</a></nav>'
        f'<article><h1 class="title">{escape(story.title)}</h1><div class="article-body">{body}</div></article>'
        "<footer>예시신문 표본 페이지</footer></body></html>"
    )
    return text.encode(encoding, errors="xmlcharrefreplace")


def rss(
    stories: list[Story], base: str, *, declaration: str = '<?xml version="1.0" encoding="utf-8"?>', **extra: str
) -> str:
    """An RSS 2.0 feed. `extra` holds elements added to every item."""
    added = "".join(f"<{name}>{value}</{name}>" for name, value in extra.items())
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(base + story.path)}</link>"
        f"<description>{escape(story.paragraphs[0])}</description>"
        f"<pubDate>Tue, 11 Aug 2026 07:00:00 +0900</pubDate>{added}</item>"
        for story in stories
    )
    return f'{declaration}<rss version="2.0"><channel><title>예시신문</title><link>{base}</link>{items}</channel></rss>'


def atom(stories: list[Story], base: str, *, updated: str = "2026-08-11T07:00:00+09:00") -> str:
    entries = "".join(
        f'<entry><title>{escape(story.title)}</title><link href="{escape(base + story.path)}"/><id>{story.path}</id>'
        f"<published>2026-08-11T07:00:00+09:00</published><updated>{updated}</updated></entry>"
        for story in stories
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>예시신문</title>{entries}</feed>'


def news_sitemap(stories: list[Story], base: str) -> str:
    rows = "".join(
        f"<url><loc>{escape(base + story.path)}</loc><news:news><news:publication_date>2026-08-11T07:00:00+09:00"
        f"</news:publication_date><news:title>{escape(story.title)}</news:title></news:news></url>"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )


def section_list(stories: list[Story]) -> str:
    rows = "".join(f'<li><a class="headline" href="{story.path}">{escape(story.title)}</a></li>' for story in stories)
    return f'<!doctype html><html><body><ul class="list">{rows}</ul><a href="/about">회사 소개</a></body></html>'
