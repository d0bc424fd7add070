"""What goes into the archive and what comes out of it, as plain values.

Every `datetime` here is aware; storage keeps UTC, readers show Asia/Seoul. Nothing in this module touches a database.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Author:
    """A byline: the reporter's name and, where the page prints one, the e-mail address."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """A block that was on the page and is not in the body, with the reason (toolbar, repeated, byline, tip, ...)."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class PageDraft:
    """One raw answer of an outlet's server, as fetched: kept so that extraction can be run again without a fetch."""

    url: str
    status: int
    body: bytes
    fetched_at: datetime
    charset: str | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A clean article as the crawler hands it over, with the page it came from. `body` is ordered paragraphs."""

    outlet: str
    canonical_url: str
    title: str
    body: tuple[str, ...]
    page: PageDraft
    alias_urls: tuple[str, ...] = ()
    article_number: str | None = None
    subtitle: str | None = None
    authors: tuple[Author, ...] = ()
    section: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    captions: tuple[str, ...] = ()
    removed: tuple[RemovedBlock, ...] = ()
    extractor: str = ""
    language: str | None = None
    relevance: float = 0.0
    topics: tuple[str, ...] = ()
    wire_source: str | None = None  # the agency the text says it is from
    keywords: tuple[str, ...] = ()  # words the desk gave the article
    image_url: str | None = None
    paywalled: bool = False  # the page says that it shows only a part of the text


class Outcome(StrEnum):
    """What storing a draft did."""

    NEW = "new"
    CORRECTED = "corrected"  # title or body changed: a revision was written
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Stored:
    """Result of one write. `duplicate_of` is the head article when this text was already told by another outlet."""

    article_id: int
    outcome: Outcome
    duplicate_of: int | None = None
    seq: int | None = None


class ChangeOp(StrEnum):
    ADD = "add"
    UPDATE = "update"
    MERGE = "merge"  # the article joined (or left) a group of duplicates
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change feed. `seq` is gapless in commit order; a reader's cursor is the last one it saw.

    `head_id` of a merge is the article whose copy this one is from now on, None when it stands on its own again.
    """

    seq: int
    op: ChangeOp
    article_id: int
    at: datetime
    head_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as readers see it. A gone article keeps its id and URL; its text fields are empty."""

    id: int
    outlet: str
    canonical_url: str
    title: str
    subtitle: str | None
    authors: tuple[Author, ...]
    section: str | None
    published_at: datetime | None
    modified_at: datetime | None
    first_seen_at: datetime
    body: tuple[str, ...]
    captions: tuple[str, ...]
    removed: tuple[RemovedBlock, ...]
    extractor: str
    language: str | None
    relevance: float
    topics: tuple[str, ...]
    state: str  # live | gone
    revision: int  # the seq of the current revision
    duplicate_of: int | None = None
    wire_source: str | None = None
    keywords: tuple[str, ...] = ()
    image_url: str | None = None
    paywalled: bool | None = None  # None: not known of articles read before it was kept


@dataclass(frozen=True, slots=True)
class Highlight:
    """A hit in the original text: `field` is title or body, offsets count characters of that field's text."""

    field: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SearchHit:
    id: int
    title: str
    outlet: str
    url: str
    published_at: datetime | None
    first_seen_at: datetime
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits; `next` is an opaque cursor for the following page, or None at the end.

    Where `total_is_exact` is False there are at least `total` hits.
    """

    total: int
    items: tuple[SearchHit, ...]
    next: str | None = None
    total_is_exact: bool = True


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What besides words narrows a search. First seen in [since, until); one of the outlets; one of the sections.

    `relation` is original (has no head), duplicate (has one), or copy_of, excerpt_of, sibling (of some article).
    `state` is live, gone or any; a gone article has no words left, so only a search without words finds it.
    """

    since: datetime | None = None
    until: datetime | None = None
    outlets: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    relation: str | None = None
    state: str = "live"


@dataclass(frozen=True, slots=True)
class SourceKey:
    """One feed, sitemap or list of an outlet. The URL is its identity inside the outlet."""

    outlet: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class SourcePart:
    """What a sitemap that an index names left behind; `depth` counts the indexes above it. An index among them has
    none of the three: it is read anew.
    """

    url: str
    depth: int = 1
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last visits left behind for a source; `next_visit_at` in the past means it is due."""

    id: int
    outlet: str
    url: str
    kind: str
    next_visit_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    error_count: int = 0
    last_error: str | None = None
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    seen: bytes | None = None  # keys of what it announced last, one after the other (crawler.candidates.candidate)
    ttl_seconds: int | None = None  # how long its feed says an answer holds
    parts: tuple[SourcePart, ...] = ()  # of an index: the sitemaps read last


@dataclass(slots=True)
class VisitCounts:
    """What one visit of one outlet did, counted as it happens."""

    candidates: int = 0
    fetched: int = 0
    stored: int = 0
    duplicates: int = 0  # new articles that followed one stored before; later articles may change who follows whom
    corrected: int = 0
    unchanged: int = 0
    gone: int = 0
    off_topic: int = 0
    failed: int = 0
    leads: int = 0  # headlines kept that are not fetched
    unsure: int = 0  # pages read because their headline alone did not decide
    closed: int = 0  # pages robots.txt asks to leave alone
    extracted: int = 0  # pages that gave an article, on a topic or not
    unreadable: int = 0  # pages that were fetched and gave none
    refused: int = 0  # pages refused to us: 401, 403, 429, 451 or a riddle for robots
    drifted: int = 0  # pages whose profile found too little
    new_items: int = 0  # what sources announced that they had not announced the time before
    text_chars: int = 0  # characters of the articles' bodies
    log_chars: float = 0.0  # sum of the natural logarithms of the bodies' lengths: one long article moves it little
    repeated_chars: int = 0  # characters set aside because the body had them already
    received: int = 0  # bytes of pages and sources
    failures: dict[str, int] = field(default_factory=dict)  # failures by their class (crawler.error_class)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OutletRow:
    """What readers of the archive need to know of an outlet; `licence` is none, headline, excerpt or full."""

    id: str
    name: str
    home: str
    licence: str = "headline"
    sample: bool = False


@dataclass(frozen=True, slots=True)
class KnownUrl:
    """What the archive remembers of an address: fetch it again only once `recheck_at` has passed (None: never)."""

    url: str
    outlet: str
    article_id: int | None
    verdict: str  # article | off_topic | no_article | failed | closed
    last_fetched_at: datetime
    recheck_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """How much the archive holds; `articles` counts live and gone ones, `duplicates` those with a head."""

    articles: int
    live: int
    gone: int
    duplicates: int
    revisions: int
    pages: int


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as it is kept. `finished_at` None: under way, or the process died in it."""

    id: int
    outlet: str
    started_at: datetime
    finished_at: datetime | None
    counts: VisitCounts
    error: str | None = None


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """A headline a search found. `outlet` is the catalogue's owner of the address; `state` as in StoredLead."""

    url: str
    finder: str
    outlet: str | None = None
    title: str | None = None
    summary: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    state: str = "lead"


@dataclass(frozen=True, slots=True)
class StoredLead:
    """A lead as it is kept; `state` is lead (not fetched), waiting (for its outlet's visit) or taken (by it)."""

    id: int
    url: str
    finder: str
    outlet: str | None
    title: str | None
    summary: str | None
    publisher: str | None
    published_at: datetime | None
    found_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class BackfillRow:
    """A stretch of an outlet's past to be read, half-open; `reason` is asked or catch_up."""

    id: int
    outlet: str
    reason: str
    from_at: datetime
    to_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StepKey:
    """One robots.txt, sitemap or list page to be read. `before` marks the page before it, to see a list that repeats.

    `day` is that of a list which has its pages by day, in Korean time.
    """

    kind: str
    url: str
    source_url: str
    number: int = 1
    depth: int = 0
    day: date | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a backfill that is still open."""

    id: int
    backfill_id: int
    kind: str
    url: str
    source_url: str
    number: int
    depth: int
    day: date | None
    before: str | None
    attempts: int
