"""Which outlets could be read: the line that tells a quiet day from a blind one."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.content import Coverage, day
from storage.database import Session
from storage.outlets import outlet_names
from storage.records import SourceState
from storage.sources import sources_of

NAMED_PROBLEMS = 6
FRESH = timedelta(hours=24)
_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = ord("가"), ord("힣"), 28


def coverage(
    session: Session, names: dict[str, str], *, window_start: datetime, window_end: datetime, zone: ZoneInfo
) -> Coverage:
    """The state of every outlet that has sources; `names` maps outlets to the names shown.

    An outlet counts as confirmed when a source of it answered in the window (or in the day before its end, where the
    window is shorter) and not all of its sources are failing.
    """
    since = min(window_start, window_end - FRESH)
    confirmed, problems, outlets = 0, [], 0
    for outlet_id in outlet_names(session):
        sources = sources_of(session, outlet_id)
        if not sources:
            continue
        outlets += 1
        problem, readable = _judge(sources, since=since, zone=zone)
        confirmed += readable
        if problem:
            name = names.get(outlet_id, outlet_id)
            problems.append(f"{name}{particle(name)} {problem}")
    return Coverage(outlets, confirmed, _first(problems))


def _judge(sources: Sequence[SourceState], *, since: datetime, zone: ZoneInfo) -> tuple[str | None, bool]:
    """What is wrong with an outlet, if anything, and whether it could be read at all."""
    failing = [source for source in sources if source.failing_since is not None]
    if failing:
        start = min(source.failing_since for source in failing if source.failing_since)
        from_when = f"{day(start, zone, weekday=False)} {start.astimezone(zone):%H:%M}부터 응답 없음"
        if len(failing) == len(sources):
            return from_when, False
        return f"목록 {len(sources)}개 중 {len(failing)}개가 {from_when}", _answered(sources, since)
    return (None, True) if _answered(sources, since) else ("이 기간에 확인하지 못함", False)


def _answered(sources: Iterable[SourceState], since: datetime) -> bool:
    return any(source.last_success_at is not None and source.last_success_at >= since for source in sources)


def _first(problems: list[str]) -> tuple[str, ...]:
    rest = len(problems) - NAMED_PROBLEMS
    return (*problems[:NAMED_PROBLEMS], *([f"그 밖에 {rest}곳도 확인하지 못함"] if rest > 0 else []))


def particle(name: str) -> str:
    """은 or 는, as the last Hangul syllable before any bracket asks for; 는 after anything else."""
    bare = re.sub(r"\s*\([^)]*\)$", "", name)
    last = ord(bare[-1]) if bare else 0
    closed = _FIRST_SYLLABLE <= last <= _LAST_SYLLABLE and (last - _FIRST_SYLLABLE) % _FINALS
    return "은" if closed else "는"
