"""Pages that print their article, or part of it, more than once."""

import json

from .pages import Layout, Slots, br_lines, layout, p_tags
from .stories import BATTERY, FUNDING, INTERVIEW, MARKET, POLICY, REFRAIN, ROBOTS, Story, long_story

BYLINE = "{reporter} 견본닷컴 기자 {mail}"
TIP = "기사제보 및 보도자료 press@example.com"


def cases() -> list[Layout]:
    return [
        clean_view_layer(),
        same_container_twice(),
        print_layer_first(),
        json_ld_and_dom(),
        pc_and_mobile(),
        noscript_copy(),
        teaser_then_whole(),
        interview_twice(),
        market_twice(),
        refrains(),
        market_once(),
        interview_once(),
        long_read_with_layer(),
        merged_copy(),
    ]


def _signed(story: Story) -> list[str]:
    return [BYLINE.format(reporter=story.reporter, mail=story.mail), TIP]


def clean_view_layer() -> Layout:
    """The page that started the project: a layer prints the text again from its second paragraph on."""
    layer = "\n".join(
        ["<div class='clean-view-layer'>", p_tags([*FUNDING.paragraphs[1:], *_signed(FUNDING)]), "</div>"]
    )
    body = p_tags([*FUNDING.paragraphs, *_signed(FUNDING)]) + layer
    return layout("clean view layer", "daily", FUNDING, body, forbidden=_signed(FUNDING))


def same_container_twice() -> Layout:
    block = "<div class='article_txt'>{}</div>"
    body = block.format(br_lines(ROBOTS.paragraphs)) + block.format(br_lines(ROBOTS.paragraphs))
    return layout("same container twice, br text", "portal", ROBOTS, body)


def print_layer_first() -> Layout:
    hidden = f"<div id='print-layer' style='display:none'><h3>{POLICY.title}</h3>{p_tags(POLICY.paragraphs)}</div>"
    return layout("hidden print layer first", "daily", POLICY, p_tags(POLICY.paragraphs), Slots(above=hidden))


def json_ld_and_dom() -> Layout:
    text = json.dumps(" ".join(BATTERY.paragraphs), ensure_ascii=False)
    slots = Slots(json_ld=f', "articleBody": {text}')
    return layout("JSON-LD body beside the DOM", "online", BATTERY, p_tags(BATTERY.paragraphs), slots)


def pc_and_mobile() -> Layout:
    """The mobile copy has other spaces and other quotes, as an editor's tool leaves them."""
    mobile = [line.replace(" ", "\u00a0", 3).replace('"', "”", 1).replace('"', "“", 1) for line in FUNDING.paragraphs]
    body = f"<div class='pc'>{p_tags(FUNDING.paragraphs)}</div><div class='mo'>{p_tags(mobile)}</div>"
    return layout("PC and mobile copy", "daily", FUNDING, body)


def noscript_copy() -> Layout:
    body = p_tags(ROBOTS.paragraphs) + f"<noscript><div>{p_tags(ROBOTS.paragraphs)}</div></noscript>"
    return layout("copy in noscript", "online", ROBOTS, body)


def teaser_then_whole() -> Layout:
    """A lead box quotes the opening, cut off within its second sentence."""
    teaser = f"<div class='lead-box'><p>{POLICY.paragraphs[0][:52]}...</p></div>"
    return layout("cut teaser above the text", "daily", POLICY, teaser + p_tags(POLICY.paragraphs))


def interview_twice() -> Layout:
    body = f"<div class='pc'>{p_tags(INTERVIEW.paragraphs)}</div><div class='mo'>{br_lines(INTERVIEW.paragraphs)}</div>"
    return layout("interview printed twice", "daily", INTERVIEW, body)


def market_twice() -> Layout:
    body = f"<div>{br_lines(MARKET.paragraphs)}</div><div class='print'>{br_lines(MARKET.paragraphs)}</div>"
    return layout("market report printed twice", "portal", MARKET, body)


def merged_copy() -> Layout:
    """The copy has lost its paragraph breaks: one block of text."""
    body = p_tags(BATTERY.paragraphs) + f"<div class='tts'>{' '.join(BATTERY.paragraphs)}</div>"
    return layout("copy merged into one block", "daily", BATTERY, body)


def refrains() -> Layout:
    return layout("refrains that belong", "online", REFRAIN, p_tags(REFRAIN.paragraphs))


def market_once() -> Layout:
    return layout("market report, alike sentences", "daily", MARKET, p_tags(MARKET.paragraphs))


def interview_once() -> Layout:
    return layout("interview, Q and A", "online", INTERVIEW, p_tags(INTERVIEW.paragraphs))


def long_read_with_layer() -> Layout:
    story = long_story(18)
    body = p_tags(story.paragraphs) + f"<div class='layer-view'>{p_tags(story.paragraphs)}</div>"
    return layout("long read with a layer", "daily", story, body)
