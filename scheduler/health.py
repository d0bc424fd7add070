"""How an outlet is: facts in, a state with its reason out. Rules are a table; nothing here reads a clock or a database.

The first rule of the table that has something to say decides. A state is believed once it was found often enough in a
row, so that it does not flap, and a state that lasts keeps the moment at which it began.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median

from scheduler.drift import DriftRules, habit, iter_blocks, what_is_off
from scheduler.workdays import SEOUL, WorkTime
from storage.health import HealthRow, OutletFacts, OutletState, SourceFacts, VisitFacts
from storage.health.records import WHOLE_OUTLET

OK, QUIET, FAILING = OutletState.OK, OutletState.QUIET, OutletState.FAILING
BLOCKED, DEGRADED, DISABLED = OutletState.BLOCKED, OutletState.DEGRADED, OutletState.DISABLED
DAY = timedelta(days=1)

# Answers that mean us, not the outlet's health (classes of crawler.error_class).
REFUSALS = frozenset({"refused", "robots", "challenge"})
RESTING = "resting"
LONGEST_SENTENCE = 200


@dataclass(frozen=True, slots=True)
class HealthRules:
    """The bounds of the judgement."""

    quiet_after: timedelta = 3 * DAY  # working time without anything new, at least
    quiet_gaps: float = 5.0  # times the median gap between two news
    quiet_days: float = 2.0  # times the median gap between two days with news
    fewest_gaps: int = 5  # below it the habit of a source is not known, and
    quiet_unknown: timedelta = 10 * DAY  # this much silence counts as quiet
    failing_after: int = 5  # failures in a row
    failing_for: timedelta = timedelta(hours=6)  # or failing this long
    blocked_after: int = 3  # refusals in a row
    refused_pages: int = 10  # pages of the last visits, most of which were refused
    refused_share: float = 0.8
    drift: DriftRules = field(default_factory=DriftRules)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at the facts says."""

    state: OutletState
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: an outlet as a whole or one of its sources, with what was believed of it so far."""

    facts: OutletFacts
    sources: tuple[SourceFacts, ...]
    visits: tuple[VisitFacts, ...]  # newest first; empty for a source: pages belong to the outlet
    before: HealthRow | None
    now: datetime
    rules: HealthRules
    work: WorkTime

    def was(self, state: OutletState) -> bool:
        return self.before is not None and self.before.state is state


Rule = Callable[[Subject], Finding | None]


def disabled(subject: Subject) -> Finding | None:
    """The operator decided so: by the outlet's file or by `outlets disable`."""
    mark = subject.facts.mark
    if mark.disabled_at is not None:
        return Finding(DISABLED, mark.disabled_why or "Switched off by `outlets disable`.", mark.disabled_at)
    if not subject.facts.enabled:
        return Finding(DISABLED, "Its file says enabled = false.", subject.now)
    return None


def blocked(subject: Subject) -> Finding | None:
    """Every source, or nearly every page, is refused to us again and again."""
    needed = subject.rules.blocked_after
    refused = [_refusals_in_a_row(source) for source in subject.sources]
    if refused and min(refused) >= needed:
        last = subject.sources[0].attempts[0]
        since = min(
            source.attempts[min(count, len(source.attempts)) - 1].at
            for source, count in zip(subject.sources, refused, strict=True)
        )
        return Finding(BLOCKED, f"Refused {_times(min(refused))}: {_short(last.error)}", since)
    return _pages_blocked(subject)


def _refusals_in_a_row(source: SourceFacts) -> int:
    count = 0
    for attempt in source.attempts:
        if attempt.error_class == RESTING:  # nothing was asked
            continue
        if attempt.error_class not in REFUSALS:
            break
        count += 1
    return count


def _pages_blocked(subject: Subject) -> Finding | None:
    """Pages of the last two visits or more."""
    asked = refused = 0
    for number, visit in enumerate(subject.visits, start=1):
        asked += visit.pages + visit.refused
        refused += visit.refused
        if asked >= subject.rules.refused_pages and number > 1:
            if refused < subject.rules.refused_share * asked:
                return None
            return Finding(BLOCKED, f"Its pages refuse us: {refused} of the last {asked}.", visit.at)
    return None


def failing(subject: Subject) -> Finding | None:
    """No source can be read, often enough in a row or for long enough."""
    sources = subject.sources
    if not sources or any(source.failing_since is None for source in sources):
        return None
    since = max(source.failing_since for source in sources if source.failing_since)
    failures = min(source.error_count for source in sources)
    rules = subject.rules
    is_long = subject.now - since >= rules.failing_for and failures > 1
    if failures < rules.failing_after and not is_long and not subject.was(FAILING):
        return None
    return Finding(FAILING, f"Failed {_times(failures)}: {_short(sources[0].last_error)}", since)


def degraded(subject: Subject) -> Finding | None:
    """What comes out of its pages is not what came out of them in its own two weeks before."""
    findings = (_degraded(subject, size) for size in subject.rules.drift.scales)
    return next((finding for finding in findings if finding), None)


def _degraded(subject: Subject, size: int) -> Finding | None:
    before, rules = subject.before, subject.rules.drift
    is_off = subject.was(DEGRADED)
    recent = next(iter_blocks(subject.visits, size), None)
    if recent is None:
        return None
    start = before.since if is_off and before else recent.at
    earlier = habit(_sound(subject), size, rules, until=start)
    if is_off and before and len(earlier) < rules.blocks and not _is_measured_anew(subject):
        return Finding(DEGRADED, before.why, start)  # what it was compared with is no longer kept
    phrases = what_is_off(recent, earlier, rules, is_off=is_off)
    if not phrases:
        return None
    sentence = "; ".join(phrases)
    return Finding(DEGRADED, f"{sentence[0].upper()}{sentence[1:]}.", start)


def _sound(subject: Subject) -> Sequence[VisitFacts]:
    """The visits without those of the last time it was off: they are nobody's habit."""
    before = subject.before
    if before is None or before.off_from is None or before.off_until is None:
        return subject.visits
    start, end = before.off_from, before.off_until
    return [visit for visit in subject.visits if not start <= visit.at < end]


def _is_measured_anew(subject: Subject) -> bool:
    mark, before = subject.facts.mark, subject.before
    return bool(mark.measured_from and before and before.since < mark.measured_from)


def quiet(subject: Subject) -> Finding | None:
    """It answers, and has had nothing new for longer than is its habit, counted in working time."""
    answering = [source for source in subject.sources if source.failing_since is None and source.last_success_at]
    if not answering:
        return None
    news = sorted({moment for source in answering for moment in source.news})
    told = [source.last_new_at for source in answering if source.last_new_at]
    since = max([*news, *told], default=min(source.added_at for source in answering))
    measured_from = subject.facts.mark.measured_from
    since = max(since, measured_from) if measured_from else since
    silence = subject.work.between(since, subject.now)
    if silence < subject.rules.quiet_after:  # no bound is lower
        return None
    bound, reason = quiet_bound(news, subject.rules, subject.work)
    if silence < bound:
        return None
    shown = since.astimezone(SEOUL).strftime("%m-%d %H:%M")
    why = f"Answers, but nothing new since {shown}: {_days(silence)} working days, {reason}."
    return Finding(QUIET, why, since)


def quiet_bound(news: Sequence[datetime], rules: HealthRules, work: WorkTime) -> tuple[timedelta, str]:
    """How long a silence is normal for a source with such news, and the reason in words."""
    gaps = work.gaps(news)
    if len(gaps) < rules.fewest_gaps:
        return rules.quiet_unknown, f"its habit is not known, {_days(rules.quiet_unknown)} are the bound"
    usual = _median(gaps)
    days = rules.quiet_days * _median(work.gaps(_first_of_each_day(news)) or [usual])
    bound = max(rules.quiet_after, usual * rules.quiet_gaps, days)
    return bound, f"its bound is {_days(bound)} (median gap {_days(usual)})"


def _median(times: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(time.total_seconds() for time in times))


def _first_of_each_day(news: Sequence[datetime]) -> list[datetime]:
    """One moment of each day with news: a column of every Tuesday is no daily for having three pieces in an hour."""
    days = {moment.astimezone(SEOUL).date(): moment for moment in reversed(news)}
    return sorted(days.values())


RULES: tuple[Rule, ...] = (disabled, blocked, failing, degraded, quiet)


def look(subject: Subject) -> Finding:
    """What the rules say of the facts as they are now."""
    for rule in RULES:
        finding = rule(subject)
        if finding is not None:
            return finding
    return Finding(OK, _well(subject), subject.now)


def _well(subject: Subject) -> str:
    answers = [source.last_success_at for source in subject.sources if source.last_success_at]
    if not answers:
        return "Not visited yet." if not any(source.error_count for source in subject.sources) else "Not read yet."
    failures = sum(source.error_count > 0 for source in subject.sources)
    return f"{failures} of {len(subject.sources)} sources failed last time." if failures else "Answers."


# How often in a row a state must be found before it is believed; what is not named: once.
CONFIRMATIONS: dict[tuple[OutletState | None, OutletState], int] = {
    (FAILING, OK): 2,
    (BLOCKED, OK): 2,
    (DEGRADED, OK): 2,
    (OK, DEGRADED): 2,
    (QUIET, DEGRADED): 2,
}


def settle(before: HealthRow | None, finding: Finding, *, key: tuple[str, int], now: datetime, visit: int) -> HealthRow:
    """The row to keep. Only a look with a new visit counts as another confirmation."""
    if before is None:
        told = DISABLED if finding.state is DISABLED else OK
        before = HealthRow(*key, told, now, "", now, visit, told=told)
    if finding.state is before.state:
        return replace(before, why=finding.why, judged_at=now, judged_visit=visit, pending=None, pending_count=0)
    is_new_look = visit > before.judged_visit or before.pending is not finding.state
    count = (before.pending_count if before.pending is finding.state else 0) + is_new_look
    if count < CONFIRMATIONS.get((before.state, finding.state), 1):
        return replace(before, judged_at=now, judged_visit=visit, pending=finding.state, pending_count=count)
    since = now if finding.state is OK else finding.since
    was_off = (before.since, now) if before.state is DEGRADED else (before.off_from, before.off_until)
    return replace(
        before,
        off_from=was_off[0],
        off_until=was_off[1],
        state=finding.state,
        since=since,
        why=finding.why,
        judged_at=now,
        judged_visit=visit,
        pending=None,
        pending_count=0,
    )


def judge(
    facts: OutletFacts,
    before: dict[int, HealthRow],
    *,
    now: datetime,
    rules: HealthRules,
    work: WorkTime,
) -> list[HealthRow]:
    """The rows of an outlet and of each of its sources. `before` are the rows in force by source id (0: the outlet)."""
    whole = _judge_one(facts, facts.sources, facts.visits, WHOLE_OUTLET, before, now, rules, work)
    if len(facts.sources) == 1:
        return [whole]
    parts = [_judge_one(facts, (source,), (), source.id, before, now, rules, work) for source in facts.sources]
    return [whole, *parts]


def _judge_one(
    facts: OutletFacts,
    sources: tuple[SourceFacts, ...],
    visits: tuple[VisitFacts, ...],
    key: int,
    before: dict[int, HealthRow],
    now: datetime,
    rules: HealthRules,
    work: WorkTime,
) -> HealthRow:
    subject = Subject(facts, sources, visits, before.get(key), now, rules, work)
    return settle(before.get(key), look(subject), key=(facts.outlet, key), now=now, visit=facts.latest_visit)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times in a row"


def _days(time: timedelta) -> str:
    return f"{time / DAY:.1f}"


def _short(error: str | None) -> str:
    text = " ".join((error or "no reason is known.").split())
    return text if len(text) <= LONGEST_SENTENCE else f"{text[: LONGEST_SENTENCE - 1]}…"
