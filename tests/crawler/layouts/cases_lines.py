"""Pages whose body holds lines that are not the article: bylines, tips, summaries, appeals, links, teasers."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

from dataclasses import replace

from .pages import Layout, Slots, br_lines, layout, p_tags
from .stories import BATTERY, COPYRIGHT, FUNDING, POLICY, REPORTER_LINES, ROBOTS

SUMMARY = (
    "AI 요약",
    "보기반도체가 투자금 300억원을 확보하고 양산 확대에 나섭니다.",
    "견본벤처스 등 세 곳이 투자했으며 직원 수는 182명으로 늘었습니다.",
    "회사는 내년 흑자 전환을 목표로 차세대 칩을 준비하고 있습니다.",
)
RELATED = ("[관련기사] 보기반도체, 두 번째 공장 터 고른다", "☞ “연구원 모십니다” 중관춘 채용 전쟁")
TEASERS = ("통풍 환자가 아침마다 마신 이것, 마감 임박", "주식 고수가 몰래 사 둔 종목 3개 무료 공개")
COMMENTS = (
    "작년에도 양산한다더니 또 내년이네요. 이번에는 꼭 지켰으면 합니다.",
    "직원 182명 중에 64%가 연구직이면 정말 대단한 겁니다. 응원합니다!",
    "기사 잘 읽었습니다. 위탁 단가 18% 인상은 다른 회사도 마찬가지예요.",
)


def cases() -> list[Layout]:
    return [
        plain(),
        ai_summary(),
        related_inside(),
        ad_teasers(),
        dateline_on_top(),
        byline_at_bottom(),
        reporter_pages(),
        tip_and_copyright(),
        about_copyright(),
        reporter_lines(),
        reader_comments(),
        paywall_teaser(),
        subtitle_box(),
        captions_in_figures(),
        captions_as_lines(),
        appeals_inside(),
        two_reporters(),
        editors_note(),
        correction(),
    ]


def _with(paragraphs, inserts):
    """The paragraphs with raw HTML put in before the given indexes."""
    parts = []
    for index, line in enumerate(paragraphs):
        parts += [inserts[index]] if index in inserts else []
        parts.append(f"<p>{line}</p>")
    return "\n".join(parts)


def plain() -> Layout:
    return layout("plain page", "daily", FUNDING, p_tags(FUNDING.paragraphs))


def ai_summary() -> Layout:
    points = "".join(f"<li>{line}</li>" for line in SUMMARY[1:])
    box = f"<div class='ai-summary'><strong>{SUMMARY[0]}</strong><ul>{points}</ul></div>"
    return layout("AI summary above", "daily", FUNDING, box + p_tags(FUNDING.paragraphs), forbidden=SUMMARY)


def related_inside() -> Layout:
    links = [f"<p class='link'><a href='/news/article/20260315{n}'>{line}</a></p>" for n, line in enumerate(RELATED)]
    body = _with(FUNDING.paragraphs, {3: links[0], 6: links[1]})
    return layout("related links inside", "online", FUNDING, body, forbidden=RELATED)


def ad_teasers() -> Layout:
    boxes = [
        f"<div class='ad_wrap'><a href='https://ads.example/{n}'>{line}</a></div>" for n, line in enumerate(TEASERS)
    ]
    body = _with(ROBOTS.paragraphs, {2: boxes[0], 5: boxes[1]})
    return layout("ad teasers between paragraphs", "daily", ROBOTS, body, forbidden=TEASERS)


def dateline_on_top() -> Layout:
    tag = f"[베이징=견본통신] {FUNDING.reporter} 기자 = "
    body = br_lines([tag + FUNDING.paragraphs[0], *FUNDING.paragraphs[1:], f"◎견본통신 공감언론 {FUNDING.mail}"])
    return layout(
        "dateline with byline on top",
        "portal",
        FUNDING,
        body,
        optional=(tag,),
        forbidden=("◎견본통신 공감언론", FUNDING.mail),
    )


def byline_at_bottom() -> Layout:
    line = f"{ROBOTS.reporter} 온라인견본 기자 {ROBOTS.mail}"
    return layout(
        "byline and mail at the bottom",
        "portal",
        ROBOTS,
        br_lines([*ROBOTS.paragraphs, line]),
        forbidden=(line, ROBOTS.mail),
    )


def reporter_pages() -> Layout:
    lines = (
        f"▶ {BATTERY.reporter} 기자의 다른 기사 보기",
        "▶ 견본일보 채널 구독하고 뉴스 먼저 보기",
        "▶ 오늘의 운세 무료로 보러 가기",
    )
    tail = "".join(f"<p><a href='/r/{n}'>{line}</a></p>" for n, line in enumerate(lines))
    return layout("reporter page lines", "daily", BATTERY, p_tags(BATTERY.paragraphs) + tail, forbidden=lines)


def tip_and_copyright() -> Layout:
    lines = (
        "■ 제보하기",
        "▷ 카카오톡 : '견본제보' 검색, 채널 추가",
        "▷ 전화 : 02-000-1234, 4321",
        "▷ 이메일 : tip@example.com",
        "저작권자 ⓒ 견본일보, 무단전재 및 재배포, AI 학습 이용 금지",
    )
    return layout("tip box and copyright", "daily", POLICY, p_tags([*POLICY.paragraphs, *lines]), forbidden=lines)


def about_copyright() -> Layout:
    line = "<저작권자(c) 견본통신, 무단 전재-재배포, AI 학습 및 활용 금지>"
    body = p_tags([*COPYRIGHT.paragraphs, line])
    return layout("article about copyright", "online", COPYRIGHT, body, forbidden=(line,))


def reporter_lines() -> Layout:
    body = br_lines([*REPORTER_LINES.paragraphs, f"{REPORTER_LINES.reporter} 기자 {REPORTER_LINES.mail}"])
    return layout("interview with 기자: lines", "portal", REPORTER_LINES, body, forbidden=(REPORTER_LINES.mail,))


def reader_comments() -> Layout:
    items = "".join(
        f"<li><b>sample{n}**</b> <span>{n}시간 전</span><p>{line}</p><button>답글</button></li>"
        for n, line in enumerate(COMMENTS, 1)
    )
    below = f"<section id='comments'><h3>댓글 3개</h3><ul class='reply-list'>{items}</ul></section>"
    return layout(
        "reader comments",
        "daily",
        FUNDING,
        p_tags(FUNDING.paragraphs),
        Slots(below=below),
        forbidden=(*COMMENTS, "댓글 3개"),
    )


def paywall_teaser() -> Layout:
    wall = (
        "이 기사는 회원 전용 기사입니다.",
        "로그인 후 남은 기사를 모두 읽을 수 있습니다.",
        "월 9,900원에 무제한으로 읽기",
    )
    body = p_tags(BATTERY.paragraphs[:3]) + f"<div class='paywall'>{p_tags(wall)}<button>구독 신청</button></div>"
    return layout("paywall teaser", "online", BATTERY, body, paragraphs=BATTERY.paragraphs[:3], forbidden=wall)


def subtitle_box() -> Layout:
    lines = ("서류 7종서 2종으로 줄여", "시범 사업 생존율 94%")
    box = f"<h2 class='sub-title'>{lines[0]}<br>{lines[1]}</h2>"
    return layout("subtitle box", "daily", POLICY, p_tags(POLICY.paragraphs), Slots(subtitle=box), optional=lines)


def captions_in_figures() -> Layout:
    captions = (
        "예시로봇이 창고에서 상자를 옮기고 있다. /사진=견본일보 DB",
        "예시로봇 지역별 매출 비중. 그래픽=박예시 기자",
    )
    figures = [
        f"<figure><img src='/{n}.jpg'><figcaption>{line}</figcaption></figure>" for n, line in enumerate(captions)
    ]
    body = _with(ROBOTS.paragraphs, {0: figures[0], 4: figures[1]})
    return layout("captions in figures", "daily", ROBOTS, body, forbidden=captions)


def captions_as_lines() -> Layout:
    """An old design: the picture in a table of its own, the caption in the row below."""
    caption = "▲ 시험배터리 1공장 전경. [사진 제공=시험배터리]"
    picture = f"<table class='photo'><tr><td><img src='/1.jpg'></td></tr><tr><td>{caption}</td></tr></table>"
    body = picture + br_lines(BATTERY.paragraphs)
    return layout("caption in a photo table", "weekly", BATTERY, body, forbidden=(caption,))


def appeals_inside() -> Layout:
    lines = (
        "견본일보 앱을 설치하고 속보 알림을 받아보세요",
        "네이버에서 견본일보를 구독하세요",
        "카카오톡 채널 추가하고 1,000원 쿠폰 받기",
    )
    body = p_tags(FUNDING.paragraphs) + "".join(f"<div class='promo'><a href='/app'>{line}</a></div>" for line in lines)
    return layout("subscription and app appeals", "daily", FUNDING, body, forbidden=lines)


def two_reporters() -> Layout:
    story = replace(POLICY, reporter="박예시")
    lines = ("박예시 기자 yesi.park@example.com", "최시험 기자 siheom@example.com")
    page = layout(
        "two reporters at the bottom", "weekly", story, br_lines([*story.paragraphs, *lines]), forbidden=lines
    )
    return replace(page, authors=("박예시", "최시험"))


def editors_note() -> Layout:
    note = "[편집자주] 견본일보는 중관춘의 창업 정책을 다섯 차례에 걸쳐 싣습니다. 이 글은 그 두 번째입니다."
    body = f"<div class='note'>{note}</div>" + p_tags(POLICY.paragraphs)
    return layout("editor's note", "daily", POLICY, body, optional=(note,))


def correction() -> Layout:
    note = "※ 3월 18일 오전 9시 30분 기사 본문의 투자금을 바로잡았습니다. 이 기사의 투자금은 당초 350억원으로 잘못 표기됐습니다."
    body = p_tags([*FUNDING.paragraphs, note])
    return layout("correction note at the end", "daily", FUNDING, body, optional=(note,))
