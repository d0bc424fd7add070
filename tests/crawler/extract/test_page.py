# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line
from datetime import UTC, datetime
from itertools import chain

import pytest

from crawler.extract import Byline, NoArticle, Reason, extract
from crawler.extract.profile import Profile

from .samples import BYLINE, NOTICE, STORY, TIP, TITLE, page, paragraphs

HEAD = (
    "<meta property='og:type' content='article'><meta property='og:site_name' content='견본경제'>"
    "<meta property='article:published_time' content='2026-03-03T14:05:09+09:00'>"
    "<meta property='article:section' content='산업'><link rel='canonical' href='/news/42'>"
)
PROFILE = Profile(name="2026", body=(".story",), drop=(".promo",), title=("h1",), captions=(".desc",))


def reasons(article):
    return {one.reason for one in article.removed}


def bodies(article):
    return "".join(article.body)


WRAPPINGS = {
    "paragraphs": paragraphs(),
    "bare text and line breaks": "<br><br>".join(STORY),
    "single line breaks": "<br>".join(STORY),
    "blocks in blocks": "".join(f"<div><div><span>{text}</span></div></div>" for text in STORY),
    "bold words and links": "".join(
        f"<p><b>{text[:5]}</b><a href='/x'>{text[5:9]}</a>{text[9:]}</p>" for text in STORY
    ),
    "a script inside a sentence": "".join(f"<p>{text[:9]}<script>ad()</script>{text[9:]}</p>" for text in STORY),
    "one cell of a table": f"<table><tr><td>{paragraphs()}</td></tr></table>",
    "headings and quotes": paragraphs(STORY[:4]) + f"<blockquote>{STORY[4]}</blockquote>" + paragraphs(STORY[5:]),
}
PLACES = {
    "profile": ("<div class='story'>{}</div>", (PROFILE,)),
    "named container": ("<div id='articleBody'>{}</div>", ()),
    "unknown container": ("<div class='x9'>{}</div><ul><li><a href='/1'>다른 기사의 제목</a></li></ul>", ()),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_every_paragraph_once_and_in_order(wrapping, place):
    frame, profiles = PLACES[place]
    article = extract(page(frame.format(WRAPPINGS[wrapping]), head=HEAD), profiles=profiles, outlet="sample")
    assert "".join(bodies(article).split()) == "".join("".join(STORY).split())
    assert article.title == TITLE
    assert article.extractor.startswith("profile:sample/2026" if profiles else "generic")


def test_what_is_not_the_article_is_set_aside_with_its_reason():
    inner = (
        "<div class='share_box'><button>공유</button> 페이스북</div>"
        f"<figure><img src='a'><figcaption>연구소 전경</figcaption></figure>{paragraphs(STORY[:4])}"
        "<div class='photo'><img src='b'><p class='desc'>로봇이 걷는 모습</p></div><div class='promo'>특가</div>"
        f"{paragraphs(STORY[4:])}<p>{BYLINE}</p><p>{TIP}</p><p>{NOTICE}</p>"
        "<ul class='related'><li><a href='/1'>예시기계, 투자 유치</a></li></ul><div class='ai-summary'>세 줄로 줄인 글이다.</div>"
    )
    for profiles in ((PROFILE,), ()):
        article = extract(
            page(f"<div class='story' itemprop='articleBody'>{inner}</div>", head=HEAD), profiles=profiles
        )
        assert article.body == STORY if profiles else tuple(t for t in article.body if t != "특가") == STORY
        assert {"연구소 전경", "로봇이 걷는 모습"} <= set(article.captions)
        assert article.authors == (Byline("김견본", "gyeon.bon@sample.example"),)
        expected = {Reason.CAPTION, Reason.BYLINE, Reason.TIP, Reason.COPYRIGHT, Reason.RELATED, Reason.SUMMARY}
        assert expected | {Reason.TOOLBAR} <= reasons(article)


@pytest.mark.parametrize("style", ["display:none", "visibility: hidden", ""])
def test_a_print_layer_before_the_article(style):
    layer = f"<div style='{style}'>{'<br>'.join(STORY)}</div>"
    for profiles in ((Profile(name="x", body=(".all",)),), ()):
        inner = f"<div class='all article_body'>{layer}<div>{paragraphs()}</div></div>"
        article = extract(page(inner, head=HEAD), profiles=profiles)
        assert article.body == STORY


def test_metadata():
    head = (
        HEAD
        + "<meta property='og:title' content='[속보] "
        + TITLE
        + " - 견본경제'><meta name='author' content='이샘플 기자'>"
    )
    body = f"<p>수정 2026.03.03 15:00</p><div id='articleBody'>{paragraphs()}</div>"
    article = extract(
        page(body, head=head, title=f"[속보] {TITLE}"), url="https://sample.example/m/42?x=1", outlet="sample"
    )
    assert (article.title, article.flags) == (TITLE, ("속보",))
    assert article.published_at.isoformat() == "2026-03-03T14:05:09+09:00"
    assert article.modified_at.isoformat() == "2026-03-03T15:00:00+09:00"
    assert article.section == "산업"
    assert article.canonical_url == "https://sample.example/news/42"
    assert article.authors == (Byline("이샘플"),)
    assert (article.language, article.outlet) == ("ko", "sample")


def test_a_time_without_a_zone_is_korean_and_a_relative_one_counts_from_the_fetch():
    body = "<span class='time'>{}</span><div id='articleBody'>" + paragraphs() + "</div>"
    assert (
        extract(page(body.format("입력 2026.03.03. 오후 2:05"))).published_at.isoformat() == "2026-03-03T14:05:00+09:00"
    )
    fetched_at = datetime(2026, 3, 3, 8, 5, tzinfo=UTC)
    relative = extract(page(body.format("입력 3시간 전")), fetched_at=fetched_at)
    assert relative.published_at.isoformat() == "2026-03-03T14:05:00+09:00"


def test_wire_copy_names_its_agency_and_reporter():
    opening = f"[베이징=뉴시스]이샘플 기자 = {STORY[0]}"
    article = extract(page(f"<div id='articleBody'>{paragraphs((opening, *STORY[1:]))}</div>"))
    assert article.body[0] == opening
    assert (article.wire_source, article.authors) == ("뉴시스", (Byline("이샘플"),))


def test_a_profile_that_finds_too_little_is_drift_and_not_a_stump():
    inner = f"<div class='story'><p>{STORY[0]}</p></div><div id='articleBody'>{paragraphs()}</div>"
    article = extract(page(inner), profiles=(PROFILE,), outlet="sample")
    assert article.body == STORY
    assert article.drift == "profile:sample/2026"
    missing = extract(page(f"<div id='articleBody'>{paragraphs()}</div>"), profiles=(PROFILE,), outlet="sample")
    assert (missing.body, missing.drift) == (STORY, "profile:sample/2026")


def test_the_design_in_force_is_found_among_several():
    old = Profile(name="2019", body=(".gone",))
    article = extract(page(f"<div class='story'>{paragraphs()}</div>"), profiles=(old, PROFILE), outlet="sample")
    assert article.extractor.startswith("profile:sample/2026+")
    assert article.drift is None


def test_photo_news_keeps_its_captions_as_text():
    caption = (
        "3일 베이징 하이뎬구에서 견본로봇 직원들이 새 연구소의 문을 여는 행사를 하고 있다. 연구소에는 120명이 들어간다."
    )
    photo = f"<div id='articleBody'><figure><img src='a.jpg'><figcaption>{caption}</figcaption></figure></div>"
    article = extract(page(photo, head=HEAD))
    assert article.body == (caption,)


def test_one_sentence_of_breaking_news_is_an_article():
    flash = "견본은행은 3일 기준금리를 연 3.25%로 0.25%포인트 내렸다고 밝혔다."
    article = extract(page(f"<div class='story'><p>{flash}</p></div>", head=HEAD), profiles=(PROFILE,))
    assert article.body == (flash,)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"plain text",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        page(
            "<p>요청하신 페이지를 찾을 수 없습니다. 주소가 바뀌었거나 삭제된 기사입니다. 확인해 주시기 바랍니다.</p>",
            title="오류",
        ),
        page(
            "<ul>" + "".join(f"<li><a href='/{i}'>기사 제목 {i}번, 새로 나왔다</a></li>" for i in range(60)) + "</ul>"
        ),
        page("<video src='a.mp4'></video>"),
    ],
)
def test_pages_without_an_article_are_told(raw):
    with pytest.raises(NoArticle):
        extract(raw)


def test_other_kinds_of_answers_are_told_by_their_type():
    with pytest.raises(NoArticle, match="application/pdf"):
        extract(page(paragraphs()), content_type="application/pdf")
    assert (
        extract(page(f"<div id='articleBody'>{paragraphs()}</div>"), content_type="text/html; charset=ascii").body
        == STORY
    )


def test_depth_does_not_cost_text():
    deep = "<div>" * 600 + paragraphs() + "</div>" * 600
    assert extract(page(f"<div id='articleBody'>{deep}</div>")).body == STORY


def test_hostile_characters_never_reach_the_article():
    dirty = [text[:8] + "\0\x07\u200b\ufeff" + text[8:] for text in STORY]
    article = extract(page(f"<div id='articleBody'>{paragraphs(dirty)}</div>"))
    assert article.body == STORY
    assert not any(c in "".join(chain(article.body, [article.title])) for c in "\0\x07\u200b\ufeff")


def test_each_call_is_the_first():
    raw = page(f"<div class='x'>{paragraphs()}<p>{BYLINE}</p></div>", head=HEAD)
    first = extract(raw)
    for _ in range(20):
        assert extract(raw) == first
