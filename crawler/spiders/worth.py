"""Which of the announced pages are worth a fetch: unknown ones that may touch a topic, known ones that changed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawler.candidates import Candidate
from crawler.candidates.candidate import announced_key, split_keys
from crawler.candidates.dates import KST
from crawler.spiders.runs import SourceRun
from crawler.urls import article_number, identity_of
from storage.archive import known_urls
from storage.archive.numbers import known_numbers, remember_alias
from storage.quotas import take_quota
from storage.records import KnownUrl

if TYPE_CHECKING:
    from crawler.spiders.plan import VisitPlan

UNSURE = "unsure"
# A feed's clock may run ahead of ours; a date further in the future says nothing about a change.
CLOCK_SKEW = timedelta(minutes=10)


@dataclass(slots=True)
class Judged:
    """The pages to fetch, in order, each under the address to ask for; how many announcements were new, left out
    for their headline, and taken up although it does not decide.
    """

    worth: list[tuple[str, Candidate, KnownUrl | None]] = field(default_factory=list)
    new_items: int = 0
    off_topic: int = 0
    unsure: int = 0


def judge(plan: "VisitPlan", run: SourceRun, addressed: dict[str, Candidate]) -> Judged:
    """Judge what a source announced, by address. Reads the archive; runs in a thread."""
    known = _known(plan, list(addressed))
    before = split_keys(run.state.seen)
    judged, unsure = Judged(), []
    for url, candidate in addressed.items():
        judged_before = known.get(url)
        if judged_before is not None:
            if judged_before.url not in plan.retried and _is_due(judged_before, candidate, plan.context.clock()):
                judged.worth.append((judged_before.url, candidate, judged_before))
            continue
        judged.new_items += announced_key(identity_of(url, plan.outlet)) not in before
        if passes_prefilter(plan, candidate):
            judged.worth.append((url, candidate, None))
        elif candidate.summary is None:
            unsure.append((url, candidate, None))
        else:
            judged.off_topic += 1
    read = _unsure_ones(plan, unsure, room=plan.most_pages - plan.planned - len(judged.worth))
    judged.unsure = len(read)
    judged.off_topic += len(unsure) - len(read)
    judged.worth += read
    return judged


def passes_prefilter(plan: "VisitPlan", candidate: Candidate) -> bool:
    """A headline or summary decides; a candidate that has neither must be read to be judged."""
    if plan.context.settings.keep == "all" or plan.outlet.fetch == "all":
        return True
    if candidate.title is None and candidate.summary is None:
        return True
    return plan.context.topics.may_match(candidate.title or "", candidate.summary)


def _unsure_ones(plan: "VisitPlan", unsure: list[Any], *, room: int) -> list[Any]:
    """Those headlines without a summary whose page is read all the same: so many a day as the outlet's file allows."""
    limit, wanted = plan.outlet.politeness.unsure_per_day, min(len(unsure), room)
    if limit == 0 or wanted <= 0:
        return []
    today = plan.context.clock().astimezone(KST).date()
    with plan.context.database.writer() as session:
        taken = take_quota(session, service=UNSURE, account=plan.outlet.id, day=today, limit=limit, wanted=wanted)
    return unsure[:taken]


def _known(plan: "VisitPlan", urls: list[str]) -> dict[str, KnownUrl]:
    """What the archive knows, by the address asked for: found by address, else by the article's number."""
    with plan.context.database.reader() as session:
        known = known_urls(session, urls)
        numbers = {number: url for url in urls if url not in known and (number := article_number(url, plan.outlet))}
        by_number = known_numbers(session, plan.outlet.id, numbers) if numbers else {}
    # Another address of a page that could not be read may well be the right one: it is a page of its own.
    aliases = {numbers[number]: found for number, found in by_number.items() if found.verdict != "failed"}
    if any(found.article_id is not None for found in aliases.values()):
        with plan.context.database.writer() as session:
            for alias, found in aliases.items():
                remember_alias(session, found, alias, now=plan.context.clock())
    return {**known, **aliases}


def _is_due(known: KnownUrl, candidate: Candidate, now: datetime) -> bool:
    if known.recheck_at is not None and known.recheck_at <= now:
        return True
    return known.article_id is not None and _changed_since(candidate.modified_at, known.last_fetched_at, now)


def _changed_since(modified_at: datetime | None, fetched_at: datetime, now: datetime) -> bool:
    return modified_at is not None and fetched_at < modified_at <= now + CLOCK_SKEW
