"""News searches: how they are asked, within their quota, and what becomes of what they find."""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.candidates import Candidate
from crawler.candidates.dates import KST
from crawler.candidates.naver import LAST_START, MOST_HITS
from crawler.settings import CrawlerSettings
from crawler.sources import Source
from crawler.urls import canonical_url, is_article
from storage.archive import known_urls
from storage.errors import ZgcwatchError
from storage.leads import keep_leads, known_leads
from storage.quotas import take_quota
from storage.records import LeadDraft

if TYPE_CHECKING:
    from crawler.spiders.plan import VisitPlan
    from crawler.spiders.runs import SourceRun

NAVER = "naver"
MOST_RESOLVED = 20  # of Google's own links, in one visit


class SearchRefused(ZgcwatchError):  # noqa: N818 - named for what it is
    """A search is not asked: its key is missing, or its quota is used up; `seconds` until it may be asked again."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


def search_request(source: Source, settings: CrawlerSettings, number: int) -> tuple[str, dict[str, str]] | None:
    """Address and headers for the n-th page of a search's hits, None beyond its last. Raises SearchRefused."""
    if source.kind != NAVER:
        query = urlencode({"q": source.query, "hl": "ko", "gl": "KR", "ceid": "KR:ko"})
        return (f"{settings.google_news_url}?{query}", {}) if number == 1 else None
    start = 1 + (number - 1) * MOST_HITS
    if start > LAST_START:
        return None
    naver = settings.naver
    if not naver.client_id or naver.client_secret is None:
        raise SearchRefused(
            "Naver's search needs a key: set `crawler.naver.client_id` and `client_secret`, or switch this source off.",
            timedelta(hours=6).total_seconds(),
        )
    query = urlencode({"query": source.query, "display": MOST_HITS, "start": start, "sort": "date"})
    headers = {
        "X-Naver-Client-Id": naver.client_id,
        "X-Naver-Client-Secret": naver.client_secret.get_secret_value(),
        "Accept": "application/json",
    }
    return f"{naver.url}?{query}", headers


async def take_call(plan: "VisitPlan") -> None:
    """Count a call to Naver before it is made. Raises SearchRefused when the day's quota is used up."""
    naver, now = plan.context.settings.naver, plan.context.clock()
    today = now.astimezone(KST).date()
    account = hashlib.blake2b((naver.client_id or "").encode(), digest_size=8).hexdigest()

    def take() -> int:
        with plan.context.database.writer() as session:
            return take_quota(session, service=NAVER, account=account, day=today, limit=naver.calls_per_day)

    if not await asyncio.to_thread(take):
        midnight = datetime(today.year, today.month, today.day, tzinfo=KST) + timedelta(days=1)
        raise SearchRefused(
            f"The day's {naver.calls_per_day} calls to Naver's search are used up; it goes on after midnight in Korea.",
            (midnight - now).total_seconds(),
        )


async def keep_finds(plan: "VisitPlan", run: "SourceRun", candidates: Iterable[Candidate]) -> bool:
    """Keep what a search found: pages of a known outlet for its own visit, the rest as leads. True when any was new."""
    drafts = [draft for candidate in candidates if (draft := _draft(plan, candidate))]
    new = await asyncio.to_thread(_keep, plan, drafts)
    plan.counts.candidates += len(drafts)
    plan.counts.leads += sum(draft.state == "lead" for draft in new)
    run.new_items += len(new)
    return bool(new)


def _draft(plan: "VisitPlan", candidate: Candidate) -> LeadDraft | None:
    owner = plan.context.catalogue.for_url(candidate.url)
    try:
        url = canonical_url(candidate.url, owner or plan.outlet)
    except ValueError:
        return None
    named = plan.context.catalogue.for_url(candidate.publisher_home)
    draft = LeadDraft(
        url=url,
        finder=plan.outlet.id,
        outlet=owner.id if owner else named.id if named else None,
        title=candidate.title,
        summary=candidate.summary,
        publisher=candidate.publisher or (owner.name if owner else None),
        published_at=candidate.published_at,
    )
    if owner is None or not owner.enabled or not is_article(url, owner):
        return draft
    matches = plan.context.topics.may_match(candidate.title or "", candidate.summary)
    if matches or owner.fetch == "all" or plan.context.settings.keep == "all":
        return replace(draft, state="waiting")
    return draft


def _keep(plan: "VisitPlan", drafts: list[LeadDraft]) -> list[LeadDraft]:
    with plan.context.database.writer() as session:
        known = known_urls(session, [draft.url for draft in drafts])
        unknown = [draft for draft in drafts if draft.url not in known]
        new = set(keep_leads(session, unknown, now=plan.context.clock()))
    return [draft for draft in unknown if draft.url in new]


async def not_found_before(plan: "VisitPlan", candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those of Google's own links that were not looked behind before, the first few of them."""
    rows = {canonical_url(candidate.url, plan.outlet): candidate for candidate in candidates}

    def look() -> set[str]:
        with plan.context.database.reader() as session:
            return known_leads(session, list(rows))

    known = await asyncio.to_thread(look)
    return [candidate for url, candidate in rows.items() if url not in known][:MOST_RESOLVED]


async def looked_behind(plan: "VisitPlan", run: "SourceRun", opaque: Candidate, address: str | None) -> None:
    """One of Google's links answered: its target is what was found, and the link itself is not followed again."""
    if address is None:
        await keep_finds(plan, run, [opaque])
        return
    await keep_finds(plan, run, [replace(opaque, url=address)])
    mark = LeadDraft(canonical_url(opaque.url, plan.outlet), plan.outlet.id, title=opaque.title, state="taken")
    await asyncio.to_thread(_keep, plan, [mark])
