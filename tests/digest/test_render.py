"""The mail as HTML and text: the golden pages, its size, its contrast, and input that means harm."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.content import Before, Card, IssueContent, Money, Report, Section
from digest.licence import shown_title
from digest.render import LARGEST_HTML, Renderer, render, render_page
from digest.safe import one_line, safe_url
from digest.width import width
from tests.digest.samples import KST, WINDOW_END, card, deal, issue

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "\u202eRTL 제목\u202c",
    "제목\r\nBcc: a@example.com",
    "가\x00나\ud800",
    "javascript:alert(1)",
    "가" * 500,
    "{{ 7*7 }}{% for x in y %}",
    '" onmouseover="alert(1)',
    "-->",
)
VOID = {"meta", "br"}


class Checked(HTMLParser):
    """Every tag closed in order; keeps what a reader could be hurt by."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.links, self.attributes, self.texts, self.pairs = [], set(), [], set(), [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if data.strip() and not any(tag in {"style", "title"} for tag, _ in self.open):
            self.texts.append(data.strip())
            self.pairs.append((data.strip(), list(self.open)))


def test_the_golden_issue(request):
    rendered = render(issue(12, unsubscribe="mailto:leave@example.com", web_view="https://zgc.example/issues/t"))
    hint = "the rendering changed: run python -m tests.digest.make_golden and read the result"
    assert rendered.html == (GOLDEN / "issue.html").read_text(encoding="utf-8"), hint
    assert rendered.text == (GOLDEN / "issue.txt").read_text(encoding="utf-8"), hint


@pytest.mark.parametrize("stories", [0, 1, 2, 30, 100, 500])
def test_no_issue_is_clipped_and_no_story_is_lost(stories):
    content = issue(stories)
    rendered = render(content)
    assert len(rendered.html.encode()) <= LARGEST_HTML
    page = Checked(rendered.html)
    shown = [c for c in content.cards if c.lead.url in page.links]
    assert len({c.story_id for c in content.cards}) == stories
    assert rendered.overflow == max(0, stories - len(shown))
    assert all(c.lead.url in rendered.text for c in content.cards)
    assert (f"외 {rendered.overflow}건은" in rendered.html) is bool(rendered.overflow)


def test_thirty_items_are_a_small_mail():
    assert len(render(issue(30)).html.encode()) < 60_000


def test_hundreds_of_corrections_do_not_clip_the_mail():
    rendered = render(issue(100, corrections=300))
    assert len(rendered.html.encode()) <= LARGEST_HTML
    assert "외 285건" in rendered.html
    assert rendered.text.count("메일에 실림") == 300
    assert render_page(issue(100, corrections=300)).count("메일에 실림") == 300


def test_overflow_leads_to_the_web_view_which_has_everything():
    content = issue(500, web_view="https://zgc.example/issues/t", web_url="https://zgc.example")
    rendered = render(content)
    assert rendered.overflow > 0
    assert f"외 {rendered.overflow}건은 웹에서 모두" in rendered.html
    assert "https://zgc.example/issues/t" in Checked(rendered.html).links
    page = Checked(render_page(content))
    assert all(card.lead.url in page.links for card in content.cards)
    assert "unsubscribe" not in render_page(replace(content, unsubscribe="https://zgc.example/unsubscribe/x"))


def test_overflow_leads_to_the_archive_where_there_is_one():
    html = render(issue(500, web_url="https://zgc.example")).html
    assert 'href="https://zgc.example/v1/articles?since=2026-11-22T22%3A20%3A00Z"' in html


def test_the_subject():
    assert render(issue(30)).subject == "[중관춘 데일리] 11/24(화) 하늘로보틱스, 시리즈B 12억 위안 투자 유치 외 29건"
    assert render(issue(1)).subject.endswith("투자 유치")
    assert render(issue(0)).subject == "[중관춘 데일리] 11/24(화) 수정 2건"


def hostile_issue(title, url="https://news.example/1"):
    lead = Report(1, one_line(title) or "언론사", WINDOW_END, safe_url(url))
    words = one_line(title)
    bad = Card(
        1,
        lead,
        shown_title(title, "headline"),
        excerpt=words,
        others=(lead,),
        companies=(words,),
        amounts=(Money(1.0, "USD"),),
        reasons=(words,),
        matched=(words,),
        before=Before(WINDOW_END, words, words),
    )
    deals = (replace(deal(1), company=words, investors=(words,), round=words),)
    return issue(3, sections=(Section("top", (bad, card(2), card(3))),), deals=deals, watch_name=words)


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("url", ["https://news.example/1", "javascript:alert(1)", 'https://x.example/"><script>'])
def test_hostile_words_cost_one_item_at_most(title, url):
    rendered = render(hostile_issue(title, url))
    page, friendly = Checked(rendered.html), Checked(render(issue(3)).html)
    assert page.tags <= friendly.tags | {"a", "p", "b"}
    assert page.attributes <= friendly.attributes
    assert all(link.startswith(("https://", "mailto:")) for link in page.links)
    assert "\r" not in rendered.subject + rendered.text
    assert "\n" not in rendered.subject
    assert all(c.lead.url in page.links for c in (card(2), card(3)))


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_title_and_address_give_well_formed_mail(title, url):
    rendered = render(hostile_issue(title, url))
    page = Checked(rendered.html)
    assert "script" not in page.tags
    rendered.subject.encode()
    assert len(rendered.subject.splitlines()) == 1


def test_the_text_is_at_most_76_columns_wide_but_for_addresses():
    for content in (issue(30), hostile_issue("가" * 500)):
        for line in render(content).text.splitlines():
            assert width(line) <= 76 or re.fullmatch(r"\s*https?://\S+", line), line


# Contrast after WCAG 2.2, 1.4.3, measured on the colours that the page really sets.


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colour_of(ancestors, name, dark):
    """The value of `color` or `background-color` in force for a text, inherited from the nearest that sets it."""
    for _, attributes in reversed(ancestors):
        for class_name in reversed((attributes.get("class") or "").split() if dark else ()):
            if found := re.search(rf"(?<![\w-]){name}:(#\w{{6}})", dark.get(class_name, "")):
                return found[1]
        if found := re.search(rf"(?<![\w-]){name}:(#\w{{6}})", attributes.get("style") or ""):
            return found[1]
    raise AssertionError(name)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_has_contrast(mode):
    pages = [render(issue(number, **EVERYTHING)).html for number in (0, 12, 500)]
    for html in pages:
        check_contrast(html, mode)


EVERYTHING = {
    "unsubscribe": "mailto:a@example.com",
    "web_view": "https://x.example/i",
    "catch_up": True,
    "marks": ("reissue",),
}


def check_contrast(html, mode):
    dark = dict(re.findall(r"\.(\w+)(?:,\.\w+)*\{([^}]*)\}", re.search(r"scheme:dark\)\{(.*)\}\n", html)[1]))
    dark["h"] = dark["a"]
    for text, ancestors in Checked(html).pairs:
        if any("display:none" in (attributes.get("style") or "") for _, attributes in ancestors) or text == "\xa0":
            continue
        palette = dark if mode == "dark" else {}
        one, other = (colour_of(ancestors, name, palette) for name in ("color", "background-color"))
        assert contrast(one, other) >= 4.5, (text, one, other)


def test_nothing_depends_on_the_style_element():
    html = render(issue(12)).html
    assert "<img" not in html
    assert "class=" in html
    for tag in re.findall(r"<(?:td|p|h1|h2|h3|span|a)\b[^>]*class=[^>]*>", html):
        assert "style=" in tag, tag


def test_a_content_without_anything_still_renders():
    empty = issue(0, corrections=0, charts=())
    assert isinstance(empty, IssueContent)
    assert Checked(render(empty).html)
    assert empty.zone == KST


def test_the_same_renderer_gives_what_a_new_one_gives():
    renderer, content = Renderer(), issue(30)
    english = replace(content, language="en")
    without = replace(content, excerpts=False)
    for one in (content, english, without, replace(content, form="alert"), content):
        assert renderer.render(one) == render(one)
    assert "베이징 중관춘에 본사를" in renderer.render(content).html
    for words in ("베이징 중관춘에 본사를", "회사는 이번에 21억 위안을"):
        assert words in renderer.render(content).text
        assert words not in renderer.render(without).html + renderer.render(without).text


def test_the_frame_speaks_english():
    rendered = render(issue(30, language="en", unsubscribe="mailto:a@example.com"))
    assert rendered.subject == "[중관춘 데일리] Tue 24 Nov 하늘로보틱스, 시리즈B 12억 위안 투자 유치 and 29 more"
    assert '<html lang="en">' in rendered.html
    for words in ("Top stories", "also reported by 5 outlets", "30 of 32 outlets read", "Unsubscribe", "CNY 1.2bn"):
        assert words in rendered.html, words
        assert words in rendered.text, words
    assert not re.search("[가-힣]+ 보도|구독|확인 범위", rendered.html.replace("(예시)", ""))


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        (
            {"form": "weekly"},
            "[중관춘 데일리 주간] 11/23(월)–11/24(화) 하늘로보틱스, 시리즈B 12억 위안 투자 유치 외 2건",
        ),
        ({"form": "alert"}, "[중관춘 데일리 알림] 하늘로보틱스, 시리즈B 12억 위안 투자 유치 외 2건"),
        ({"watch_name": "로봇"}, "[중관춘 데일리 · 로봇] 11/24(화) 하늘로보틱스, 시리즈B 12억 위안 투자 유치 외 2건"),
        ({"marks": ("reissue",)}, "[정정] [중관춘 데일리] 11/24(화) 하늘로보틱스, 시리즈B 12억 위안 투자 유치 외 2건"),
    ],
)
def test_the_subject_of_each_form(changes, subject):
    assert render(issue(3, **changes)).subject == subject


def test_a_day_without_news_says_so_and_what_was_looked_at():
    rendered = render(issue(0, corrections=0, charts=()))
    assert rendered.subject == "[중관춘 데일리] 11/24(화) 새 소식 없음"
    for part in (rendered.html, rendered.text.replace("\n", " ")):
        assert "새로 확인한 관련 보도가 없습니다" in part
        assert "32곳 중 30곳 확인; 바른일보 (예시)는 11/23 04:10부터 응답 없음" in part


def test_a_card_says_why_it_is_first_and_what_is_in_it():
    html, text = render(issue(12)).html, render(issue(12)).text
    assert "먼저 실은 까닭</b> 6곳 보도 · 투자 유치 약 12억 위안(2,280억 원)" in html
    assert "먼저 실은 까닭: 6곳 보도 · 투자 유치 약 12억 위안(2,280억 원)" in text
    assert "함께 보도 5곳" in html
    # A follow-up says what is new, not what readers know.
    assert "새로\xa0나온\xa0것</b>&nbsp;구름모델" in html
    assert "11/23(월) 메일의 “하늘로보틱스, 새 투자 협상 착수”" in html


def test_a_very_long_text_has_its_rest_on_the_web_view_where_there_is_one(monkeypatch):
    monkeypatch.setattr("digest.text.LARGEST", 5000)
    content = issue(60)
    assert all(card.lead.url in render(content).text for card in content.cards)
    text = render(replace(content, web_view="https://zgc.example/issues/t")).text
    shown = sum(card.lead.url in text for card in content.cards)
    assert 3 < shown < 60
    assert re.search(r"외 \d+건은 웹에서 모두", text)


def test_an_alert_is_its_stories_and_no_more():
    alert = render(issue(2, form="alert", corrections=0, charts=()))
    for part in (alert.html, alert.text):
        assert not any(words in part for words in ("확인 범위", "처음 확인한 보도", "내용", "■ 딜"))
        assert "하늘로보틱스, 시리즈B" in part
