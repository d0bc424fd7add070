"""Stored pages through today's extractor: what reads differently, and writing it. Nothing is fetched.

An article keeps its id, its addresses and its first sight. Where today's extractor finds no article any more, or fails,
the stored text stays as it is and the report says so.
"""

import asyncio
import difflib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from crawler.candidates.dates import KST
from crawler.catalogue import Catalogue, Outlet
from crawler.extract import NoArticle
from crawler.extract.article import Article
from crawler.extract.body import READER, TRAFILATURA
from crawler.meaning.topics import Topics
from crawler.pipelines.extract import extract_page
from crawler.pipelines.store import draft_of
from crawler.spiders.items import PageItem, PageTask, Verdict
from crawler.workers import ParsePool
from storage.boilerplate import approved_lines
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.records import Author, PageDraft, RemovedBlock, StoredArticle
from storage.reextraction import (
    MADE,
    Replay,
    Run,
    Selection,
    UnreadPage,
    begin_run,
    count_replays,
    count_unread,
    differences,
    give_up_runs,
    note_verdict,
    replays_after,
    reread,
    rewrite,
    save_run,
    store_found,
    unread_pages,
)
from storage.version import version

if TYPE_CHECKING:
    from storage.database import Session

log = structlog.get_logger()

BATCH = 32  # pages read from the archive at a time
_CONTEXT_LINES = 1


@dataclass(slots=True)
class Counts:
    """What became of an outlet's pages. Each page counts once among `unchanged` to `without_outlet`."""

    pages: int = 0
    unchanged: int = 0
    noted: int = 0  # only what was set aside, or the extractor's name, differs: written, not in the feed
    changed: int = 0  # what readers see differs: a revision
    empty: int = 0  # no article is found any more: nothing is written
    failed: int = 0  # the page could not be read: nothing is written
    moved_on: int = 0  # a visit wrote the article while it was read again
    without_page: int = 0  # the raw page is not kept any more
    without_outlet: int = 0  # the catalogue has no such outlet, so its profile is not known
    judged: int = 0  # pages without an article that were judged again
    found: int = 0  # of these: articles now


@dataclass(frozen=True, slots=True)
class Example:
    """One page that reads differently: a unified diff, or the sentence why nothing is read."""

    outlet: str
    url: str
    article_id: int | None
    kind: str
    text: str


@dataclass(slots=True)
class Report:
    """What a run did, or would do. `outlets` counts the whole run, `examples` are of this session only."""

    extractor: str
    dry_run: bool
    resumed: bool = False
    outlets: dict[str, Counts] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)

    def of(self, outlet: str) -> Counts:
        return self.outlets.setdefault(outlet, Counts())

    def total(self) -> Counts:
        total = Counts()
        for counts in self.outlets.values():
            for name, value in asdict(counts).items():
                setattr(total, name, getattr(total, name) + value)
        return total


@dataclass(frozen=True)
class Rereading:
    """What a run needs. `examples` is how many diffs of each kind are shown for an outlet."""

    database: Database
    catalogue: Catalogue
    topics: Topics
    pool: ParsePool
    clock: Callable[[], datetime]
    keep_all: bool = False
    examples: int = 3
    progress: Callable[[int, int], None] | None = None


def today() -> str:
    """The name of the extractor in force."""
    return f"zgcwatch/{version()} {READER} {TRAFILATURA}"


async def reextract(
    context: Rereading, selection: Selection, *, dry_run: bool = False, every: bool = False, restart: bool = False
) -> Report:
    """Read the selected pages again. With `every` also pages that gave no article are judged.

    A run that was interrupted goes on where it stopped, unless `restart` says otherwise; a dry run writes nothing and
    always begins at the beginning.
    """
    pass_over = _Pass(context, selection, Report(today(), dry_run), every=every)
    await asyncio.to_thread(pass_over.begin, restart=restart)
    for stage in pass_over.stages():
        while await pass_over.next_batch(stage):
            pass
    return await asyncio.to_thread(pass_over.finish)


class _Pass:
    """One run: batches of pages are read, extracted side by side, and written one by one."""

    def __init__(self, context: Rereading, selection: Selection, report: Report, *, every: bool) -> None:
        self.context, self.selection, self.report, self.every = context, selection, report, every
        self._run: Run | None = None
        self._stage, self._after = "articles", 0
        self._done = self._planned = 0
        self._approved: dict[str, frozenset[str]] = {}

    def begin(self, *, restart: bool) -> None:
        now = self.context.clock()
        if not self.report.dry_run:
            name = f"{today()}|{self.selection.outlet or ''}|{self.selection.since or ''}|{self.every}"
            with self.context.database.writer() as session:
                if restart:
                    give_up_runs(session, [name], now=now)
                self._run = begin_run(session, name, now=now)
            self._stage, self._after = self._run.stage, self._run.after
            self.report.resumed = self._run.resumed
            self.report.outlets = {outlet: Counts(**counts) for outlet, counts in self._run.counts.items()}
        with self.context.database.reader() as session:
            self._planned = self._left(session)
            self._approved = {outlet.id: approved_lines(session, outlet.id) for outlet in self.context.catalogue}
        log.info("reextract.started", pages=self._planned, dry_run=self.report.dry_run, resumed=self.report.resumed)

    def _left(self, session: "Session") -> int:
        left = 0
        if self._stage == "articles":
            left = count_replays(session, self.selection, after=self._after)
        if self.every:
            left += count_unread(session, self.selection, after=self._after if self._stage == "pages" else 0)
        return left

    def stages(self) -> Iterable[str]:
        stages = ["articles", "pages"] if self.every else ["articles"]
        for stage in stages[stages.index(self._stage) :]:
            if stage != self._stage:
                self._stage, self._after = stage, 0
            yield stage

    async def next_batch(self, stage: str) -> bool:
        """Read, extract and write one batch; False when none was left."""
        if stage == "articles":
            replays = await asyncio.to_thread(self._replays)
            answers = await asyncio.gather(*(self._article_now(replay) for replay in replays))
            await asyncio.to_thread(self._settle_articles, replays, answers)
            return bool(replays)
        unread = await asyncio.to_thread(self._unread)
        found = await asyncio.gather(*(self._read(page.page, page.outlet) for page in unread))
        await asyncio.to_thread(self._settle_pages, unread, found)
        return bool(unread)

    def _replays(self) -> list[Replay]:
        with self.context.database.reader() as session:
            return replays_after(session, self.selection, after=self._after, limit=BATCH)

    def _unread(self) -> list[UnreadPage]:
        with self.context.database.reader() as session:
            return unread_pages(session, self.selection, after=self._after, limit=BATCH)

    async def _article_now(self, replay: Replay) -> "Article | ZgcwatchError | None":
        return await self._read(replay.page, replay.article.outlet) if replay.page else None

    async def _read(self, page: PageDraft, outlet_id: str) -> "Article | ZgcwatchError | None":
        """The article of a page, why there is none, or None where its outlet is unknown."""
        outlet = self._outlet(outlet_id)
        if outlet is None:
            return None
        try:
            article: Article = await self.context.pool.run(
                extract_page, page, outlet.id, outlet.profiles, self._approved.get(outlet.id, frozenset())
            )
        except ZgcwatchError as error:
            return error
        return article

    def _outlet(self, outlet_id: str) -> Outlet | None:
        return next((outlet for outlet in self.context.catalogue if outlet.id == outlet_id), None)

    def _settle_articles(self, replays: Sequence[Replay], answers: "Sequence[Article | ZgcwatchError | None]") -> None:
        for replay, answer in zip(replays, answers, strict=True):
            counts = self.report.of(replay.article.outlet)
            counts.pages += 1
            outcome = self._settle(replay, answer)
            setattr(counts, outcome, getattr(counts, outcome) + 1)
        self._save(replays[-1].article.id if replays else None, len(replays))

    def _settle(self, replay: Replay, answer: "Article | ZgcwatchError | None") -> str:
        """What became of one article: the name of its count."""
        before = replay.article
        if not isinstance(answer, Article):
            return self._settle_unread(replay, answer)
        after = self._as_it_reads(before, answer)
        seen = differences(before, after)
        if not seen and not differences(before, after, MADE):
            return "unchanged"
        if not self._written(before, after):
            return "moved_on"
        if not seen:
            return "noted"
        self._show(before.outlet, before.canonical_url, before.id, "changed", diff(before, after))
        return "changed"

    def _settle_unread(self, replay: Replay, error: ZgcwatchError | None) -> str:
        """Nothing was read: the stored text stays as it is."""
        if replay.page is None:
            return "without_page"
        if error is None:
            return "without_outlet"
        outcome = "empty" if isinstance(error, NoArticle) else "failed"
        self._show(replay.article.outlet, replay.article.canonical_url, replay.article.id, outcome, str(error))
        return outcome

    def _written(self, before: StoredArticle, after: StoredArticle) -> bool:
        if self.report.dry_run:
            return True
        with self.context.database.writer() as session:
            return rewrite(session, before, after, now=self.context.clock())

    def _as_it_reads(self, before: StoredArticle, article: Article) -> StoredArticle:
        """The stored article as its page reads now. What only the feed had told stays where the page is silent."""
        after = reread(
            before,
            title=article.title,
            subtitle=article.subtitle,
            body=article.body,
            authors=tuple(Author(byline.name, byline.email) for byline in article.authors),
            section=article.section or before.section,
            published_at=article.published_at or before.published_at,
            modified_at=article.modified_at or before.modified_at,
            captions=article.captions,
            removed=tuple(RemovedBlock(block.text, str(block.reason)) for block in article.removed),
            extractor=article.extractor,
            language=article.language,
            wire_source=article.wire_source or before.wire_source,
            keywords=article.keywords,
            image_url=article.lead_image,
            paywalled=article.paywalled,
        )
        if (after.title, after.body) == (before.title, before.body):
            return after
        judged = self.context.topics.judge(after.title, after.body)
        return replace(after, relevance=judged.score, topics=judged.topics)

    def _settle_pages(self, pages: Sequence[UnreadPage], answers: "Sequence[Article | ZgcwatchError | None]") -> None:
        for page, answer in zip(pages, answers, strict=True):
            counts = self.report.of(page.outlet)
            counts.judged += 1
            if isinstance(answer, Article):
                counts.found += self._judge(page, answer)
            elif isinstance(answer, NoArticle) and page.verdict == Verdict.FAILED and not self.report.dry_run:
                with self.context.database.writer() as session:
                    note_verdict(session, page.url, str(Verdict.NO_ARTICLE))
        self._save(pages[-1].id if pages else None, len(pages))

    def _judge(self, page: UnreadPage, article: Article) -> bool:
        """Whether a page that gave no article is one on topic; it is stored as first seen when its address was."""
        outlet = self._outlet(page.outlet)
        assert outlet is not None
        relevance = self.context.topics.judge(article.title, article.body)
        wanted = relevance.relevant or self.context.keep_all
        if wanted:
            self._show(page.outlet, page.url, None, "found", article.title)
        if self.report.dry_run:
            return wanted
        item = PageItem(PageTask(page.url), Verdict.ARTICLE, page.page, article=article, relevance=relevance)
        with self.context.database.writer() as session:
            if not wanted:
                note_verdict(session, page.url, str(Verdict.OFF_TOPIC))
                return False
            return store_found(session, page, draft_of(item, outlet))

    def _show(self, outlet: str, url: str, article_id: int | None, kind: str, text: str) -> None:
        shown = sum(example.outlet == outlet and example.kind == kind for example in self.report.examples)
        if shown < self.context.examples:
            self.report.examples.append(Example(outlet, url, article_id, kind, text))

    def _save(self, after: int | None, done: int) -> None:
        if after is None:
            return
        self._done += done
        self._after = after
        if self._run is not None:
            self._note_run()
        if self.context.progress is not None:
            self.context.progress(self._done, max(self._planned, self._done))

    def _note_run(self, finished_at: datetime | None = None) -> None:
        assert self._run is not None
        self._run.stage, self._run.after = self._stage, self._after
        self._run.counts = {outlet: asdict(counts) for outlet, counts in self.report.outlets.items()}
        with self.context.database.writer() as session:
            save_run(session, self._run, finished_at=finished_at)

    def finish(self) -> Report:
        if self._run is not None:
            self._note_run(self.context.clock())
        log.info("reextract.finished", dry_run=self.report.dry_run, **asdict(self.report.total()))
        return self.report


def diff(before: StoredArticle, after: StoredArticle) -> str:
    """What a reader would see change, and what is set aside now, as a unified diff."""
    return "\n".join(
        difflib.unified_diff(
            list(_lines(before)),
            list(_lines(after)),
            f"{before.canonical_url} ({before.extractor})",
            f"read again ({after.extractor})",
            n=_CONTEXT_LINES,
            lineterm="",
        )
    )


def _lines(article: StoredArticle) -> Iterable[str]:
    yield f"title: {article.title}"
    yield f"subtitle: {article.subtitle or ''}"
    yield f"authors: {_names(article.authors)}"
    yield f"published: {_time(article.published_at)}"
    yield f"modified: {_time(article.modified_at)}"
    yield f"section: {article.section or ''}"
    yield from article.body
    for caption in article.captions:
        yield f"caption: {caption}"
    for block in article.removed:
        yield f"removed ({block.reason}): {block.text}"


def _names(authors: Collection[Author]) -> str:
    return ", ".join(f"{author.name} <{author.email}>" if author.email else author.name for author in authors)


def _time(moment: datetime | None) -> str:
    return moment.astimezone(KST).isoformat() if moment else ""
