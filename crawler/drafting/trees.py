"""Where the article is on an outlet's pages: found by comparing the trees of a few of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract import extract
from crawler.extract.article import Article, NoArticle
from crawler.extract.encoding import decode
from crawler.extract.tree import compiled, parse, take_scripts

_LEAST_COVER = 0.85  # of the article's text that its container holds
_MOST_DROPS = 8
_SHORTEST_DROP, _LONGEST_DROP = 3, 2000
_PLAIN_NAME = re.compile(r"[A-Za-z][\w-]{1,60}")
_TITLES = ("h1", "h2", "h3")
_TIMES = (
    "meta[property='article:published_time']",
    "meta[itemprop='datePublished']",
    "meta[name='article:published_time']",
    "time[datetime]",
)
_SECTIONS = ("meta[property='article:section']", "meta[name='article:section']", "[itemprop='articleSection']")
_CAPTIONS = ("figcaption", "figure figcaption", ".caption", ".img_desc", ".photo_desc", ".desc")
_LONGEST_BYLINE = 120  # letters of an element that names the author and little else


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """The selectors that hold on every page compared; `articles` is how many pages gave an article at all."""

    body: str | None
    drop: tuple[str, ...]
    title: str | None
    published: str | None
    articles: int
    authors: str | None = None
    section: str | None = None
    captions: str | None = None


@dataclass(slots=True)
class _Page:
    root: HtmlElement
    article: Article
    pieces: list[str]


def compare(pages: Sequence[tuple[str, bytes]]) -> ProfileDraft:
    """The design that pages of one outlet share, from (address, bytes) of each."""
    read = [page for url, html in pages if (page := _read(url, html))]
    if not read:
        return ProfileDraft(None, (), None, None, 0)
    body = _tightest_container(read)
    return ProfileDraft(
        body=body,
        drop=tuple(islice(dict.fromkeys(_repeated_parts(read, body)), _MOST_DROPS)) if body and len(read) > 1 else (),
        title=_title(read),
        published=_first_on_all(read, _TIMES),
        articles=len(read),
        authors=_byline(read),
        section=_first_on_all(read, _SECTIONS),
        captions=_captions(read, body) if body else None,
    )


def _first_on_all(pages: Sequence[_Page], selectors: Sequence[str]) -> str | None:
    return next((selector for selector in selectors if all(compiled(selector)(page.root) for page in pages)), None)


def _read(url: str, html: bytes) -> _Page | None:
    try:
        article = extract(html, url=url)
        root = parse(decode(html).text)
    except NoArticle:
        return None
    take_scripts(root)
    return _Page(root, article, [_letters(paragraph) for paragraph in article.body if _letters(paragraph)])


def _tightest_container(pages: Sequence[_Page]) -> str | None:
    """The selector that finds one element on every page, holding the article and as little else as possible."""
    best: tuple[float, str] | None = None
    for selector in dict.fromkeys(_selectors_around(pages[0])):
        sizes = [_size_if_it_holds(page, selector) for page in pages]
        if all(sizes):
            excess = sum(size or 0 for size in sizes) / len(sizes)
            if best is None or excess < best[0]:
                best = (excess, selector)
    return best[1] if best else None


def _selectors_around(page: _Page) -> Iterator[str]:
    for node in page.root.iter("div", "section", "article", "td", "main"):
        if _cover(page, node) >= _LEAST_COVER:
            yield from _names_of(node)


def _names_of(node: HtmlElement) -> Iterator[str]:
    """Ways to name an element, the most telling first."""
    if _PLAIN_NAME.fullmatch(node.get("id") or ""):
        yield f"#{node.get('id')}"
    if node.get("itemprop"):
        yield f"[itemprop='{node.get('itemprop')}']" if node.get("itemprop") == "articleBody" else ""
    yield from (f".{name}" for name in (node.get("class") or "").split() if _PLAIN_NAME.fullmatch(name))
    if node.tag in {"article", "main"}:
        yield node.tag


def _size_if_it_holds(page: _Page, selector: str) -> int | None:
    if not selector:
        return None
    found = compiled(selector)(page.root)
    if len(found) != 1 or _cover(page, found[0]) < _LEAST_COVER:
        return None
    return len(_letters(found[0].text_content()))


def _cover(page: _Page, node: HtmlElement) -> float:
    text = _letters(node.text_content())
    total = sum(map(len, page.pieces)) or 1
    return sum(len(piece) for piece in page.pieces if piece in text) / total


def _repeated_parts(pages: Sequence[_Page], body: str) -> Iterator[str]:
    """Parts inside the container that say the same on every page and nothing of the article: shares, adverts, tips."""
    first, *others = [compiled(body)(page.root)[0] for page in pages]
    pieces = {piece for page in pages for piece in page.pieces}
    inside: list[HtmlElement] = []
    for node in first.iter("div", "p", "ul", "section", "aside", "span", "dl", "table"):
        text = _letters(node.text_content())
        if node is first or not _SHORTEST_DROP <= len(text) < _LONGEST_DROP or any(piece in text for piece in pieces):
            continue
        if any(around in inside for around in node.iterancestors()):
            continue
        for selector in _names_of(node):
            if selector and all(_says(other, selector, text) for other in others):
                inside.append(node)
                yield selector
                break


def _says(container: HtmlElement, selector: str, text: str) -> bool:
    return any(_letters(node.text_content()) == text for node in compiled(selector)(container))


def _title(pages: Sequence[_Page]) -> str | None:
    for tag in _TITLES:
        for node in pages[0].root.iter(tag):
            names = [f"{tag}.{name}" for name in (node.get("class") or "").split() if _PLAIN_NAME.fullmatch(name)]
            for selector in [*names, tag]:
                if all(_finds_title(page, selector) for page in pages):
                    return selector
    og_title = "meta[property='og:title']"
    return og_title if all(compiled(og_title)(page.root) for page in pages) else None


def _finds_title(page: _Page, selector: str) -> bool:
    found = compiled(selector)(page.root)
    wanted = _letters(page.article.title)
    return len(found) == 1 and bool(wanted) and wanted in _letters(found[0].text_content())


def _byline(pages: Sequence[_Page]) -> str | None:
    """The smallest element that names each page's author, under one selector; None unless every page has an author."""
    names = [page.article.authors[0].name if page.article.authors else None for page in pages]
    if len(pages) < 2 or not all(names):  # noqa: PLR2004 - one page shows no pattern
        return None
    candidates: dict[str, int] = {}
    for node in pages[0].root.iter("meta", "div", "p", "span", "a", "em", "strong", "li", "dd", "address", "b"):
        if _names_author(node, names[0] or ""):
            for selector in _names_of(node) if node.tag != "meta" else _names_of_meta(node):
                candidates.setdefault(selector, len(_letters(_said(node))))
    for selector in sorted(filter(None, candidates), key=lambda selector: candidates[selector]):
        found = [compiled(selector)(page.root) for page in pages]
        if all(nodes and _names_author(nodes[0], name or "") for nodes, name in zip(found, names, strict=True)):
            return selector
    return None


def _names_author(node: HtmlElement, name: str) -> bool:
    said = _letters(_said(node))
    return _letters(name) in said and len(said) <= _LONGEST_BYLINE


def _said(node: HtmlElement) -> str:
    return (node.get("content") or "") if node.tag == "meta" else node.text_content()


def _names_of_meta(node: HtmlElement) -> Iterator[str]:
    for key in ("property", "name"):
        if re.fullmatch(r"[\w:.-]+", node.get(key) or ""):
            yield f"meta[{key}='{node.get(key)}']"


def _captions(pages: Sequence[_Page], body: str) -> str | None:
    """How the body marks captions: something that holds text on some page, and never a paragraph of the article."""
    for selector in _CAPTIONS:
        texts = [
            _letters(node.text_content())
            for page in pages
            for container in compiled(body)(page.root)
            for node in compiled(selector)(container)
        ]
        pieces = {piece for page in pages for piece in page.pieces}
        if any(texts) and not any(text in pieces for text in texts):
            return selector
    return None


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
