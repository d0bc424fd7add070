"""Articles whose own text looks like what is removed elsewhere, editions in other languages, and pages that are no articles."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

from dataclasses import replace

from .pages import PROFILES, Layout, Slots, br_lines, fill, furniture, layout, p_tags
from .stories import BRIEF, FUNDING, POLICY, ROBOTS
from .stories_traps import (
    APPOINTMENTS,
    BULLETS,
    CHINESE,
    COLUMN,
    ENGLISH,
    FLASH,
    JAPANESE,
    MAIL_IN_TEXT,
    RANKING,
    STANDINGS,
    SUBSCRIPTIONS,
    SUMMARY_FEATURE,
    TIMETABLE,
)


def cases() -> list[Layout]:
    return [
        layout("article about subscribing", "daily", SUBSCRIPTIONS, p_tags(SUBSCRIPTIONS.paragraphs)),
        layout("mail address and telephone in a sentence", "daily", MAIL_IN_TEXT, p_tags(MAIL_IN_TEXT.paragraphs)),
        layout("triangles as bullets", "portal", BULLETS, br_lines(BULLETS.paragraphs)),
        layout("appointments", "daily", APPOINTMENTS, p_tags(APPOINTMENTS.paragraphs)),
        layout("timetable with equal lines", "daily", TIMETABLE, p_tags(TIMETABLE.paragraphs)),
        layout("English edition", "online", ENGLISH, p_tags(ENGLISH.paragraphs)),
        layout("Chinese edition", "online", CHINESE, p_tags(CHINESE.paragraphs)),
        layout("Japanese edition", "online", JAPANESE, p_tags(JAPANESE.paragraphs)),
        layout("news flash of one sentence", "daily", FLASH, p_tags(FLASH.paragraphs)),
        layout("article about AI summaries", "daily", SUMMARY_FEATURE, p_tags(SUMMARY_FEATURE.paragraphs)),
        standings(),
        columnist(),
        parenthesis_dateline(),
        two_containers(),
        hidden_keywords(),
        definition_list(),
        error_page(),
    ]


def standings() -> Layout:
    """A table of small numbers: the same letters as a toolbar's counters."""
    head = ("순위", "팀", "경기", "승", "무", "패", "승점")
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (head, *STANDINGS))
    parts = RANKING.paragraphs
    body = p_tags(parts[:2]) + f"<table class='rank'>{rows}</table>" + p_tags(parts[2:])
    whole = tuple(" ".join(row) for row in STANDINGS)
    return layout(
        "table of small numbers", "daily", RANKING, body, paragraphs=(*parts[:2], *whole, *parts[2:]), optional=head
    )


def columnist() -> Layout:
    box = "<div class='writer-box'><strong>최시험 보기대 경영학과 교수</strong><p>중관춘 창업사 연구, 저서 『견본의 시대』</p></div>"
    return layout(
        "column with a writer's box", "daily", COLUMN, p_tags(COLUMN.paragraphs) + box,
        forbidden=("중관춘 창업사 연구, 저서 『견본의 시대』",),
    )  # fmt: skip


def parenthesis_dateline() -> Layout:
    tag = f"(베이징=견본뉴스) {ROBOTS.reporter} 특파원 = "
    end = "<저작권자(c) 견본뉴스, 무단 전재-재배포, AI 학습 및 활용 금지>"
    tail = f"<p>{ROBOTS.mail}</p><p>{end.replace('<', '&lt;')}</p><p>2026/02/04 14:05 송고</p>"
    body = p_tags([tag + ROBOTS.paragraphs[0], *ROBOTS.paragraphs[1:]]) + tail
    return layout(
        "dateline in parentheses", "daily", ROBOTS, body, optional=(tag,), forbidden=(ROBOTS.mail, end, "14:05 송고")
    )


def two_containers() -> Layout:
    """An advertisement splits the text into two containers of the same kind."""
    parts = FUNDING.paragraphs
    ad = "<div class='ad'><span>AD</span><iframe src='https://ads.example/1'></iframe></div>"
    body = f"<div class='txt'>{br_lines(parts[:5])}</div>{ad}<div class='txt'>{br_lines(parts[5:])}</div>"
    return layout("text in two containers", "online", FUNDING, body)


def hidden_keywords() -> Layout:
    words = "중관춘 창업 반도체 투자 유치 보기반도체 시리즈B 양산 연구소 베이징 하이뎬구 지원금"
    hidden = f"<div style='display:none' aria-hidden='true'>{words}</div>"
    return layout("hidden keywords", "daily", POLICY, hidden + p_tags(POLICY.paragraphs), forbidden=(words,))


def definition_list() -> Layout:
    facts = (("창업", "2021년 4월"), ("직원", "182명"), ("매출", "87억원(2025년)"), ("본사", "베이징 중관춘"))
    listed = "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts) + "</dl>"
    gold = (*FUNDING.paragraphs, *(value for _, value in facts))
    names = tuple(name for name, _ in facts)
    return layout(
        "facts in a definition list",
        "online",
        FUNDING,
        p_tags(FUNDING.paragraphs) + listed,
        paragraphs=gold,
        optional=names,
    )


def error_page() -> Layout:
    """A soft 404: the design around an apology."""
    lines = "<p>요청하신 페이지를 찾을 수 없습니다.</p><p>주소가 바뀌었거나 삭제된 기사입니다. 다시 한번 확인해 주시기 바랍니다.</p>"
    page = fill("daily", replace(BRIEF, title="페이지를 찾을 수 없습니다"), lines, Slots())
    return Layout(
        "error page", page.encode(), forbidden=furniture("daily"), content_type="text/html", profile=PROFILES["daily"]
    )
