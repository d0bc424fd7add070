"""What a page says about its article: headline, writers, times, section. Mark-up states, the visible page corrects."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.extract.article import Byline
from crawler.extract.bylines import EMAIL, bylines_in, is_name, merge_bylines
from crawler.extract.dates import Moment, read_moment, read_moments, settle
from crawler.extract.profile import Profile
from crawler.extract.titles import headline, take_flags
from crawler.extract.tree import select, text_of

_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished", "date.issued", "dc.date.issued",
    "dc.date", "pubdate", "publish_date", "publishdate", "article_date", "newsdate", "regdate", "date", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
)
_AUTHOR = (
    "dable:author",
    "article:author",
    "og:article:author",
    "author",
    "byl",
    "dc.creator",
    "parsely-author",
    "article_author",
    "reporter",
)
_SECTION = ("article:section", "og:article:section", "section", "article:section1", "dable:section", "content_category")
_TITLE = ("og:title", "dable:title", "headline", "title", "twitter:title")
_WIRE = re.compile(r"[\[(]\s*[가-힣]{2,6}\s*=\s*(?P<wire>연합뉴스|뉴시스|뉴스1|뉴스핌|로이터|AP|AFP|신화)")
_PUBLISHED_LABEL = re.compile(
    r"(?:입력|등록|승인|작성|게재|송고|발행|기사\s*입력|기사\s*승인|최초\s*입력|published|posted)", re.IGNORECASE
)
_MODIFIED_LABEL = re.compile(r"(?:수정|업데이트|편집|modified|updated)", re.IGNORECASE)
_NOT_THE_ARTICLE = re.compile(
    r"(?:등록\s*번호|등록\s*일|등록\s*년월일|등록\s*일자|창간|창립|발행인|발행\s*일|편집인|기준|주소|사업자|사용기간|저작권)"
)
_A_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADINGS = "h1, h2, h3, [itemprop='headline'], [class*='tit'], [class*='subject'], [id*='title'], [class*='headline']"
_MOST_HEADINGS = 400


@dataclass(slots=True)
class Metadata:
    """Fields as found; times aware."""

    title: str | None = None
    flags: tuple[str, ...] = ()
    subtitle: str | None = None
    authors: tuple[Byline, ...] = ()
    section: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    canonical_url: str | None = None
    lead_image: str | None = None
    site_names: tuple[str, ...] = field(default_factory=tuple)


class Head:
    """The meta elements of a page by lower-case name, each with all its values."""

    def __init__(self, root: HtmlElement) -> None:
        self._values: dict[str, list[str]] = {}
        for meta in root.iter("meta"):
            content = (meta.get("content") or "").strip()
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                for name in (meta.get(attribute) or "").lower().split():
                    if content:
                        self._values.setdefault(name, []).append(content)

    def first(self, *names: str) -> str | None:
        return next(self.all(*names), None)

    def all(self, *names: str) -> Iterator[str]:
        for name in names:
            yield from self._values.get(name, ())


def read_metadata(
    root: HtmlElement, ld: dict[str, Any], *, profile: Profile | None, url: str | None, fetched_at: datetime | None
) -> Metadata:
    """Everything known about the article besides its text. Selectors of the profile come first."""
    head = Head(root)
    result = Metadata(site_names=tuple(_site_names(head, ld)))
    title = _title(root, head, ld, profile, result.site_names)
    if title:
        result.title, result.flags = take_flags(title)
    result.subtitle = _selected(root, profile.subtitle) if profile else None
    result.section = (
        (_selected(root, profile.section) if profile else None)
        or head.first(*_SECTION)
        or _text(ld.get("articleSection"))
    )
    result.authors = _authors(root, head, ld, profile)
    visible = _visible_times(root, fetched_at)
    result.published_at = _published(root, head, ld, profile, visible, fetched_at)
    result.modified_at = _modified(root, head, ld, profile, visible, fetched_at, result.published_at)
    result.canonical_url = _canonical(root, head, url)
    image = head.first("og:image", "twitter:image")
    result.lead_image = urljoin(url or "", image) if image else None
    return result


def value_of(element: HtmlElement) -> str:
    """What an element says: a meta element's content, a time's machine-readable form, else its text."""
    for attribute in ("content", "datetime", "data-date-time", "data-modify-date-time", "data-published-time"):
        value = element.get(attribute)
        if value and value.strip():
            return value.strip()
    return text_of(element)


def _selected(root: HtmlElement, selectors: Iterable[str]) -> str | None:
    for selector in selectors:
        text = " ".join(filter(None, map(value_of, select(root, [selector])[:3])))
        if text:
            return text
    return None


def _site_names(head: Head, ld: dict[str, Any]) -> Iterator[str]:
    yield from head.all(
        "og:site_name", "application-name", "twitter:site", "copyright", "og:article:author", "dable:site"
    )
    publisher = ld.get("publisher")
    if isinstance(publisher, dict):
        yield from filter(None, [_text(publisher.get("name"))])


def _title(
    root: HtmlElement, head: Head, ld: dict[str, Any], profile: Profile | None, sites: Sequence[str]
) -> str | None:
    if profile is not None:
        for selector in profile.title:
            for element in select(root, [selector])[:1]:
                text = _plain(value_of(element))
                if text:
                    stated = [text] if element.tag == "meta" else []
                    return headline(stated, [text] if not stated else [], sites)
    stated = [_plain(text) for text in (*head.all(*_TITLE), *filter(None, [_text(ld.get("headline"))]))]
    stated += [text_of(element) for element in list(root.iter("title"))[:1]]
    printed = [text_of(element) for element in select(root, [_HEADINGS])[:_MOST_HEADINGS]]
    return headline(stated, [text for text in printed if len(text) <= 200], sites)


def _plain(text: str) -> str:
    """Text of an attribute whose entities were encoded twice."""
    return " ".join(html.unescape(text).split()) if "&" in text else " ".join(text.split())


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return _plain(value) if isinstance(value, str) and value.strip() else None


def _authors(root: HtmlElement, head: Head, ld: dict[str, Any], profile: Profile | None) -> tuple[Byline, ...]:
    if profile is not None:
        for selector in profile.authors:
            found = merge_bylines(*(names_in(value_of(element)) for element in select(root, [selector])))
            if found:
                return found
    stated = merge_bylines(*(names_in(text) for text in head.all(*_AUTHOR)))
    return stated or merge_bylines(*(names_in(text) for text in _ld_authors(ld.get("author"))))


def _ld_authors(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name


def names_in(text: str) -> tuple[Byline, ...]:
    """Reporters named in a field that holds nothing but writers: titles may be missing."""
    text = _plain(text)
    found = bylines_in(text)
    if found:
        return found
    mail = EMAIL.search(text)
    words = [word for word in re.split(r"[\s,·ㆍ/&|;]+", EMAIL.sub(" ", text)) if word]
    names = [word for word in words if is_name(word)]
    if not names or len(text) > 60:
        return ()
    if len(names) == len(words):
        return tuple(
            Byline(name, mail[0] if mail and index == len(names) - 1 else None) for index, name in enumerate(names)
        )
    return (Byline(names[0], mail[0] if mail else None),)


def _published(
    root: HtmlElement,
    head: Head,
    ld: dict[str, Any],
    profile: Profile | None,
    visible: "_Visible",
    fetched_at: datetime | None,
) -> datetime | None:
    chosen = [value_of(e) for selector in (profile.published if profile else ()) for e in select(root, [selector])[:1]]
    stated = _first_moment([*chosen, *head.all(*_PUBLISHED), _text(ld.get("datePublished"))], fetched_at)
    return settle(stated, visible.published, visible.bare)


def _modified(
    root: HtmlElement,
    head: Head,
    ld: dict[str, Any],
    profile: Profile | None,
    visible: "_Visible",
    fetched_at: datetime | None,
    published: datetime | None,
) -> datetime | None:
    chosen = [value_of(e) for selector in (profile.modified if profile else ()) for e in select(root, [selector])[:1]]
    stated = _first_moment([*chosen, *head.all(*_MODIFIED), _text(ld.get("dateModified"))], fetched_at)
    at = settle(stated, visible.modified, visible.bare) if stated or visible.modified else None
    return at if at and (published is None or at > published) else None


def _first_moment(texts: Iterable[str | None], fetched_at: datetime | None) -> Moment | None:
    moments = [moment for text in texts if (moment := read_moment(text, fetched_at=fetched_at)) is not None]
    return next((moment for moment in moments if moment.precision != "day"), moments[0] if moments else None)


@dataclass(slots=True)
class _Visible:
    """Times a reader sees, in page order."""

    published: list[Moment] = field(default_factory=list)
    modified: list[Moment] = field(default_factory=list)
    bare: list[Moment] = field(default_factory=list)  # without a label


def _visible_times(root: HtmlElement, fetched_at: datetime | None) -> _Visible:
    """Labelled times first (입력, 수정), then bare ones with a clock; the page's own small print is passed over."""
    seen = _Visible()
    bare = seen.bare
    label = ""
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "meta", "option"):
            continue
        for text in (element.text, element.tail):
            line = " ".join(text.split()) if text else ""
            if not line or len(line) > 120:
                continue
            if not _A_YEAR.search(line) and not (fetched_at is not None and line.endswith("전")):
                label = line if len(line) <= 12 else ""
                continue
            if not _NOT_THE_ARTICLE.search(line):
                _note_times(line, label, seen, bare, fetched_at)
            label = ""
        stamp = element.get("data-date-time") or (element.get("datetime") if element.tag == "time" else None)
        if stamp:
            bare += read_moments(stamp)
    with_clock = [moment for moment in bare if moment.precision != "day"]
    seen.published = seen.published or with_clock[:1]
    return seen


def _note_times(line: str, label: str, seen: _Visible, bare: list[Moment], fetched_at: datetime | None) -> None:
    moments = read_moments(line, fetched_at=fetched_at)
    if not moments:
        return
    parts = re.split(r"(?=수정|업데이트)", line, maxsplit=1)
    if _PUBLISHED_LABEL.search(line) or _MODIFIED_LABEL.search(line):
        for part in parts:
            target = seen.modified if _MODIFIED_LABEL.search(part) else seen.published
            target += read_moments(part, fetched_at=fetched_at)
    elif _MODIFIED_LABEL.search(label):
        seen.modified += moments
    elif _PUBLISHED_LABEL.search(label):
        seen.published += moments
    else:
        bare += moments


def _canonical(root: HtmlElement, head: Head, url: str | None) -> str | None:
    link = next(
        (e.get("href") for e in root.iter("link") if (e.get("rel") or "").lower() == "canonical" and e.get("href")),
        None,
    )
    stated = link or head.first("og:url")
    return urljoin(url or "", stated.strip()) if stated else None


def wire_source(paragraph: str) -> str | None:
    """The agency a first paragraph names in its dateline."""
    found = _WIRE.match(paragraph)
    return found["wire"] if found else None
