"""What travels through a visit: a page to be fetched, and a page with what was made of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from crawler.candidates import Candidate
from crawler.error_class import ErrorClass
from crawler.extract.article import Article
from storage.records import KnownUrl, PageDraft

if TYPE_CHECKING:
    from crawler.meaning.topics import Relevance
    from crawler.spiders.runs import SourceRun
    from storage.archive import Prepared
    from storage.meaning import FactsDraft


class Verdict(StrEnum):
    """What a page turned out to be. The first three and CLOSED are remembered by the archive under these names."""

    OFF_TOPIC = "off_topic"
    NO_ARTICLE = "no_article"
    FAILED = "failed"
    ARTICLE = "article"
    MISSING = "missing"  # 404 or 410, or sent back to a front page
    UNCHANGED = "unchanged"  # 304
    CLOSED = "closed"  # robots.txt asks to leave it alone
    POSTPONED = "postponed"  # nothing was asked of the host; the next visit will


@dataclass(frozen=True, slots=True)
class PageTask:
    """A page worth fetching. `known` is what the archive has of it; `run` is the source that announced it, `lead` the
    lead of a search that did. Its text, which logs may show, says which page, not what is on it.
    """

    url: str
    candidate: Candidate | None = field(default=None, repr=False)
    known: KnownUrl | None = field(default=None, repr=False)
    run: "SourceRun | None" = field(default=None, repr=False)
    lead: int | None = None

    @property
    def is_stored(self) -> bool:
        return self.known is not None and self.known.article_id is not None


@dataclass(slots=True)
class PageItem:
    """A task with its answer. Stages fill in `article`, `relevance` and `facts`, or change the verdict."""

    task: PageTask
    verdict: Verdict
    page: PageDraft | None = field(default=None, repr=False)
    error: str | None = None
    error_class: ErrorClass | None = None
    article: Article | None = field(default=None, repr=False)
    relevance: "Relevance | None" = field(default=None, repr=False)
    facts: "FactsDraft | None" = field(default=None, repr=False)
    prepared: "Prepared | None" = field(default=None, repr=False)

    def give_up(self, verdict: Verdict, error: str, error_class: ErrorClass) -> None:
        self.verdict, self.error, self.error_class = verdict, error, error_class
