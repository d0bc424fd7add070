"""The visit: one outlet, its due sources and rechecks, from the first request to the last row."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from scrapy.crawler import AsyncCrawlerRunner, Crawler

from crawler.candidates.candidate import KEY_BYTES
from crawler.candidates.dates import KST
from crawler.catalogue import Catalogue, Outlet
from crawler.error_class import ErrorClass
from crawler.fetch.guard import install_guard
from crawler.fetch.manners import Manners
from crawler.fetch.pace import host_of
from crawler.fetch.rhythm import after_failure, after_success, usual_gap
from crawler.fetch.settings import scrapy_settings
from crawler.meaning.topics import Topics
from crawler.pipelines.extract import ExtractPipeline
from crawler.pipelines.reading import packed
from crawler.pipelines.relevance import RelevancePipeline
from crawler.pipelines.store import StorePipeline
from crawler.render.handler import browser_missing
from crawler.settings import CrawlerSettings
from crawler.spiders.past import catch_up, load_steps, settle_steps
from crawler.spiders.plan import VisitEvent, VisitPlan
from crawler.spiders.runs import SourceRun, StepRun
from crawler.spiders.visit import VisitSpider
from crawler.turns import HostTurns
from crawler.workers import ParsePool
from storage.archive import DUPLICATE_WINDOW
from storage.database import Database
from storage.health import SourceVisitRow, note_source_visits, outlet_marks
from storage.leads import outlets_with_waiting, settle_leads
from storage.outlets import sync_outlets
from storage.records import OutletRow, SourceKey, SourceState, VisitCounts
from storage.sources import (
    due_sources,
    recent_answers,
    source_answered,
    source_failed,
    source_postponed,
    sources_of,
    sync_sources,
)
from storage.visits import finish_visit, pages_since, start_visit

__all__ = ["CrawlContext", "VisitEvent", "VisitReport", "due_outlets", "sync_catalogue", "visit_outlet"]

log = structlog.get_logger()

STEPS_A_VISIT = 4
NIGHT_ENDS = 6  # o'clock in Korea; it begins at midnight
LEADS_AGAIN_AFTER = timedelta(minutes=30)
PIPELINES = {ExtractPipeline: 100, RelevancePipeline: 200, StorePipeline: 900}


@dataclass
class CrawlContext:
    """What all visits of a process share. One a process: pace and robots.txt are remembered here."""

    database: Database
    catalogue: Catalogue
    topics: Topics
    pool: ParsePool
    settings: CrawlerSettings
    clock: Callable[[], datetime]
    duplicate_window: timedelta = DUPLICATE_WINDOW
    turns: HostTurns | None = None  # None: nobody else visits
    manners: Manners = field(init=False)
    runner: AsyncCrawlerRunner = field(init=False)
    packed_topics: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.use_topics(self.topics)
        self.manners = Manners.for_settings(self.settings)
        self.runner = AsyncCrawlerRunner()

    def use_topics(self, topics: Topics) -> None:
        """Judge what is read from now on by these."""
        self.topics, self.packed_topics = topics, packed(topics)


@dataclass(frozen=True, slots=True)
class VisitReport:
    """What a visit did. `error` is set when it broke as a whole; failures of single sources are in the counts."""

    outlet: str
    counts: VisitCounts
    started_at: datetime
    finished_at: datetime
    error: str | None = None


def sync_catalogue(session: Any, catalogue: Catalogue, *, now: datetime) -> None:
    """Bring the outlets and sources in the database up to the catalogue; what is new is due at once."""
    rows = [OutletRow(o.id, o.name, o.home, o.licence, o.sample) for o in catalogue]
    keys = [
        SourceKey(o.id, source.url, source.kind)
        for o in catalogue.enabled()
        for source in o.sources
        if source.use == "news"
    ]
    sync_outlets(session, rows, now=now)
    sync_sources(session, keys, now=now)


def due_outlets(session: Any, catalogue: Catalogue, *, now: datetime) -> list[Outlet]:
    """The enabled outlets that have a due source, or pages a search found for them to fetch; none switched off."""
    due = {state.outlet for state in due_sources(session, now=now)} | outlets_with_waiting(session, now=now)
    off = {mark.outlet for mark in outlet_marks(session).values() if mark.disabled_at is not None}
    return [outlet for outlet in catalogue.enabled() if outlet.id in due - off]


async def visit_outlet(
    outlet: Outlet,
    context: CrawlContext,
    *,
    sources: Sequence[SourceState] | None = None,
    all_sources: bool = False,
    steps: int = STEPS_A_VISIT,
    progress: Callable[[VisitEvent], None] | None = None,
) -> VisitReport:
    """Visit one outlet: `sources` if given, else all of them with `all_sources`, else the due ones.

    Up to `steps` steps of its open backfills are taken along.
    Needs a running asyncio reactor (`crawler.runtime`) and a synchronised catalogue. Failures of sources and pages
    are counted, never raised.
    """
    install_guard()
    if context.turns is None:
        return await _visit(outlet, context, Ending(), sources, all_sources, steps, progress)
    ending = Ending()
    async with context.turns.hold(hosts_of(outlet), lost=ending.end) as hold:
        report = await _visit(outlet, context, ending, sources, all_sources, steps, progress)
        hold.pause = _pause_of(outlet, context)
        return report


def _pause_of(outlet: Outlet, context: CrawlContext) -> timedelta:
    """What lies between two requests to the outlet: another process waits as long after our last."""
    own = outlet.politeness.delay if context.settings.delay is None else context.settings.delay
    asked = max((context.manners.robots.crawl_delay(source.url) for source in outlet.sources), default=0.0)
    return timedelta(seconds=max(own, asked))


@dataclass(slots=True)
class Ending:
    """The way to end one visit before its time: what is under way ends, nothing else is asked of its hosts."""

    plan: VisitPlan | None = None
    crawler: Crawler | None = None
    task: asyncio.Task[None] | None = None
    has_come: bool = False

    def end(self) -> None:
        self.has_come = True
        if self.plan is not None:
            self.plan.hosts_lost = True
        if self.crawler is not None:
            self.task = asyncio.ensure_future(self.crawler.stop_async())


def hosts_of(outlet: Outlet) -> set[str]:
    """Every host that a visit of the outlet may ask: its own, and those of its sources."""
    urls = [outlet.home, *(source.url for source in outlet.sources), *(f"//{host}" for host in outlet.hosts)]
    return {host for host in map(host_of, urls) if host}


async def _visit(
    outlet: Outlet,
    context: CrawlContext,
    ending: Ending,
    sources: Sequence[SourceState] | None,
    all_sources: bool,
    steps: int,
    progress: Callable[[VisitEvent], None] | None,
) -> VisitReport:
    started_at = context.clock()
    visit_id, states, past = await asyncio.to_thread(_begin, outlet, context, sources, all_sources, steps)
    plan = VisitPlan(outlet, context, _runs(outlet, states), steps=past, progress=progress)
    ending.plan, plan.hosts_lost = plan, ending.has_come
    plan.night_pages = await asyncio.to_thread(_night_pages, outlet, context)
    error = None
    try:
        await _crawl(outlet, context, plan, ending)
    except Exception as broken:
        log.exception("visit.broken", outlet=outlet.id)
        error = f"The visit of {outlet.id} broke: {type(broken).__name__}: {broken}"
    finished_at = context.clock()
    await asyncio.to_thread(_finish, visit_id, plan, finished_at, error)
    plan.tell("finished", outlet.home)
    log.info("visit.finished", outlet=outlet.id, **_figures(plan.counts))
    return VisitReport(outlet.id, plan.counts, started_at, finished_at, error)


async def _crawl(outlet: Outlet, context: CrawlContext, plan: VisitPlan, ending: Ending) -> None:
    needs_browser = outlet.render == "browser"
    missing = browser_missing(context.settings.browser) if needs_browser else None
    if missing is not None:
        for run in plan.runs:
            plan.fail_source(run, missing)
        return
    settings = {**scrapy_settings(context.settings, browser=needs_browser), "ITEM_PIPELINES": PIPELINES}
    ending.crawler = Crawler(VisitSpider, settings)
    await context.runner.crawl(ending.crawler, plan=plan)


def _begin(
    outlet: Outlet, context: CrawlContext, sources: Sequence[SourceState] | None, all_sources: bool, steps: int
) -> tuple[int, Sequence[SourceState], list[StepRun]]:
    now = context.clock()
    with context.database.writer() as session:
        visit_id = start_visit(session, outlet.id, now=now)
        if sources is None and all_sources:
            sources = sources_of(session, outlet.id)
        elif sources is None:
            sources = [state for state in due_sources(session, now=now) if state.outlet == outlet.id]
        past = load_steps(session, outlet, limit=steps)
    return visit_id, sources, past


def _night_pages(outlet: Outlet, context: CrawlContext) -> int | None:
    """What is left of tonight's pages of the outlet, None by day."""
    now = context.clock().astimezone(KST)
    if now.hour >= NIGHT_ENDS:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with context.database.reader() as session:
        return max(context.settings.night_pages - pages_since(session, outlet.id, midnight), 0)


def _runs(outlet: Outlet, states: Sequence[SourceState]) -> list[SourceRun]:
    by_url = {source.url: source for source in outlet.sources}
    return [SourceRun(state, by_url[state.url]) for state in states if state.url in by_url]


def _finish(visit_id: int, plan: VisitPlan, now: datetime, error: str | None) -> None:
    """Write what became of the sources. One that a stopped visit left undone stays due."""
    with plan.context.database.writer() as session:
        for run in plan.runs:
            rest = plan.context.manners.pace.rest_left(host_of(run.source.url))
            run.retry_after = max(run.retry_after, rest)  # a page may have been told it: it holds for the whole host
            if run.outcome == "failed":
                _write_failure(session, run, now)
            elif run.outcome == "answered" and (run.complete or not (plan.stopped or plan.hosts_lost)):
                _write_answer(session, run, plan.context.settings, now)
        plan.counts.new_items = sum(run.new_items for run in plan.runs)
        note_source_visits(session, visit_id, [_source_visit(run) for run in plan.runs if run.outcome], now=now)
        settle_steps(session, plan, now)
        catch_up(session, plan, plan.runs, now)
        left = set(plan.leads) - set(plan.taken)
        settle_leads(session, taken=plan.taken, left=left, again_at=now + LEADS_AGAIN_AFTER)
        finish_visit(session, visit_id, plan.counts, now=now, error=error)


def _source_visit(run: SourceRun) -> SourceVisitRow:
    announced = len(run.announced or b"") // KEY_BYTES
    return SourceVisitRow(run.state.id, announced, run.new_items, run.error_class, run.error)


def _write_failure(session: Any, run: SourceRun, now: datetime) -> None:
    if run.error_class == ErrorClass.RESTING and not run.source.is_search:  # nothing was asked: no failure of its own
        source_postponed(session, run.state.id, next_visit_at=now + timedelta(seconds=run.retry_after))
        return
    next_visit_at = after_failure(now=now, error_count=run.state.error_count, retry_after=run.retry_after)
    source_failed(session, run.state.id, now=now, next_visit_at=next_visit_at, error=run.error or "")


def _write_answer(session: Any, run: SourceRun, settings: CrawlerSettings, now: datetime) -> None:
    gap = usual_gap(recent_answers(session, run.state.id), run.dates, now=now)
    holds = max(run.fresh_seconds, run.ttl_seconds or run.state.ttl_seconds or 0)
    next_visit_at = after_success(
        settings, now=now, new_items=run.new_items, last_new_at=run.state.last_new_at, gap=gap, holds_seconds=holds
    )
    next_visit_at = max(next_visit_at, now + timedelta(seconds=run.retry_after))
    keep = run.complete
    source_answered(
        session,
        run.state.id,
        now=now,
        next_visit_at=next_visit_at,
        etag=run.etag if keep else None,
        last_modified=run.last_modified if keep else None,
        body_hash=run.body_hash if keep else None,
        new_items=run.new_items,
        seen=run.announced,
        ttl_seconds=run.ttl_seconds,
        parts=list(run.parts.values()) if keep else (),
    )


def _figures(counts: VisitCounts) -> dict[str, int]:
    return {
        "candidates": counts.candidates,
        "fetched": counts.fetched,
        "stored": counts.stored,
        "duplicates": counts.duplicates,
        "corrected": counts.corrected,
        "unchanged": counts.unchanged,
        "gone": counts.gone,
        "off_topic": counts.off_topic,
        "unsure": counts.unsure,
        "leads": counts.leads,
        "closed": counts.closed,
        "failed": counts.failed,
    }
