import json

import pytest

from crawler.extract import extract
from crawler.extract.profile import Profile
from crawler.extract.script import fusion, json_ld, json_ld_body, next_f, state_record
from crawler.extract.tree import Script

from .samples import STORY, TITLE, page, paragraphs

MARKUP = "<div class='photo'><img src='a.jpg'><div class='caption'>연구소 전경</div></div>" + paragraphs()


def texts(payload):
    return [block.text for block in payload.blocks if block.reason is None]


def pushed(*pieces):
    return [Script("", f"self.__next_f.push([1,{json.dumps(piece, ensure_ascii=False)}])") for piece in pieces]


def text_row(number, text):
    return f"{number}:T{len(text.encode()):x},{text}"


RECORD = {"title": TITLE, "deployDt": "2026.03.03 18:40", "reDeployDt": "2026.03.03 18:49", "contentHtml": "$24"}


@pytest.mark.parametrize("cut", [1, 7, 200])
def test_next_stream_with_a_text_row_cut_anywhere(cut):
    stream = '1:"$Sreact"\n' + text_row("24", MARKUP) + "5:" + json.dumps(["$", {"detail": RECORD}]) + "\n"
    payload = next_f(pushed(stream[:cut], stream[cut:]))
    assert texts(payload) == list(STORY)
    assert payload.fields["datePublished"] == "2026.03.03 18:40"
    assert payload.fields["headline"] == TITLE


def test_next_stream_with_the_text_inside_a_data_row():
    payload = next_f(pushed("5:" + json.dumps(["$", {**RECORD, "contentHtml": MARKUP}], ensure_ascii=False) + "\n"))
    assert texts(payload) == list(STORY)


def test_a_page_that_has_its_text_in_a_next_stream_only():
    stream = text_row("24", MARKUP) + "5:" + json.dumps(["$", {"detail": RECORD}], ensure_ascii=False) + "\n"
    scripts = "".join(f"<script>{one.text}</script>" for one in pushed(stream))
    for profiles in ([Profile(name="2026", script="next_f")], []):
        article = extract(page("<main></main>" + scripts), profiles=profiles)
        assert article.body == STORY
        assert article.captions == ("연구소 전경",)
        assert article.published_at.isoformat() == "2026-03-03T18:40:00+09:00"
        assert article.modified_at.isoformat() == "2026-03-03T18:49:00+09:00"
        assert "next_f" in article.extractor


def test_arc_keeps_the_order_of_its_elements():
    content = {
        "headlines": {"basic": TITLE},
        "subheadlines": {"basic": "120명 채용"},
        "credits": {"by": [{"name": "김견본"}]},
        "first_publish_date": "2026-03-03T03:00:00Z",
        "content_elements": [
            {"type": "text", "content": STORY[0]},
            {"type": "image", "caption": "사진"},
            {"type": "header", "content": "무엇이 달라지나"},
            *({"type": "text", "content": text} for text in STORY[1:]),
            "broken",
        ],
    }
    script = Script("", f"window.Fusion=window.Fusion||{{}};Fusion.globalContent={json.dumps(content)};Fusion.x=1")
    payload = fusion([script])
    assert texts(payload) == [STORY[0], "무엇이 달라지나", *STORY[1:]]
    assert payload.fields["headline"] == TITLE
    article = extract(
        page(f"<div></div><script>{script.text}</script>"), profiles=[Profile(name="arc", script="fusion")]
    )
    assert article.body == (STORY[0], "무엇이 달라지나", *STORY[1:])
    assert article.published_at.isoformat() == "2026-03-03T12:00:00+09:00"


def ld(value):
    return Script("application/ld+json", json.dumps(value))


def test_json_ld_is_found_in_lists_and_graphs():
    node = {"@type": ["NewsArticle"], "headline": TITLE, "articleBody": "\n\n".join(STORY)}
    for value in (node, [node], {"@graph": [{"@type": "WebSite"}, node]}):
        assert json_ld([ld(value)])["headline"] == TITLE
        assert texts(json_ld_body([ld(value)])) == list(STORY)


def test_escaped_markup_in_json_ld_is_read_as_markup():
    escaped = paragraphs().replace("<", "&lt;").replace(">", "&gt;")
    assert texts(json_ld_body([ld({"@type": "NewsArticle", "articleBody": escaped})])) == list(STORY)


@pytest.mark.parametrize(
    "text",
    ["{broken", "[" * 100_000, '{"@type": "NewsArticle", "articleBody": "짧다"}', "null", '"text"', "{}" * 3],
)
def test_broken_or_poor_payloads_give_nothing(text):
    assert json_ld_body([Script("application/ld+json", text)]) is None
    assert next_f([Script("", f"self.__next_f.push({text})")]) is None
    assert fusion([Script("", f"Fusion.globalContent={text}")]) is None
    assert state_record([Script("application/json", text)]) == {}
