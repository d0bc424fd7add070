"""How a sample page is made: a skeleton (one outlet's design) filled with a story, plus what belongs to its body."""

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Template

import lxml.html

from crawler.extract.profile import Profile

from .stories import Story

SKELETONS = Path(__file__).with_name("skeletons")
ADDRESS = "https://daily.example/news/article/202603170001"

# What an outlet file would say of each design; the generic path is measured without them.
PROFILES = {
    "daily": Profile(
        name="sample", body=("#article-body",), title=("h1.view-title",), authors=(".writer",), captions=("figcaption",)
    ),
    "portal": Profile(
        name="sample", body=("#body_area",), title=(".headline",), authors=(".journalist",), published=(".stamp",)
    ),
    "weekly": Profile(name="sample", body=("#txt",), title=(".tit",)),
    "online": Profile(name="sample", body=(".post-content",)),
    "amp": Profile(name="sample", body=(".amp-body",)),
    "app": Profile(name="sample", script="next_f"),
    "list": Profile(name="sample", body=("#article-body",)),
}


@dataclass(frozen=True)
class Layout:
    """One page of the suite with its gold. `forbidden` lines must not be in the body, `optional` ones may."""

    name: str
    page: bytes = field(repr=False)
    paragraphs: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    title: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    content_type: str | None = None
    profile: Profile | None = None
    url: str = ADDRESS
    fetched_at: datetime | None = None

    @property
    def is_article(self) -> bool:
        return bool(self.paragraphs)


@dataclass(frozen=True)
class Slots:
    """What stands in the open places of a skeleton beside the body."""

    above: str = ""
    below: str = ""
    head: str = ""
    subtitle: str = ""
    json_ld: str = ""
    shown: str = ""  # the visible date line; empty: the story's time as 2026.03.17 09:12


def p_tags(paragraphs: Iterable[str]) -> str:
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in paragraphs)


def br_lines(paragraphs: Iterable[str]) -> str:
    return "\n<br><br>\n".join(html.escape(line, quote=False) for line in paragraphs)


def fill(skeleton: str, story: Story, body: str, slots: Slots = Slots(), charset: str = "utf-8") -> str:
    """The page's text. `charset` is what it claims to be, whatever its bytes will be."""
    published = datetime.fromisoformat(story.published)
    values = {
        "charset": charset,
        "title": html.escape(story.title),
        "title_json": json.dumps(story.title, ensure_ascii=False),
        "published": story.published,
        "stamp": published.strftime("%Y-%m-%d %H:%M:%S"),
        "reporter": story.reporter,
        "mail": story.mail,
        "section": story.section,
        "body": body,
        **vars(slots),
        "shown": slots.shown or published.strftime("%Y.%m.%d %H:%M"),
    }
    return Template((SKELETONS / f"{skeleton}.html").read_text(encoding="utf-8")).substitute(values)


def layout(
    name: str,
    skeleton: str,
    story: Story,
    body: str,
    slots: Slots = Slots(),
    *,
    paragraphs: Sequence[str] | None = None,
    forbidden: Sequence[str] = (),
    optional: Sequence[str] = (),
    charset: str = "utf-8",
    encoding: str = "utf-8",
    content_type: str | None = "text/html; charset=utf-8",
    profile: Profile | None = None,
) -> Layout:
    """A page with its gold: the story's paragraphs, the skeleton's own lines forbidden."""
    text = fill(skeleton, story, body, slots, charset)
    return Layout(
        name=name,
        page=text.encode(encoding, errors="xmlcharrefreplace" if encoding != "utf-8" else "strict"),
        paragraphs=tuple(story.paragraphs if paragraphs is None else paragraphs),
        forbidden=(*furniture(skeleton), *forbidden),
        optional=tuple(optional),
        title=story.title,
        published=datetime.fromisoformat(story.published),
        authors=(story.reporter,),
        content_type=content_type,
        profile=profile or PROFILES[skeleton],
    )


@cache
def furniture(skeleton: str) -> tuple[str, ...]:
    """The design's own lines: every text of six or more characters that the empty skeleton shows."""
    source = (SKELETONS / f"{skeleton}.html").read_text(encoding="utf-8")
    tree = lxml.html.document_fromstring(source.encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    lines = (line.strip() for line in tree.xpath("//body//text()[not(parent::script or parent::style)]"))
    return tuple(dict.fromkeys(line for line in lines if len(line) >= 6 and "$" not in line))
