"""Which articles are one story: a pure function of the articles, who shares text with whom, and how alike they are.

Copies come first: what chains of shared text lead to within the window is one. Then the two most alike groups become
one, again and again, as long as their articles are alike on average. Ties are broken by time and address, never by the
order in which articles came.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from storage.stories import StoryMember

WINDOW = timedelta(hours=72)
MOST_ARTICLES = 80  # of one story; the reports that come after them are the next one, which follows it
ALIKE = 0.38  # on average, of two groups that become one
_DIGITS = 9  # sums of the same numbers in another order differ behind them

Pair = tuple[int, int]


def group(
    members: Iterable[StoryMember], copies: Iterable[Pair], likeness: Mapping[Pair, float] | None = None
) -> list[list[StoryMember]]:
    """Members in stories, each sorted by time of report, the stories by that of their first.

    `copies` are pairs of article ids that share a text; `likeness` is that of other pairs (0 where it has none, below 0
    where two cannot be one event).
    """
    clusters = _by_text(sorted(members), copies)
    return _Merging(clusters, likeness or {}).run()


def _by_text(ordered: list[StoryMember], pairs: Iterable[Pair]) -> list[list[StoryMember]]:
    free = {member.article_id: member for member in ordered}
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    clusters = []
    for head in ordered:
        if head.article_id in free:
            cluster = _reach(head, free, neighbours)
            clusters.append(cluster)
            for member in cluster:
                del free[member.article_id]
    return clusters


def _reach(head: StoryMember, free: dict[int, StoryMember], neighbours: dict[int, set[int]]) -> list[StoryMember]:
    """The head and the free members that chains of shared text lead to within the window, the earliest ones."""
    until = head.reported_at + WINDOW
    reached = {head.article_id: head}
    waiting = deque([head.article_id])
    while waiting:
        for article_id in neighbours.get(waiting.popleft(), ()):
            member = free.get(article_id)
            if member is not None and article_id not in reached and member.reported_at <= until:
                reached[article_id] = member
                waiting.append(article_id)
    return sorted(reached.values())[:MOST_ARTICLES]


@dataclass(slots=True)
class _Cluster:
    """Articles on their way to a story; `sums` holds the summed likeness to each other cluster."""

    members: list[StoryMember]
    first: datetime
    last: datetime
    sums: dict[int, float] = field(default_factory=dict)


class _Merging:
    """Average linkage. Clusters are named by their rank, which time and address decide."""

    def __init__(self, clusters: list[list[StoryMember]], likeness: Mapping[Pair, float]) -> None:
        self.clusters = {
            rank: _Cluster(members, members[0].reported_at, members[-1].reported_at)
            for rank, members in enumerate(clusters)
        }
        rank_of = {member.article_id: rank for rank, members in enumerate(clusters) for member in members}
        sums: defaultdict[Pair, float] = defaultdict(float)
        for one, other in sorted(likeness, key=lambda pair: sorted(rank_of.get(i, -1) for i in pair)):
            if one in rank_of and other in rank_of and rank_of[one] != rank_of[other]:
                low, high = sorted((rank_of[one], rank_of[other]))
                sums[low, high] += likeness[one, other]
        self.heap: list[tuple[float, int, int]] = []
        for (low, high), total in sums.items():
            self.clusters[low].sums[high] = self.clusters[high].sums[low] = round(total, _DIGITS)
            self._offer(low, high)
        heapify(self.heap)

    def run(self) -> list[list[StoryMember]]:
        while self.heap:
            value, low, high = heappop(self.heap)
            is_current = low in self.clusters and high in self.clusters and value == self._value(low, high)
            if is_current and self._fits(low, high):
                self._merge(low, high)
        return [cluster.members for _, cluster in sorted(self.clusters.items())]

    def _value(self, low: int, high: int) -> float:
        one, other = self.clusters[low], self.clusters[high]
        return -round(one.sums[high] / (len(one.members) * len(other.members)), _DIGITS)

    def _offer(self, one: int, other: int) -> None:
        low, high = min(one, other), max(one, other)
        value = self._value(low, high)
        if -value >= ALIKE and self._fits(low, high):
            heappush(self.heap, (value, low, high))

    def _fits(self, low: int, high: int) -> bool:
        """Whether one story can hold both."""
        one, other = self.clusters[low], self.clusters[high]
        span = max(one.last, other.last) - min(one.first, other.first)
        return span <= WINDOW and len(one.members) + len(other.members) <= MOST_ARTICLES

    def _merge(self, low: int, high: int) -> None:
        kept, gone = self.clusters[low], self.clusters.pop(high)
        kept.members = sorted([*kept.members, *gone.members])
        kept.last = max(kept.last, gone.last)
        del kept.sums[high], gone.sums[low]
        for rank, total in gone.sums.items():
            del self.clusters[rank].sums[high]
            kept.sums[rank] = self.clusters[rank].sums[low] = round(kept.sums.get(rank, 0.0) + total, _DIGITS)
        for rank in kept.sums:
            self._offer(low, rank)
