"""An article on several pages: where the next one is, where all of it is, and how the pages become one article.

Addresses are believed only where they are this article's own with a page number added: "next" often leads to another
article, and "view all" to a list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.article import Article, Reason, Removed
from crawler.extract.bylines import merge_bylines
from crawler.extract.repeats import remove_repeats
from crawler.extract.selectors import Index
from crawler.extract.tree import text_of

MOST_PAGES = 10  # pages of one article that are read

_PARAMETER = re.compile(
    r"^(?:page|pg|p|pn|pno|paged|page_?no|page_?num|cur_?page|now_?page|article_?page)$", re.IGNORECASE
)
_WHOLE_PARAMETER = re.compile(r"^(?:view_?all|all|full|single|onepage|page|pg|p|view|mode|type)$", re.IGNORECASE)
_WHOLE_VALUE = re.compile(r"^(?:all|full|single|1|y|yes|true|one|0)$", re.IGNORECASE)
_WHOLE_LABEL = re.compile(
    r"(?:전체\s*보기|전체보기|한\s*페이지(?:로)?\s*보기|기사\s*전체|전문\s*보기|view\s*all|single\s*page|all\s*on\s*one\s*page)",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(r"^\W*(?:다음\s*(?:페이지|쪽|장)|다음|next(?:\s*page)?)\W*$", re.IGNORECASE)
_HINT = re.compile(f"{_WHOLE_LABEL.pattern}|다음|next", re.IGNORECASE)
_NAMES_AN_ARTICLE = re.compile(r"\d{3,}|[a-z]-[a-z][\w-]*$", re.IGNORECASE)
_LONGEST_LABEL = 24
_PATH_PAGE = re.compile(
    r"^(?P<stem>.*?)(?:/(?:page/)?(?P<number>\d{1,2})/?|[-_](?P<tail>\d{1,2})(?P<ending>\.\w{2,5}))$"
)


def paging(index: Index, url: str | None) -> tuple[str | None, str | None]:
    """(next page, whole article on one page) as absolute addresses; None where the page links to neither."""
    if url is None or not (index.names_hold("pag") or _HINT.search(index.text)):
        return None, None
    following = whole = None
    for link in _links(index, _key(url)):
        address = urljoin(url, (link.get("href") or "").strip())
        number = page_number(address, url)
        if number is None and not _is_whole(address, url):
            continue
        label = text_of(link) if link.tag == "a" else ""
        if whole is None and _WHOLE_LABEL.search(label) and len(label) <= _LONGEST_LABEL and address != url:
            whole = address
        named = "next" in (link.get("rel") or "").lower().split() or _NEXT_LABEL.match(label)
        if following is None and number == _own_number(url) + 1 and (named or label.strip("[]() ") == str(number)):
            following = address
    return following, whole


def _links(index: Index, key: str) -> Iterator[HtmlElement]:
    for link in (*index.tag("link"), *index.tag("a")):
        href = link.get("href")
        if href is not None and (key in href or href.startswith("?")):
            yield link


def _key(url: str) -> str:
    """What every address of the article has: its longest number, else the last step of its path."""
    parts = urlsplit(url)
    numbers = re.findall(r"\d{4,}", f"{parts.path}?{parts.query}")
    return max(numbers, key=len, default=parts.path.rstrip("/").rpartition("/")[2].partition(".")[0])


def page_number(address: str, url: str) -> int | None:
    """Which page of the article at `url` an address is; None when it is none of its pages."""
    here, there = urlsplit(url), urlsplit(address)
    if here.netloc != there.netloc or there.scheme not in {"http", "https"}:
        return None
    stem, number = _parted(there.path, there.query)
    own_stem, _ = _parted(here.path, here.query)
    if number is not None and stem == own_stem:
        return number
    # The first page may bear no number in its path: /a/123 and /a/123/2, /a/123.html and /a/123_2.html.
    split = _PATH_PAGE.match(there.path)
    if split is None:
        return None
    first = split["stem"] + (split["ending"] or "")
    found = int(split["number"] or split["tail"])
    if first.rstrip("/") == here.path.rstrip("/"):
        return found if found > 1 else None
    own = _PATH_PAGE.match(here.path)
    same = own is not None and own["stem"] == split["stem"] and own["ending"] == split["ending"]
    return found if same and _NAMES_AN_ARTICLE.search(split["stem"]) else None


def _parted(path: str, query: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], int | None]:
    """Path and parameters without the one that numbers the page, and that number."""
    number = None
    rest = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        if _PARAMETER.match(name) and value.isdigit():
            number = int(value)
        else:
            rest.append((name, value))
    return (path, tuple(sorted(rest))), number


def _own_number(url: str) -> int:
    parts = urlsplit(url)
    _, number = _parted(parts.path, parts.query)
    if number is None:
        split = _PATH_PAGE.match(parts.path)
        # A short number at the end of a path may be the article's own: then something else must name the article.
        named = split is not None and _NAMES_AN_ARTICLE.search(split["stem"]) is not None
        number = int(split["number"] or split["tail"]) if split is not None and named else None
    return number if number is not None and number <= MOST_PAGES else 1


def _is_whole(address: str, url: str) -> bool:
    """Whether an address is the article's own with a parameter or a last step that asks for all of it."""
    here, there = urlsplit(url), urlsplit(address)
    if here.netloc != there.netloc:
        return False
    (path, own), _ = _parted(here.path, here.query)
    if there.path.rstrip("/") in {f"{path.rstrip('/')}/all", f"{path.rstrip('/')}/full"}:
        return True
    added = [pair for pair in parse_qsl(there.query, keep_blank_values=True) if pair not in own]
    return (
        there.path == path
        and bool(added)
        and all(_WHOLE_PARAMETER.match(name) and _WHOLE_VALUE.match(value) for name, value in added)
    )


def join_pages(articles: Sequence[Article]) -> Article:
    """One article of its pages in order: fields of the first, all bodies without what every page repeats."""
    first = articles[0]
    if len(articles) == 1:
        return replace(first, next_page=None)
    unique = remove_repeats(_bodies(articles), title=first.title)
    removed = [block for one in articles for block in one.removed]
    modified = [one.modified_at for one in articles if one.modified_at is not None]
    return replace(
        first,
        body=unique.kept,
        authors=merge_bylines(*(one.authors for one in articles)),
        modified_at=max(modified, default=None),
        captions=tuple(dict.fromkeys(caption for one in articles for caption in one.captions)),
        removed=(*dict.fromkeys(removed), *(Removed(copy, Reason.REPEATED) for copy in unique.removed)),
        extractor=f"{first.extractor}+pages/{len(articles)}",
        wire_source=next((one.wire_source for one in articles if one.wire_source), None),
        paywalled=any(one.paywalled for one in articles),
        next_page=None,
        view_all=None,
    )


def _bodies(articles: Sequence[Article]) -> list[str]:
    """All paragraphs; those with which each page begins anew (the lead, a heading) only once."""
    told: list[str] = []
    for one in articles:
        known = set(told)
        told += dropwhile(known.__contains__, one.body)
    return told
