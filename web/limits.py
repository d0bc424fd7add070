"""How often one reader may ask: a bucket of permits for each, refilled evenly, in this process's memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

MOST_READERS = 10_000
HOUSEHOLD = 64  # bits of an IPv6 address that one customer does not choose
EVERYBODY = "everybody"


def place_of(address: str) -> str:
    """What is counted for: an address, of IPv6 the network of one household, which has addresses without end."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((known, HOUSEHOLD), strict=False))
    return str(known)


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


class SignUps:
    """How often people may sign up by themselves. Each sign-up makes a mail to an address that somebody typed, so one
    visitor makes few of them, and all visitors together not many.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._one = RateLimit(per_minute=2, burst=5, monotonic=monotonic)
        self._all = RateLimit(per_minute=30, burst=60, monotonic=monotonic)

    def wait_for(self, address: str) -> float:
        """0 where a visitor from this address may sign up now, else the seconds until then."""
        return self._one.wait_for(place_of(address)) or self._all.wait_for(EVERYBODY)
