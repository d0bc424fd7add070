"""The mail as HTML and text: the golden pages, its size, its contrast, and input that means harm."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.content import Card, IssueContent, Report, Section
from digest.licence import shown_title
from digest.render import LARGEST_HTML, render
from digest.safe import one_line, safe_url
from digest.width import width
from tests.digest.samples import KST, WINDOW_END, card, issue

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
    rendered = render(issue(12, unsubscribe="mailto:leave@example.com"))
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
    assert ("외" in rendered.html and f"외 {rendered.overflow}건은" in rendered.html) is bool(rendered.overflow)


def test_thirty_items_are_a_small_mail():
    assert len(render(issue(30)).html.encode()) < 50_000


def test_hundreds_of_corrections_do_not_clip_the_mail():
    rendered = render(issue(100, corrections=300))
    assert len(rendered.html.encode()) <= LARGEST_HTML
    assert "외 285건" in rendered.html
    assert rendered.text.count("메일에 실림") == 300


def test_overflow_leads_to_the_archive_where_there_is_one():
    html = render(issue(500, web_url="https://zgc.example")).html
    assert 'href="https://zgc.example/v1/articles?since=2026-11-22T22%3A20%3A00Z"' in html


def test_the_subject():
    assert render(issue(30)).subject == "[중관춘 데일리] 11/24(화) 하늘로보틱스, 시리즈B 12억 위안 투자 유치 외 29건"
    assert render(issue(1)).subject.endswith("투자 유치")
    assert render(issue(0)).subject == "[중관춘 데일리] 11/24(화) 수정 2건"


def hostile_issue(title, url="https://news.example/1"):
    lead = Report(1, one_line(title) or "언론사", WINDOW_END, safe_url(url))
    bad = Card(
        1,
        lead,
        shown_title(title, "headline"),
        excerpt=one_line(title),
        others=(lead,),
        reasons=(one_line(title),),
        told_before=one_line(title),
    )
    return issue(3, sections=(Section("주요 이슈", (bad, card(2), card(3)), top=True),))


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
    html = render(issue(40, unsubscribe="mailto:a@example.com")).html
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
