"""What a page says about its article: headline, writers, times, section. Mark-up states, the visible page corrects."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.article import Byline
from crawler.extract.blocks import read_blocks
from crawler.extract.bylines import EMAIL, bylines_in, is_name, merge_bylines
from crawler.extract.dates import Moment, read_moment, read_moments, settle
from crawler.extract.facts import is_paywalled, lead_image, section_of
from crawler.extract.profile import Profile
from crawler.extract.repeats import letters_of
from crawler.extract.selectors import Index
from crawler.extract.tables import table
from crawler.extract.titles import headline, take_flags
from crawler.extract.tree import text_of

_NAMES: dict[str, list[str]] = table("metadata")
_PUBLISHED_LABEL = re.compile(
    r"(?:입력|등록|승인|작성|게재|송고|발행|기사\s*입력|기사\s*승인|최초\s*입력|published|posted)", re.IGNORECASE
)
_MODIFIED_LABEL = re.compile(r"(?:수정|업데이트|편집|modified|updated)", re.IGNORECASE)
_LABELS = re.compile(f"{_PUBLISHED_LABEL.pattern}|{_MODIFIED_LABEL.pattern}", re.IGNORECASE)
_NOT_THE_ARTICLE = re.compile(
    r"(?:등록\s*번호|등록\s*일|등록\s*년월일|등록\s*일자|창간|창립|발행인|발행\s*일|편집인|기준|주소|사업자|사용기간|저작권)"
)
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z][a-z]*\.?){1,3}")
_CJK_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9_.-]{3,40}")
_A_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADINGS = "h1, h2, h3, [itemprop='headline'], [class*='tit'], [class*='subject'], [id*='title'], [class*='headline']"
_MOST_HEADINGS = 400
_LONGEST_TIME_LINE = 240  # characters of a text node with its white space
_LONGEST_LABEL = 12
_MOST_BARE = 30  # times without a label that are read
_LONGEST_TITLE = 200
_LONGEST_STATED = 1000  # characters of a stated title that are looked at
_LONGEST_AUTHOR = 80
_MOST_AUTHORS = 6
_NEARBY = 25  # blocks above the text among which its byline may stand
_BEHIND = 4
_STAMPED = etree.XPath("//*[@data-date-time] | //time[@datetime]")
_META_SELECTOR = re.compile(r"""^meta\[(?:property|name|itemprop)=['"]?(?P<name>[\w:.-]+)['"]?\]$""")


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
    article_number: str | None = None
    paywalled: bool = False
    keywords: tuple[object, ...] = ()  # as stated
    site_keywords: tuple[str, ...] = ()  # stated, too, and perhaps of the outlet


class Head:
    """The meta elements of a page by lower-case name, each with all its values."""

    def __init__(self, metas: Iterable[HtmlElement]) -> None:
        self._values: dict[str, list[str]] = {}
        for meta in metas:
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
    index: Index, ld: Mapping[str, Any], *, profile: Profile | None, url: str | None, fetched_at: datetime | None
) -> Metadata:
    """Everything known about the article besides its text. Selectors of the profile come first."""
    page = _Page(index, Head(index.tag("meta")), ld, profile or Profile(name="none"), fetched_at)
    title, flags = take_flags(page.title() or "")
    published_at = page.published_at()
    modified_at = page.modified_at()
    images = [*page.head.all("og:image", "twitter:image"), ld.get("image"), ld.get("thumbnailUrl")]
    return Metadata(
        title=title or None,
        flags=flags,
        subtitle=page.first(page.profile.subtitle, most=3),
        authors=page.authors(),
        section=page.section(),
        published_at=published_at,
        modified_at=modified_at if modified_at and (published_at is None or modified_at > published_at) else None,
        canonical_url=page.canonical_url(url),
        lead_image=lead_image(images, url),
        article_number=page.article_number(),
        paywalled=is_paywalled(ld, page.head.all("article:content_tier", "content_tier"), ()),
        keywords=(*page.head.all(*_NAMES["keywords"]), ld.get("keywords")),
        site_keywords=tuple(page.head.all(*_NAMES["site_keywords"])),
    )


def value_of(element: HtmlElement) -> str:
    """What an element says: a meta element's content, a time's machine-readable form, else its text."""
    for attribute in ("content", "datetime", "data-date-time", "data-modify-date-time", "data-published-time"):
        value = element.get(attribute)
        if value and value.strip():
            return value.strip()
    return text_of(element)


@dataclass(frozen=True)
class _Page:
    """One page asked for its metadata."""

    index: Index
    head: Head
    ld: Mapping[str, Any]
    profile: Profile
    fetched_at: datetime | None

    def values(self, selector: str) -> list[str]:
        """What a selector's matches say; meta elements are answered from the head already read."""
        meta = _META_SELECTOR.match(selector)
        if meta is not None:
            return list(self.head.all(meta["name"].lower()))
        return [value for element in self.index.find(selector) if (value := value_of(element))]

    def first(self, selectors: Iterable[str], most: int = 1) -> str | None:
        """What the first selector that says anything says (its first `most` matches)."""
        return next((" ".join(found[:most]) for one in selectors if (found := self.values(one))), None)

    def site_names(self) -> list[str]:
        names = list(self.head.all("og:site_name", "application-name", "twitter:site", "copyright", "dable:site"))
        publisher = self.ld.get("publisher")
        name = _text(publisher.get("name")) if isinstance(publisher, dict) else None
        return [*names, name] if name else names

    def section(self) -> str | None:
        stated = [self.first(self.profile.section), *self.head.all(*_NAMES["section"])]
        said = self.ld.get("articleSection")
        stated += [text for one in (said if isinstance(said, list) else [said]) if (text := _text(one))]
        return section_of(stated, self.site_names())

    def article_number(self) -> str | None:
        """The number the page states for itself; letters and digits, no address."""
        stated = [*self.head.all(*_NAMES["number"]), _text(self.ld.get("identifier"))]
        return next((text for text in stated if text and _NUMBER.fullmatch(text)), None)

    def title(self) -> str | None:
        for selector in self.profile.title:
            for value in self.values(selector)[:1]:
                # Text of the page is as the desk wrote it; what the head states may carry the outlet's name.
                return headline([_plain(value)], [], self.site_names()) if "meta" in selector else _plain(value)
        stated = [_plain(text[:_LONGEST_STATED]) for text in self.head.all(*_NAMES["title"])]
        stated += [text for text in (_text(self.ld.get("headline")),) if text]
        stated += [_plain((element.text or "")[:_LONGEST_STATED]) for element in self.index.tag("title")[:1]]
        printed = [text_of(element) for element in self.index.find(_HEADINGS)[:_MOST_HEADINGS]]
        return headline(stated, [text for text in printed if len(text) <= _LONGEST_TITLE], self.site_names())

    def authors(self) -> tuple[Byline, ...]:
        for selector in self.profile.authors:
            found = merge_bylines(*map(names_in, self.values(selector)))
            if found:
                return found
        return (
            merge_bylines(*map(names_in, self.head.all(*_NAMES["author"])))
            or merge_bylines(*map(names_in, _ld_authors(self.ld.get("author"))))
            or self._printed_authors()
        )

    def _printed_authors(self) -> tuple[Byline, ...]:
        """The writers a page of unknown design prints in an element named after them."""
        if self.profile.authors:
            return ()
        for selector in _NAMES["author_places"]:
            texts = [text for text in map(text_of, self.index.find(selector)[:_MOST_AUTHORS]) if text]
            found = merge_bylines(*(bylines_in(text) for text in texts if len(text) <= _LONGEST_AUTHOR))
            if found:
                return found
        return ()

    def published_at(self) -> datetime | None:
        chosen = self._chosen(self.profile.published)
        stated = self._moment([*chosen, *self.head.all(*_NAMES["published"]), _text(self.ld.get("datePublished"))])
        if stated is not None and not stated.doubtful:
            return stated.at
        return settle(stated, self.visible.published, self.visible.bare)

    def modified_at(self) -> datetime | None:
        chosen = self._chosen(self.profile.modified)
        stated = self._moment([*chosen, *self.head.all(*_NAMES["modified"]), _text(self.ld.get("dateModified"))])
        if (stated is None and self.profile.modified) or (stated is not None and not stated.doubtful):
            return stated.at if stated else None
        if stated is None and _MODIFIED_LABEL.search(self.index.text) is None:
            return None
        return settle(stated, self.visible.modified, self.visible.bare)

    def _chosen(self, selectors: Iterable[str]) -> list[str]:
        return [value for selector in selectors for value in self.values(selector)[:1]]

    def _moment(self, texts: Iterable[str | None]) -> Moment | None:
        """The first time among texts that has a clock, else the first day."""
        moments = [moment for text in texts if (moment := read_moment(text, fetched_at=self.fetched_at)) is not None]
        return next((moment for moment in moments if moment.precision != "day"), moments[0] if moments else None)

    @cached_property
    def visible(self) -> "_Visible":
        return _visible_times(self.index.root, self.fetched_at)

    def canonical_url(self, url: str | None) -> str | None:
        links = (link for link in self.index.tag("link") if (link.get("rel") or "").lower() == "canonical")
        stated = next((href for link in links if (href := link.get("href"))), None) or self.head.first("og:url")
        return urljoin(url or "", stated.strip()) if stated else None


def _plain(text: str) -> str:
    """Text of an attribute whose entities were encoded twice."""
    return " ".join(html.unescape(text).split()) if "&" in text else " ".join(text.split())


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return _plain(value) if isinstance(value, str) and value.strip() else None


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
    if _LATIN_NAME.fullmatch(text) or _CJK_NAME.fullmatch(text):
        return (Byline(text),)
    mail = EMAIL.search(text)
    words = [word for word in re.split(r"[\s,·ㆍ/&|;]+", EMAIL.sub(" ", text)) if word]
    names = [word for word in words if is_name(word)]
    if not names or len(text) > _LONGEST_AUTHOR:
        return ()
    if len(names) == len(words):
        return tuple(
            Byline(name, mail[0] if mail and index == len(names) - 1 else None) for index, name in enumerate(names)
        )
    return (Byline(names[0], mail[0] if mail else None),)


@dataclass(slots=True)
class _Visible:
    """Times a reader sees, in page order."""

    published: list[Moment] = field(default_factory=list)
    modified: list[Moment] = field(default_factory=list)
    bare: list[Moment] = field(default_factory=list)  # without a label


def _visible_times(root: HtmlElement, fetched_at: datetime | None) -> _Visible:
    """Labelled times first (입력, 수정), then bare ones with a clock; the page's own small print is passed over."""
    seen = _Visible()
    label = ""
    for text in root.itertext():
        if len(text) > _LONGEST_TIME_LINE or not (line := text.strip()):
            continue
        dated = ("20" in line or "19" in line) and _A_YEAR.search(line) is not None
        if not dated and not (fetched_at is not None and line.endswith("전")):
            label = line if len(line) <= _LONGEST_LABEL else ""
            continue
        labelled = _LABELS.search(f"{label} {line}") is not None
        # A bare day tells nothing that is asked for, and behind a page's first times come those of other articles.
        told = labelled or (len(seen.bare) < _MOST_BARE and (not dated or ":" in line or "시" in line))
        if told and not _NOT_THE_ARTICLE.search(line):
            _note_times(" ".join(line.split()), label, seen, seen.bare, fetched_at)
        label = ""
    for element in _STAMPED(root):
        seen.bare += read_moments(element.get("data-date-time") or element.get("datetime"))
    seen.published = seen.published or [moment for moment in seen.bare if moment.precision != "day"][:1]
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


def nearby_bylines(root: HtmlElement, title: str, text: Sequence[str]) -> tuple[Byline, ...]:
    """The writers named in a line between the headline and the text, or right behind it."""
    blocks = read_blocks(root, by_place=False)
    letters = [letters_of(block.text) for block in blocks]
    first, last = letters_of(text[0])[:40], letters_of(text[-1])[:40]
    begin = next((index for index, one in enumerate(letters) if first and first in one), None)
    if begin is None:
        return ()
    end = next((index for index in range(len(letters) - 1, begin - 1, -1) if last in letters[index]), begin)
    headlines = [index for index, one in enumerate(letters[:begin]) if one and one in letters_of(title)]
    above = blocks[max(headlines[-1] if headlines else 0, begin - _NEARBY) : begin]
    for block in (*reversed(above), *blocks[end + 1 : end + 1 + _BEHIND]):
        found = bylines_in(block.text) if len(block.text) <= _LONGEST_AUTHOR else ()
        if found:
            return found
    return ()
