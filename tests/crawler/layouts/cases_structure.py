"""Pages whose text is built in unusual ways: tables, lists, bare text, several pages, times, or no text at all."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

import html
from dataclasses import replace

from .pages import PROFILES, Layout, Slots, br_lines, fill, furniture, layout, p_tags
from .stories import BATTERY, BRIEF, DEALS, FUNDING, HANJA, HEADINGS, LIVE, POLICY, QUOTED, ROBOTS, Story, long_story

CAPTION = "시험배터리 연구원이 시제품 4종을 들어 보이고 있다. 견본일보 자료사진"
TEASERS = (
    (
        "견본모터스, 부품 공장 두 곳 더 짓는다",
        "견본모터스가 부품 공장 두 곳을 더 짓기로 했다. 투자액은 모두 820억원이다…",
    ),
    ("예시로봇 주문 잔고 사상 최대", "예시로봇의 3월 주문 잔고가 4,100대로 사상 최대를 기록했다. 유럽 주문이…"),
    ("시험은행, 기업 대출 금리 0.2%p 인하", "시험은행이 중소기업 대출 금리를 0.2%포인트 내린다. 대상은 업력 3년 이상…"),
    ("보기바이오 임상 2상 첫 환자 등록", "보기바이오가 임상 2상 첫 환자를 등록했다고 밝혔다. 시험은 병원 11곳에서…"),
    ("샘플데이터, 공공 사업 3건 수주", "샘플데이터가 공공 데이터 사업 3건을 따냈다. 계약 금액은 모두 47억원으로…"),
)


def cases() -> list[Layout]:
    return [
        paged_first(),
        view_all(),
        live_blog(),
        deals_table(),
        list_page(),
        link_list_page(),
        video_page(),
        photo_news(),
        brief(),
        very_long(),
        headings_inside(),
        blockquotes(),
        list_items(),
        nested_divs(),
        bare_text(),
        bare_text_old_table(),
        hard_wrapped(),
        amp(),
        same_cells(),
        hanja(),
        unclosed_tags(),
        bold_spans(),
        gallery_article(),
    ]


def paged_first() -> Layout:
    """Page 1 of 3: only its own paragraphs are there; the pager is not text."""
    pager = "<div class='paging'><strong>1</strong> <a href='?page=2'>2</a> <a href='?page=3'>3</a> <a href='?page=2'>다음 페이지</a> <a href='?view=all'>전체보기</a></div>"
    body = p_tags(FUNDING.paragraphs[:4]) + pager
    forbidden = ("다음 페이지", "전체보기")
    return layout(
        "paged article, page 1 of 3", "daily", FUNDING, body, paragraphs=FUNDING.paragraphs[:4], forbidden=forbidden
    )


def view_all() -> Layout:
    parts = (FUNDING.paragraphs[:4], FUNDING.paragraphs[4:7], FUNDING.paragraphs[7:])
    body = "".join(f"<div class='page' id='page{number}'>{p_tags(part)}</div>" for number, part in enumerate(parts, 1))
    back = "<a class='paged' href='?page=1'>나눠 보기</a>"
    return layout("paged article, view all", "daily", FUNDING, body + back, forbidden=("나눠 보기",))


def live_blog() -> Layout:
    story = Story(
        "[라이브] 보기반도체 신제품 발표회", tuple(text for _, text in LIVE), published="2026-03-17T13:58:00+09:00"
    )
    body = "".join(f"<div class='live'><span class='time'>{time}</span><p>{text}</p></div>" for time, text in LIVE)
    return layout("live blog with times", "daily", story, body, optional=tuple(time for time, _ in LIVE))


def _table(rows, tag="td") -> str:
    cells = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for row in rows)
    return "<table border='1'>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def deals_table() -> Layout:
    """Six deals with many equal cells: each row must come through, equal cells included."""
    head = ("기업", "단계", "금액", "투자사")
    body = p_tags(FUNDING.paragraphs[:2]) + _table((head, *DEALS)) + p_tags(FUNDING.paragraphs[2:5])
    gold = (*FUNDING.paragraphs[:2], *(cell for row in DEALS for cell in row), *FUNDING.paragraphs[2:5])
    return layout("table of deals", "daily", FUNDING, body, paragraphs=gold, optional=head)


def same_cells() -> Layout:
    rows = [("월", "휴장"), ("화", "2,696.15"), ("수", "2,701.02"), ("목", "휴장"), ("금", "2,696.15")]
    body = p_tags(POLICY.paragraphs[:3]) + _table(rows) + p_tags(POLICY.paragraphs[3:])
    gold = (*POLICY.paragraphs[:3], *(value for _, value in rows), *POLICY.paragraphs[3:])
    return layout(
        "table with equal cells", "daily", POLICY, body, paragraphs=gold, optional=("월", "화", "수", "목", "금")
    )


def _no_article(name: str, skeleton: str, story: Story, body: str, head: str = "") -> Layout:
    page = fill(skeleton, story, body, Slots(head=head))
    return Layout(
        name, page.encode(), forbidden=furniture(skeleton), content_type="text/html", profile=PROFILES[skeleton]
    )


def list_page() -> Layout:
    items = "".join(
        f"<li><a href='/news/article/2026031{n}'><h4>{title}</h4><p>{teaser}</p></a><span>2026.03.1{n}</span></li>"
        for n, (title, teaser) in enumerate(TEASERS)
    )
    return _no_article("list page with teasers", "list", replace(BRIEF, title="산업"), f"<ul class='list'>{items}</ul>")


def link_list_page() -> Layout:
    links = "".join(f"<li><a href='/news/{n}'>{title} ({n}보)</a></li>" for n in range(1, 9) for title, _ in TEASERS)
    return _no_article("list page of bare links", "list", replace(BRIEF, title="전체기사"), f"<ul>{links}</ul>")


def video_page() -> Layout:
    player = "<div class='player'><iframe src='https://video.example/1'></iframe></div>"
    return _no_article("video page without text", "daily", replace(BRIEF, title="[영상] 견본모터스 새 연구소"), player)


def photo_news() -> Layout:
    """A picture with one sentence under it: the sentence is the article."""
    line = "17일 중관춘 광장에서 열린 로봇 전시회에서 어린이들이 예시로봇의 배달 로봇 ‘보기 3호’를 살펴보고 있다. 전시는 20일까지 나흘간 이어진다."
    story = Story("[포토] 로봇과 눈 맞추는 어린이들", (line,))
    body = f"<figure><img src='/1.jpg' alt='{story.title}'></figure>{p_tags([line])}"
    return layout("photo news", "daily", story, body)


def gallery_article() -> Layout:
    """Captions outnumber paragraphs; they are captions all the same."""
    captions = tuple(f"전시장 {number}관에 놓인 시제품 {number * 3}점. 사진=견본일보 DB" for number in range(1, 7))
    figures = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>{line}</figcaption></figure>" for n, line in enumerate(captions)
    )
    body = p_tags(ROBOTS.paragraphs[:2]) + figures + p_tags(ROBOTS.paragraphs[2:4])
    return layout(
        "article rich in captions", "daily", ROBOTS, body, paragraphs=ROBOTS.paragraphs[:4], forbidden=captions
    )


def brief() -> Layout:
    return layout("brief of two paragraphs", "daily", BRIEF, p_tags(BRIEF.paragraphs))


def very_long() -> Layout:
    story = long_story(60)
    return layout("very long article", "online", story, p_tags(story.paragraphs))


def headings_inside() -> Layout:
    parts = BATTERY.paragraphs
    gold = (*parts[:2], HEADINGS[0], parts[2], HEADINGS[1], *parts[3:6], HEADINGS[2], *parts[6:])
    body = "".join(f"<h3>{line}</h3>" if line in HEADINGS else f"<p>{line}</p>" for line in gold)
    return layout("headings inside the body", "online", BATTERY, body, paragraphs=gold)


def blockquotes() -> Layout:
    quote = "<blockquote>" + "".join(f"<p>{line}</p>" for line in QUOTED) + "</blockquote>"
    parts = [line for index, line in enumerate(ROBOTS.paragraphs) if index != 3]
    gold = (*parts[:3], *QUOTED, *parts[3:])
    return layout("block quotes", "online", ROBOTS, p_tags(parts[:3]) + quote + p_tags(parts[3:]), paragraphs=gold)


def list_items() -> Layout:
    items = (
        "신청 대상: 창업 3년 이내의 기술 기업",
        "신청 기간: 4월 1일부터 4월 30일까지",
        "지원 금액: 기업마다 연 최대 500만위안",
        "제출 서류: 사업자등록증과 기술 설명서 2종",
    )
    listed = "<ul>" + "".join(f"<li>{line}</li>" for line in items) + "</ul>"
    gold = (*POLICY.paragraphs[:4], *items, *POLICY.paragraphs[4:])
    body = p_tags(POLICY.paragraphs[:4]) + listed + p_tags(POLICY.paragraphs[4:])
    return layout("list items as content", "daily", POLICY, body, paragraphs=gold)


def nested_divs() -> Layout:
    wrap = "<div class='row'><div class='col'><div class='txt'><span>{}</span></div></div></div>"
    return layout(
        "nested divs as paragraphs", "daily", ROBOTS, "\n".join(wrap.format(line) for line in ROBOTS.paragraphs)
    )


def bare_text() -> Layout:
    return layout("bare text between br", "daily", BATTERY, br_lines(BATTERY.paragraphs))


def bare_text_old_table() -> Layout:
    body = "<br>\n".join(f"&nbsp;{line}<br>" for line in FUNDING.paragraphs)
    return layout("bare text in nested tables", "weekly", FUNDING, body)


def hard_wrapped() -> Layout:
    """The source breaks lines every 30 letters, as an old editor did; the reader sees whole paragraphs."""
    body = []
    for line in ROBOTS.paragraphs:
        rows, row = [], ""
        for word in line.split(" "):
            if len(row) + len(word) > 30:
                rows, row = [*rows, row], word
            else:
                row = f"{row} {word}".strip()
        body.append("<p>" + "\n".join(html.escape(piece, quote=False) for piece in [*rows, row]) + "</p>")
    return layout("hard-wrapped lines", "daily", ROBOTS, "\n".join(body))


def amp() -> Layout:
    return layout("AMP page", "amp", BATTERY, p_tags(BATTERY.paragraphs))


def hanja() -> Layout:
    return layout("hanja and English names", "daily", HANJA, p_tags(HANJA.paragraphs))


def unclosed_tags() -> Layout:
    body = "".join(f"<p>{html.escape(line, quote=False)}" for line in POLICY.paragraphs)
    return layout("paragraphs never closed", "daily", POLICY, body)


def bold_spans() -> Layout:
    """Company names bold or linked to a quote page, figures in spans: inline tags never break a word."""
    lines = [
        line.replace("예시로봇", "<a href='/stock/0001'><b>예시로봇</b></a>").replace("48%", "<span>48</span>%")
        for line in ROBOTS.paragraphs
    ]
    return layout("inline tags in words", "online", ROBOTS, "".join(f"<p>{line}</p>" for line in lines))
