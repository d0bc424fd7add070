"""What the mark-up of a part of the page says about it: a table of names, because outlets name the same things alike.

The names are those of Korean content systems (ND-soft's articleView, the portals, the large dailies) and the usual
English ones. A name alone is not enough for a part that holds much of the article: then its text is read.
"""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.extract.article import Reason
from crawler.extract.tree import text_of

_WHOLE = 0.35  # a named part with more than this share of the container's text is the article itself, whatever its name


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Names (of id and class, one word each) that give a part away. `longest`: characters such a part has at most."""

    reason: Reason
    names: re.Pattern[str]
    longest: int = 4000
    needs_picture: bool = False


def _names(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\s)(?:{'|'.join(alternatives)})(?=\s|$)", re.IGNORECASE)


_PLACES = (
    PlaceRule(
        Reason.CAPTION,
        _names(
            r"[\w-]*captions?", r"[\w-]*[-_]cap", r"img[-_]?(?:desc|txt|text)\w*", r"photo[-_]?(?:desc|txt|text|info)\w*",
            r"image[-_]?(?:desc|txt|text)\w*", r"(?:txt|desc)[-_]?(?:photo|img|image)", r"end_photo_org", r"pic[-_]?(?:desc|txt)",
            r"article[-_]photo\w*", r"photo[-_]layout",
        ),
        longest=600,
    ),
    PlaceRule(
        Reason.CAPTION,
        _names(r"[\w-]*(?:photo|img|image|thumb|pic|picture|figure)[\w-]*"),
        longest=400,
        needs_picture=True,
    ),
    PlaceRule(
        Reason.COPYRIGHT,
        _names(r"[\w-]*copy[-_]?right[\w-]*", r"copy[-_]?txt", r"txt[-_]copy"),
        longest=600,
    ),
    PlaceRule(
        Reason.BYLINE,
        _names(
            r"(?:[\w]+[-_])?(?:byline|reporters?|writers?|journalists?|gija)(?:[-_](?:\w|-)+)?", r"author(?:s|[-_]?info|[-_]?box|[-_]?area|[-_]?wrap)?",
            r"view[-_]editors?", r"(?:article|news)[-_]?(?:writer|reporter|author)\w*", r"news(?:writer|reporter)", r"profile", r"byline_\w+",
            r"media_end_head_journalist\w*",
        ),
        longest=600,
    ),
    PlaceRule(
        Reason.SUMMARY,
        _names(r"(?:ai|auto|news|article)[-_]?summary[\w-]*", r"summary[-_]?(?:ai|box|area|layer|wrap|bot)[\w-]*", r"sum_?bot\w*", r"ai[-_]?brief\w*"),
        longest=1500,
    ),
    PlaceRule(
        Reason.RELATED,
        _names(
            r"[\w-]*relat(?:ed|ion|e)[\w-]*", r"more[-_]?(?:news|articles?|list)[\w-]*", r"(?:recommend|recom)[\w-]*", r"popular[\w-]*", r"rank(?:ing)?[\w-]*",
            r"(?:hot|best|most|latest|recent)[-_]?(?:news|issue|click|article|list|view)[\w-]*", r"(?:news|article)[-_]?(?:list|rel|more|rank|best)",
            r"(?:keyword|tag|hashtag)s?(?:[-_]?(?:list|box|area|group|wrap|news))?", r"news_tag\w*", r"interest[\w-]*", r"link[-_]?news", r"prev[-_]?next",
            r"(?:arv|article)[-_]?(?:series|issue)[\w-]*", r"box[-_]skin", r"auto[-_]\w+",
        ),
    ),
    PlaceRule(
        Reason.TOOLBAR,
        _names(
            r"(?:[\w]+[-_])?(?:sns|share|social|toolbar|utils?|fontsize|font[-_]size|bookmark|scrap|print|tts|listen|reactions?|recomm|likes?|vote|tooltip|emotion\w*)(?:[-_](?:\w|-)+)?",
            r"(?:btns?|buttons?)(?:[-_](?:\w|-)+)?", r"(?:comments?|reply|replies|cmt)(?:[-_](?:\w|-)+)?", r"news_like", r"count_like",
            r"t_sns\w*", r"snsbtn\w*", r"breadcrumbs?", r"news_date", r"view[-_]?info", r"article[-_]?(?:date|info|util\w*|tool\w*)",
        ),
        longest=1000,
    ),
    PlaceRule(
        Reason.APPEAL,
        _names(r"[\w-]*subscri(?:be|ption)[\w-]*", r"[\w-]*newsletter[\w-]*", r"[\w-]*(?:donat|sponsor|support)[\w-]*", r"paywall[\w-]*", r"app[-_]?(?:down|install|banner)[\w-]*"),
        longest=1500,
    ),
    PlaceRule(
        Reason.ADVERT,
        _names(
            r"ads?", r"ads?[-_][\w-]*", r"[\w-]*[-_]ads?(?:[-_](?:\w|-)*)?", r"adsby\w+", r"advert[\w-]*", r"[\w-]*(?:dfp|taboola|criteo|dable|outbrain|adfit|adop|gpt-ad|mobon|realclick)[\w-]*",
            r"power_?link[\w-]*", r"[\w-]*banners?(?:[-_](?:\w|-)*)?", r"promotion[\w-]*", r"sponsor[\w-]*", r"google[-_][\w-]*", r"articlein_ad",
        ),
        longest=2000,
    ),
)  # fmt: skip

_TAGS = {
    "figcaption": Reason.CAPTION,
    "button": Reason.TOOLBAR,
    "nav": Reason.TOOLBAR,
    "select": Reason.TOOLBAR,
    "textarea": Reason.TOOLBAR,
    "input": Reason.TOOLBAR,
    "label": Reason.TOOLBAR,
    "footer": Reason.TOOLBAR,
    "dialog": Reason.TOOLBAR,
    "ins": Reason.ADVERT,
    "amp-ad": Reason.ADVERT,
    "iframe": Reason.ADVERT,
    "script": Reason.ADVERT,
    "style": Reason.ADVERT,
    "noscript": Reason.ADVERT,
    "template": Reason.ADVERT,
    "aside": Reason.RELATED,
}
SILENT_TAGS = frozenset({"ins", "amp-ad", "iframe", "script", "style", "noscript", "template", "input", "svg"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PICTURES = ("img", "amp-img", "picture", "video", "amp-video", "iframe")


def reason_of_tag(element: HtmlElement) -> Reason | None:
    """Why an element is no text, judged by its tag alone."""
    return _TAGS.get(element.tag)


def reason_of_place(element: HtmlElement, container_length: int) -> Reason | None:
    """Why this part is not article text, judged by tag, id and class; None when it may be."""
    tag = element.tag
    if tag in ("html", "body"):
        return None
    reason = _TAGS.get(tag)
    if tag == "figure" and len(text_of(element)) <= 600:
        reason = Reason.CAPTION
    if tag == "table" and _is_photo_table(element):
        reason = Reason.CAPTION
    if reason is None and _HIDDEN.search(element.get("style") or ""):
        reason = Reason.TOOLBAR
    if reason is None:
        reason = _by_name(element)
    if reason is None:
        return None
    return reason if len(text_of(element)) <= _WHOLE * container_length else None


def _by_name(element: HtmlElement) -> Reason | None:
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    if len(names) == 1:
        return None
    for rule in _PLACES:
        if rule.names.search(names) and _fits(rule, element):
            return rule.reason
    return None


def _fits(rule: PlaceRule, element: HtmlElement) -> bool:
    if len(text_of(element)) > rule.longest:
        return False
    return not rule.needs_picture or next(element.iter(*_PICTURES), None) is not None


def _is_photo_table(table: HtmlElement) -> bool:
    """A table that holds a picture and a line about it, as desks lay out photos."""
    if next(table.iter(*_PICTURES), None) is None:
        return False
    filled = [cell for cell in table.iter("td", "th") if text_of(cell)]
    return len(filled) <= 2 and len(text_of(table)) <= 400
