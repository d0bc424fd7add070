"""Pages whose text is in a script, not in the DOM."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

import json
from dataclasses import replace

from crawler.extract.profile import Profile

from .pages import Layout, Slots, layout, p_tags
from .stories import BATTERY, FUNDING, POLICY, ROBOTS


def cases() -> list[Layout]:
    return [
        json_ld_only(),
        next_payload(),
        next_payload_in_parts(),
        fusion_content(),
        json_ld_graph(),
        next_without_profile(),
    ]


def json_ld_only() -> Layout:
    text = json.dumps("\n\n".join(POLICY.paragraphs), ensure_ascii=False)
    slots = Slots(json_ld=f', "articleBody": {text}')
    return layout("JSON-LD body only", "online", POLICY, "", slots, profile=Profile(name="sample", script="json_ld"))


def json_ld_graph() -> Layout:
    """The article is one node of a graph, its text HTML-escaped, the page's own node empty of it."""
    body = "".join(f"&lt;p&gt;{line}&lt;/p&gt;" for line in ROBOTS.paragraphs)
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "견본경제"},
            {
                "@type": ["NewsArticle"],
                "headline": ROBOTS.title,
                "articleBody": body,
                "author": [{"name": ROBOTS.reporter}],
            },
        ],
    }
    head = f"<script type='application/ld+json'>{json.dumps(graph, ensure_ascii=False)}</script>"
    return layout(
        "JSON-LD graph, escaped text",
        "app",
        ROBOTS,
        "",
        Slots(head=head),
        profile=Profile(name="sample", script="json_ld"),
    )


def _push(text: str) -> str:
    return f"<script>self.__next_f.push({json.dumps([1, text], ensure_ascii=False)})</script>"


def _flight(markup: str) -> str:
    article = {
        "article": {"id": 71, "title": FUNDING.title, "contents": markup, "reporter": {"name": FUNDING.reporter}}
    }
    return '3:["$","$L9",null,' + json.dumps(article, ensure_ascii=False) + "]\n"


def _chrome() -> str:
    return _push('1:"$Sreact.fragment"\n2:I[4707,[],""]\n') + _push(
        '4:["$","footer",null,{"children":"견본경제 회사 소개"}]\n'
    )


def next_payload() -> Layout:
    slots = Slots(below="<div id='empty'></div>" + _chrome() + _push(_flight(p_tags(FUNDING.paragraphs))))
    return layout("Next.js payload", "app", FUNDING, "", slots)


def next_payload_in_parts() -> Layout:
    """The stream is cut anywhere: the text row arrives in three pushes, with its length in front (row type T)."""
    markup = p_tags(FUNDING.paragraphs)
    row = f"7:T{len(markup.encode()):x},{markup}" + '8:["$","$La",null,{"article":{"body":"$7"}}]\n'
    third = len(row) // 3
    parts = "".join(_push(row[start : start + third + 1]) for start in range(0, len(row), third + 1))
    return layout("Next.js payload in parts", "app", FUNDING, "", Slots(below=_chrome() + parts))


def next_without_profile() -> Layout:
    """An outlet that no file describes: the payload is found as the last resort."""
    page = next_payload()
    return replace(
        page, name="Next.js payload, unknown outlet", profile=Profile(name="sample", body=("#no-such-part",))
    )


def fusion_content() -> Layout:
    elements = [{"type": "text", "content": line} for line in BATTERY.paragraphs]
    elements.insert(2, {"type": "image", "caption": "시험배터리 1공장. /견본경제", "url": "https://img.example/1.jpg"})
    content = {
        "type": "story",
        "headlines": {"basic": BATTERY.title},
        "content_elements": elements,
        "credits": {"by": [{"name": BATTERY.reporter, "email": BATTERY.mail}]},
        "display_date": "2026-06-10T22:00:00Z",
    }
    script = f"<script>window.Fusion=window.Fusion||{{}};Fusion.globalContent={json.dumps(content, ensure_ascii=False)};Fusion.lastModified=1;</script>"
    profile = Profile(name="sample", script="fusion")
    page = layout("Fusion globalContent", "app", BATTERY, "", Slots(below=script), profile=profile)
    return replace(page, forbidden=(*page.forbidden, "시험배터리 1공장. /견본경제"))
