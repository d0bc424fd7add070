"""The clean article: what a person would copy out by hand, and what was set aside with its reason."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storage.errors import ZgcwatchError


class NoArticle(ZgcwatchError):  # noqa: N818 (a finding about the page, not a fault)
    """The page has no article text: a list, a video page, an error page or something that is not HTML."""


class Reason(StrEnum):
    """Why a block of the page is not in the body. The values are a contract with readers of `removed`."""

    TOOLBAR = "toolbar"  # share, scrap, print, font size, clean view
    REPEATED = "repeated"  # text the body has already
    BYLINE = "byline"  # the reporter's name and e-mail: kept in `authors`
    TIP = "tip"  # "send us your story" lines (기사제보)
    COPYRIGHT = "copyright"  # 무단전재, 재배포 금지, ⓒ, no AI training
    CAPTION = "caption"  # photo captions and credits: kept in `captions`
    RELATED = "related"  # links to other articles
    SUMMARY = "summary"  # an AI or editor's summary that retells the article
    APPEAL = "appeal"  # subscribe, install our app, follow our channel
    ADVERT = "advert"  # advertising teasers
    AROUND = "around"  # beside the text on a page of unknown design, and left out by a second reader as well
    METADATA = "metadata"  # a date line, section line or headline printed again inside the body
    BOILERPLATE = "boilerplate"  # a last line of the outlet's that its operator approved as boilerplate


@dataclass(frozen=True, slots=True)
class Byline:
    """A reporter. `email` is None where the page prints none."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class CleanText:
    """Plain text sorted into an article: the result of `zgcwatch clean`."""

    title: str | None
    authors: tuple[Byline, ...]
    body: tuple[str, ...]
    captions: tuple[str, ...]
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A clean article. Times are aware (+09:00 for Korean pages); `body` is ordered paragraphs, never empty."""

    url: str | None
    outlet: str | None
    title: str
    body: tuple[str, ...]
    subtitle: str | None = None
    authors: tuple[Byline, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str | None = None
    captions: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    extractor: str = ""  # "profile:<outlet>/<profile>+blocks/1", "generic+trafilatura/2.3.1", "script:next_f"
    language: str | None = None
    canonical_url: str | None = None  # rel=canonical or og:url as the page states it; the caller judges it
    article_number: str | None = None
    wire_source: str | None = None
    lead_image: str | None = None
    flags: tuple[str, ...] = field(default_factory=tuple)  # title tags set aside: 속보, 단독, ...
    keywords: tuple[str, ...] = ()  # words the desk gave the article, as far as title and text have them
    paywalled: bool = False  # the page says that it shows only a part of the text
    next_page: str | None = None  # address of the article's next page, where it has several
    view_all: str | None = None  # address of the article on one page
    drift: str | None = None  # the profile that should have read the page and found too little
