"""Whether the archive can be worked with now: written to, of this version, and led by a scheduler that is alive."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, sqlite_path
from storage.errors import ZgcwatchError
from storage.leases import read_lease, take_leases
from storage.schema import require_current

SCHEDULER = "scheduler"  # the name of the leader's lease
_PROBE = "probe"
PATIENCE_SECONDS = 5.0
BELIEVED_FOR = timedelta(seconds=2)
SCHEMA_BELIEVED_FOR = timedelta(seconds=30)
LEAST_FREE = (
    32 << 20
)  # bytes: the last of a disk goes fast, and a write-ahead log may find room where nothing else does


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, by the name of the check: None is well, a sentence says what is not."""

    checks: dict[str, str | None]

    @property
    def is_ready(self) -> bool:
        return all(problem is None for problem in self.checks.values())


@dataclass
class Readiness:
    """Looks when it is asked, at most every two seconds; a look that does not come back is an answer, too.

    `look` blocks for five seconds at most. Thread-safe.
    """

    database: Database
    clock: Callable[[], datetime]
    name: str = "readiness"
    _looking: ThreadPoolExecutor = field(init=False)
    _pending: "Future[None] | None" = field(default=None, init=False)
    _found: tuple[datetime, Report] | None = field(default=None, init=False)
    _schema: tuple[datetime, str | None] | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._looking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")

    def look(self) -> Report:
        """How it stands."""
        with self._lock:
            now = self.clock()
            if self._found is None or not timedelta(0) <= now - self._found[0] < BELIEVED_FOR:
                self._found = (now, Report({"database": self._writes(), **self._reads()}))
            return self._found[1]

    def close(self) -> None:
        self._looking.shutdown(wait=False, cancel_futures=True)

    def _writes(self) -> str | None:
        """A row is written in a thread that may hang: a lock held elsewhere or a dead network has no error."""
        if self._pending is None or self._pending.done():
            self._pending = self._looking.submit(self._write)
        try:
            self._pending.result(timeout=PATIENCE_SECONDS)
        except NotInTime:
            return f"it takes no writes: no answer for {PATIENCE_SECONDS:.0f} s"
        except SQLAlchemyError as error:
            return f"it takes no writes: {_reason(error)}"
        except (OSError, ZgcwatchError) as error:
            return f"it takes no writes: {error}"
        return self._room()

    def _write(self) -> None:
        take_leases(self.database, [_PROBE], holder=self.name, now=self.clock(), lasts=timedelta(0))

    def _room(self) -> str | None:
        file = sqlite_path(self.database.url)
        free = shutil.disk_usage(file.parent).free if file else LEAST_FREE
        return None if free >= LEAST_FREE else f"its disk is full: {free >> 20} MB are left"

    def _reads(self) -> dict[str, str | None]:
        try:
            return {"schema": self._fits(), "scheduler": self._is_led()}
        except (SQLAlchemyError, OSError, ZgcwatchError) as error:
            reason = _reason(error) if isinstance(error, SQLAlchemyError) else str(error)
            return {"schema": f"not to be read: {reason}", "scheduler": "not known"}

    def _fits(self) -> str | None:
        now = self.clock()
        if self._schema is None or not timedelta(0) <= now - self._schema[0] < SCHEMA_BELIEVED_FOR:
            problem = None
            try:
                require_current(self.database.url)
            except ZgcwatchError as error:
                problem = str(error)
            self._schema = (now, problem)
        return self._schema[1]

    def _is_led(self) -> str | None:
        now = self.clock()
        with self.database.reader() as session:
            lease = read_lease(session, SCHEDULER)
        if lease is not None and lease.is_held(now):
            return None
        since = f"since {lease.expires_at:%Y-%m-%d %H:%M:%S} UTC" if lease else "yet"
        return f"no scheduler has been heard {since}: start one (`zgcwatch run --role scheduler`)"


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0][:200]
