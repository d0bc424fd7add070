"""What an extractor made of the suite: paragraphs exactly once, lost, repeated, leaked lines, title, date, authors.

Texts are compared after NFKC, without white space and with straight quotes. A leaked line is text of the body that is
neither gold nor optional: furniture, a caption, or a copy of something the body has already.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .pages import Layout

LEAST_LEAK = 2  # letters or digits that make a leaked line: a lone bullet is none
_TAG = re.compile(r"^\s*\[[^\]]{1,8}\]\s*")
_QUOTES = str.maketrans("“”‘’", "\"\"''")


@dataclass(frozen=True)
class Extracted:
    """What any extractor gives for a page; `body` None means that it found no article."""

    body: tuple[str, ...] | None
    title: str | None = None
    published: datetime | None = None
    authors: tuple[str, ...] = ()


@dataclass
class Score:
    """One page's result. On a page without an article `leaked` holds what came back all the same."""

    name: str
    paragraphs: int = 0
    once: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    lines: int = 0
    is_article: bool = True
    refused: bool = False
    title: bool = False
    date: bool = False
    authors: bool = False

    @property
    def perfect(self) -> bool:
        wrong = self.lost or self.repeated or self.leaked
        return not wrong and (self.refused if not self.is_article else self.title and self.date and self.authors)


def bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())


def score(page: Layout, found: Extracted) -> Score:
    """Judges one page."""
    result = Score(page.name, paragraphs=len(page.paragraphs), is_article=page.is_article, refused=found.body is None)
    body = found.body or ()
    result.lines = len(body)
    if not page.is_article:
        result.leaked = list(body)
        return result
    text = bare("\n".join(body))
    _count(result, page.paragraphs, text)
    result.leaked = leaks(page, body)
    result.title = same_title(found.title, page.title)
    result.date = found.published is not None and found.published == page.published
    result.authors = set(found.authors) == set(page.authors)
    return result


def _count(result: Score, paragraphs: Sequence[str], text: str) -> None:
    whole = bare("\n".join(paragraphs))
    for paragraph in paragraphs:
        expected, got = whole.count(bare(paragraph)), text.count(bare(paragraph))
        if got == expected:
            result.once += 1
        elif got < expected:
            result.lost.append(paragraph)
        else:
            result.repeated.append(paragraph)


def leaks(page: Layout, body: Iterable[str]) -> list[str]:
    """What is left of the body when each gold paragraph and each optional line is taken out as often as it belongs."""
    gold = bare("\n".join(page.paragraphs))
    left = "\n".join(bare(line) for line in body)
    for paragraph in sorted((*page.paragraphs, *page.optional), key=len, reverse=True):
        left = left.replace(bare(paragraph), "\n", 1)
    rest = [piece for piece in left.split("\n") if len(re.sub(r"\W", "", piece)) >= LEAST_LEAK]
    # A piece of a paragraph that did not come through whole is a loss, counted there, and no leak.
    whole = "".join(bare(line) for line in body)
    lost = "".join(bare(one) for one in page.paragraphs if bare(one) not in whole)
    return [piece for piece in rest if piece not in lost or piece not in gold]


def same_title(got: str | None, wanted: str) -> bool:
    """A tag such as [속보] may be set aside as a flag."""
    return got is not None and bare(got) in {bare(wanted), bare(_TAG.sub("", wanted))}


def run_ours(page: Layout, *, profiles: bool) -> Extracted:
    """This project's extractor on one page, with or without the outlet's profile."""
    from crawler.extract import NoArticle, extract

    known = (page.profile,) if profiles and page.profile else ()
    try:
        article = extract(
            page.page,
            url=page.url,
            content_type=page.content_type,
            profiles=known,
            outlet="sample" if known else None,
            fetched_at=page.fetched_at,
        )
    except NoArticle:
        return Extracted(None)
    return Extracted(article.body, article.title, article.published_at, tuple(one.name for one in article.authors))


@dataclass(frozen=True)
class Totals:
    """The suite's figures; rates are percentages."""

    pages: int
    paragraphs: int
    once_rate: float
    lost: int
    repeated: int
    leaked: int
    leak_rate: float  # leaked lines per body line
    titles: int
    dates: int
    authors: int
    articles: int
    refused: int  # pages without an article that were told to be such
    without_article: int

    @classmethod
    def of(cls, scores: Sequence[Score]) -> "Totals":
        articles = [one for one in scores if one.is_article]
        others = [one for one in scores if not one.is_article]
        paragraphs = sum(one.paragraphs for one in articles)
        leaked, lines = sum(len(one.leaked) for one in scores), sum(one.lines for one in scores)
        return cls(
            pages=len(scores),
            paragraphs=paragraphs,
            once_rate=100 * sum(one.once for one in articles) / max(1, paragraphs),
            lost=sum(len(one.lost) for one in articles),
            repeated=sum(len(one.repeated) for one in articles),
            leaked=leaked,
            leak_rate=100 * leaked / max(1, lines),
            titles=sum(one.title for one in articles),
            dates=sum(one.date for one in articles),
            authors=sum(one.authors for one in articles),
            articles=len(articles),
            refused=sum(one.refused for one in others),
            without_article=len(others),
        )


def measure(pages: Iterable[Layout], extractor: Callable[[Layout], Extracted]) -> list[Score]:
    """Every page through one extractor."""
    return [score(page, extractor(page)) for page in pages]
