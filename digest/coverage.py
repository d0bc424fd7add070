"""Which outlets could be read: the line that tells a quiet day from a blind one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from digest.content import Coverage, Problem
from storage.database import Session
from storage.health import HealthRow, OutletState, current_states
from storage.records import SourceState
from storage.sources import all_sources

NAMED_PROBLEMS = 6
FRESH = timedelta(hours=24)
# How an outlet that was judged counts: whether it could be read, and what is said of it. What is not here is well.
JUDGED = {
    OutletState.FAILING: (False, "failing"),
    OutletState.BLOCKED: (False, "blocked"),
    OutletState.DEGRADED: (True, "degraded"),
    OutletState.QUIET: (True, "quiet"),
}
ORDER = ("failing", "blocked", "unseen", "partly", "degraded", "quiet")


class OutletStates:
    """How all outlets are at one moment: read once, asked for every watch."""

    def __init__(self, session: Session, names: Mapping[str, str]) -> None:
        self._names = names
        self._judged = current_states(session)
        self._sources: defaultdict[str, list[SourceState]] = defaultdict(list)
        for source in all_sources(session):
            self._sources[source.outlet].append(source)

    def coverage(
        self, *, window_start: datetime, window_end: datetime, outlets: Collection[str] | None = None
    ) -> Coverage:
        """The state of every outlet (of these) that has sources and is not switched off.

        An outlet counts as confirmed when a source of it answered in the window (or in the day before its end, where
        the window is shorter), and it is neither failing nor blocked.
        """
        since = min(window_start, window_end - FRESH)
        confirmed, problems, number = 0, [], 0
        for outlet, name in self._names.items():
            sources = self._sources.get(outlet)
            state = self._judged.get(outlet)
            wanted = outlets is None or outlet in outlets
            if not sources or not wanted or (state and state.state is OutletState.DISABLED):
                continue
            number += 1
            problem = _problem(name, sources, state, since)
            confirmed += problem is None or problem.kind in READ
            problems += [problem] if problem else []
        problems.sort(key=lambda one: ORDER.index(one.kind))
        return Coverage(number, confirmed, tuple(problems[:NAMED_PROBLEMS]), max(0, len(problems) - NAMED_PROBLEMS))


READ = frozenset(kind for is_read, kind in JUDGED.values() if is_read) | {"partly"}


def coverage(session: Session, names: Mapping[str, str], *, window_start: datetime, window_end: datetime) -> Coverage:
    """The coverage of one issue; `names` maps outlets to the names shown."""
    return OutletStates(session, names).coverage(window_start=window_start, window_end=window_end)


def _problem(name: str, sources: Sequence[SourceState], judged: HealthRow | None, since: datetime) -> Problem | None:
    """What is wrong with an outlet, if anything: its sources as they are now, else what the health watch found."""
    failing = [source.failing_since for source in sources if source.failing_since is not None]
    kind = JUDGED.get(judged.state, (True, ""))[1] if judged else ""
    if failing and len(failing) == len(sources):
        return Problem("blocked" if kind == "blocked" else "failing", name, min(failing))
    if not _answered(sources, since):
        return Problem("unseen", name)
    if failing:
        return Problem("partly", name, min(failing), failing=len(failing), sources=len(sources))
    # The watch looks every ten minutes: of an outlet that answers again, what it said before is no longer so.
    if judged and (kind in {"degraded", "quiet"} or (kind == "blocked" and judged.judged_at >= since)):
        return Problem(kind, name, judged.since)
    return None


def _answered(sources: Iterable[SourceState], since: datetime) -> bool:
    return any(source.last_success_at is not None and source.last_success_at >= since for source in sources)
