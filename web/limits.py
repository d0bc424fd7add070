"""How often one reader may ask: a bucket of permits for each, refilled evenly, in this process's memory."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_READERS = 10_000


@dataclass(slots=True)
class _Bucket:
    permits: float
    filled_at: float


class RateLimit:
    """Permits by reader. `monotonic` gives seconds; readers who were not seen for longest are forgotten first."""

    def __init__(self, *, per_minute: int, burst: int, monotonic: Callable[[], float]) -> None:
        self._per_minute, self._burst, self._monotonic = per_minute, burst, monotonic
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_for(self, reader: str, *, per_minute: int | None = None) -> float:
        """Takes one permit and gives 0, or takes none and gives the seconds until there is one.

        `per_minute` is the reader's own rate in place of the usual one; a rate of 0 has no limit.
        """
        rate = (self._per_minute if per_minute is None else per_minute) / 60
        if rate == 0:
            return 0.0
        now = self._monotonic()
        bucket = self._buckets.pop(reader, None) or _Bucket(self._burst, now)
        bucket.permits = min(self._burst, bucket.permits + (now - bucket.filled_at) * rate)
        bucket.filled_at = now
        self._buckets[reader] = bucket
        if len(self._buckets) > MOST_READERS:
            self._buckets.popitem(last=False)
        if bucket.permits < 1:
            return (1 - bucket.permits) / rate
        bucket.permits -= 1
        return 0.0
