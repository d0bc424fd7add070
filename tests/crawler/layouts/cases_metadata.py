"""Pages whose title, time or author is written in an awkward way. The gold times are what a reader in Seoul would say."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

from dataclasses import replace
from datetime import datetime

from .pages import Layout, Slots, layout, p_tags
from .stories import BATTERY, BRIEF, FUNDING, POLICY, ROBOTS


def cases() -> list[Layout]:
    return [
        breaking_tag(),
        afternoon(),
        hours_ago(),
        utc_that_is_kst(),
        entered_and_modified(),
        author_with_mail(),
        quoted_headline(),
        wire_copy(),
    ]


def breaking_tag() -> Layout:
    story = replace(BRIEF, title="[속보] " + BRIEF.title)
    return layout("breaking tag in the title", "online", story, p_tags(story.paragraphs))


def afternoon() -> Layout:
    story = replace(POLICY, published="2026-05-20T18:30:00+09:00")
    slots = Slots(shown="2026년 5월 20일 (수) 오후 6:30")
    return layout("오후 in the visible date", "weekly", story, "<br><br>".join(story.paragraphs), slots)


def hours_ago() -> Layout:
    """Only the age of the article is shown; it is counted from the moment the page was fetched."""
    slots = Slots(shown="3시간 전")
    page = layout("3시간 전 as the only date", "weekly", POLICY, "<br><br>".join(POLICY.paragraphs), slots)
    return replace(page, fetched_at=datetime.fromisoformat("2026-05-20T21:30:00+09:00"))


def utc_that_is_kst() -> Layout:
    """The JSON-LD says Z, the page shows the same clock: the Z is wrong, the reader's clock is Seoul's."""
    story = replace(BATTERY, published="2026-06-11T07:00:00Z")
    page = layout("JSON-LD Z that means KST", "online", story, p_tags(story.paragraphs))
    return replace(page, published=datetime.fromisoformat("2026-06-11T07:00:00+09:00"))


def entered_and_modified() -> Layout:
    slots = Slots(shown="기사입력 2026.02.04 14:05 &nbsp; 최종수정 2026.02.05 08:41")
    return layout("entered and modified", "weekly", ROBOTS, "<br><br>".join(ROBOTS.paragraphs), slots)


def author_with_mail() -> Layout:
    """The author field of the page's data holds title and address as well."""
    story = replace(FUNDING, reporter=f"{FUNDING.reporter} 기자({FUNDING.mail})")
    page = layout("author with mail in the data", "online", story, p_tags(story.paragraphs))
    return replace(page, authors=(FUNDING.reporter,))


def quoted_headline() -> Layout:
    """The headline has the separator that designs put before the outlet's name."""
    story = replace(ROBOTS, title='예시로봇 "올해 흑자" - 최시험 부사장 | 창업 10년의 기록')
    return layout("separators in the headline", "online", story, p_tags(story.paragraphs))


def wire_copy() -> Layout:
    line = "(견본통신 제공. 이 기사는 제휴통신사가 보내온 것으로, 본지의 편집 방향과 다를 수 있습니다.)"
    return layout("wire copy with a notice", "daily", FUNDING, p_tags([*FUNDING.paragraphs, line]), forbidden=(line,))
