"""From the bytes of a page to its clean article. Pure: no network, no clock, no memory of other pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from crawler.extract.article import Article, Byline, NoArticle, Reason, Removed
from crawler.extract.body import (
    MOST_BLOCKS,
    MOST_TEXT,
    READER,
    Body,
    by_profile,
    by_script,
    generic,
    linked_share,
    prose_length,
)
from crawler.extract.bylines import merge_bylines, with_addresses
from crawler.extract.encoding import as_utf8
from crawler.extract.facts import is_paywalled, keywords_of
from crawler.extract.language import is_korean, language_of
from crawler.extract.lines import PROSE, Sorted, is_sentence, sort_lines
from crawler.extract.metadata import Metadata, nearby_bylines, read_metadata
from crawler.extract.paging import paging
from crawler.extract.prescan import prescan
from crawler.extract.profile import Profile
from crawler.extract.repeats import remove_repeats
from crawler.extract.script import json_ld, state_record
from crawler.extract.selectors import Index
from crawler.extract.tree import Script, parse_bytes, take_scripts
from crawler.extract.wire import wire_source

_ERROR = re.compile(
    r"페이지를 찾을 수 없|존재하지 않는|삭제된 (?:기사|페이지)|삭제되었거나|잘못된 (?:접근|경로)|not found",
    re.IGNORECASE,
)
_LONGEST_ERROR = 300
_LEAST_BODY = 60  # characters of the shortest article (a breaking-news line has about so many)
_MANY_LINES = 10
_TABLE_LINES = 40  # an article with a table has that many lines at most; home pages call themselves articles as well
_PARAGRAPHS = 3  # on a page whose best candidate was a list, an article has as many: less is a teaser
_TOLD = 0.45  # share of an article's text that stands in sentences; the least seen on real pages was 0.68
# The same for texts in other languages (tables, recipes, offers), where the page calls itself an article and where not.
_TOLD_ABROAD, _TOLD_ABROAD_UNSAID = 0.2, 0.4
_LITTLE = 400  # characters of sentences below which a profile's result is checked against the whole page
_MOST_LINKED = 0.3  # share of text inside links up to which a profile's container holds an article without sentences
_MORE = 1.5  # the whole page wins when it has so many times the profile's text


def extract(
    html: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    profiles: Sequence[Profile] = (),
    outlet: str | None = None,
    fetched_at: datetime | None = None,
) -> Article:
    """The clean article of a page.

    `profiles` are tried in order, then the page is read without any knowledge of it. `content_type` only rules out
    answers that are no HTML; its charset is not believed. `fetched_at` resolves "3시간 전". Raises NoArticle.
    """
    if content_type and re.match(
        r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|octet)", content_type, re.IGNORECASE
    ):
        raise NoArticle(
            f"The page is {content_type.split(';')[0].strip()}, not HTML: there is no article to take from it."
        )
    scanned = prescan(html)
    root = parse_bytes(as_utf8(scanned.page))
    scripts = take_scripts(root)
    page = _Page(Index(root), scripts, url=url, outlet=outlet, fetched_at=fetched_at)
    for body in _bodies(page, profiles, flood=scanned.flood):
        article = _article(page, body)
        if article is not None:
            return article
    raise NoArticle(f"No article text was found on {url or 'the page'}: it may be a list, a video or an error page.")


@dataclass(slots=True)
class _Page:
    """A parsed page and what is known about it. `a_list`: the best candidate so far was a list of headlines."""

    index: Index
    scripts: Sequence[Script]
    url: str | None
    outlet: str | None
    fetched_at: datetime | None
    a_list: bool = False


def _bodies(page: _Page, profiles: Sequence[Profile], *, flood: bool) -> Iterator[Body]:
    """Candidates for the article, the most trusted first."""
    drift = None
    for profile in profiles:
        name = f"profile:{page.outlet or 'outlet'}/{profile.name}"
        blocks = by_profile(page.index, profile) if profile.body else []
        if 0 < len(blocks) <= MOST_BLOCKS and sum(len(block.text) for block in blocks) <= MOST_TEXT:
            yield from _checked(page, Body(blocks, f"{name}+{READER}", profile=profile, named=True), flood=flood)
        for body in by_script(page.scripts, [profile.script] if profile.script else []):
            yield replace(body, extractor=f"{name}+{body.extractor}", profile=profile)
        drift = drift or name
    for body in chain(generic(page.index, flood=flood), by_script(page.scripts)):
        yield replace(body, drift=drift)


def _checked(page: _Page, body: Body, *, flood: bool) -> Iterator[Body]:
    """A profile that yields little is compared with the page read without it: drift, not a stump of an article."""
    length = prose_length(body.blocks)
    if length < _LITTLE:
        other = next(generic(page.index, flood=flood), None)
        if other is not None and prose_length(other.blocks) >= _MORE * length + _LEAST_BODY:
            yield replace(other, drift=body.extractor.partition("+")[0])
    yield body


def _article(page: _Page, body: Body) -> Article | None:
    """The article a candidate gives, or None when too little is left of it."""
    known = _metadata(page, body)
    writers = [author.name for author in known.authors]
    lines = sort_lines(body.blocks, title=known.title, subtitle=known.subtitle, writers=writers)
    unique = remove_repeats(lines.body, title=known.title)
    text, captions = unique.kept, tuple(dict.fromkeys(lines.captions))
    if body.profile is None and _reads_like_a_list(text, said=_says_article(page)):
        page.a_list = True
        return None
    if page.a_list and sum(is_sentence(one) and len(one) >= PROSE for one in text) < _PARAGRAPHS:
        return None
    trusted = _says_article(page) or (body.profile is not None and linked_share(body.blocks) < _MOST_LINKED)
    if not _is_article(text, named=body.named and trusted):
        # Photo news: the caption is the story.
        text = tuple(caption for caption in captions if len(caption) >= PROSE) if _says_article(page) else ()
        if not text or not known.title:
            return None
    authors = _authors(page, known.authors, lines, known.title or "", text)
    next_page, view_all = paging(page.index, page.url)
    removed = (*lines.removed, *(Removed(copy, Reason.REPEATED) for copy in unique.removed))
    return Article(
        url=page.url,
        outlet=page.outlet,
        title=known.title or "",
        body=text,
        subtitle=known.subtitle or " ".join(lines.subtitle) or None,
        authors=authors,
        published_at=known.published_at,
        modified_at=known.modified_at,
        section=known.section,
        captions=captions,
        removed=removed,
        extractor=body.extractor,
        language=language_of(text, page.index.root.get("lang")),
        canonical_url=known.canonical_url,
        article_number=known.article_number,
        paywalled=known.paywalled or is_paywalled({}, (), (one.text for one in lines.removed)),
        next_page=next_page,
        view_all=view_all,
        wire_source=wire_source(text[0], lines.credits, [one.name for one in authors]),
        lead_image=known.lead_image,
        keywords=keywords_of(known.keywords, known.site_keywords, " ".join((known.title or "", *text))),
        flags=known.flags,
        drift=body.drift,
    )


def _metadata(page: _Page, body: Body) -> Metadata:
    """What the head and the visible page say, completed by the record of the article in a script."""
    ld = json_ld(page.scripts)
    record = dict(body.payload.fields) if body.payload else {}
    if not record and not ld:
        record = state_record(page.scripts)
    return read_metadata(page.index, {**record, **ld}, profile=body.profile, url=page.url, fetched_at=page.fetched_at)


def _is_article(text: Sequence[str], *, named: bool) -> bool:
    """True for text long enough with a sentence in it; lists of names count where the page calls them its article."""
    length = sum(map(len, text))
    sentences = any(is_sentence(one) and len(one) >= PROSE / 2 for one in text)
    if length < _LONGEST_ERROR and any(_ERROR.search(one) for one in text):
        return False
    return length >= _LEAST_BODY and (sentences or named) if length >= _LEAST_BODY else named and sentences


def _reads_like_a_list(text: Sequence[str], *, said: bool) -> bool:
    """True for many lines of which few are sentences: headlines, not an article. `said`: the page says it is one."""
    if len(text) < (_TABLE_LINES if said else _MANY_LINES):
        return False
    least = _TOLD if is_korean(text) else _TOLD_ABROAD if said else _TOLD_ABROAD_UNSAID
    told = sum(len(one) for one in text if is_sentence(one) and len(one) >= PROSE / 2)
    return told < least * sum(map(len, text))


def _says_article(page: _Page) -> bool:
    """True for a page whose head says that it is one article."""
    stated = (meta.get("content") for meta in page.index.tag("meta") if meta.get("property") == "og:type")
    return any((kind or "").lower() == "article" for kind in stated) or "headline" in json_ld(page.scripts)


def _authors(
    page: _Page, stated: Sequence[Byline], lines: Sorted, title: str, text: Sequence[str]
) -> tuple[Byline, ...]:
    """The writers the page states or its byline lines name, else the dateline's, else those around the text."""
    named = merge_bylines(stated, lines.bylines) or lines.dateline or nearby_bylines(page.index.root, title, text)
    if len(stated) > 1:
        # A page that lists its writers lists them all; byline lines inside the text name those of its parts.
        names = {byline.name for byline in stated}
        named = tuple(byline for byline in named if byline.name in names)
    return with_addresses(named, lines.addresses)
