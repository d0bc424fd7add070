"""Whether the archive can be worked with now: written to, of this version, and led by a scheduler that is alive."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, sqlite_path
from storage.errors import SchemaError, ZgcwatchError
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

    `look` blocks for five seconds at most. Thread-safe, with threads of its own: where every other thread of the
    process waits for the database, this still says so.
    """

    database: Database
    clock: Callable[[], datetime]
    name: str = "readiness"
    _threads: dict[str, ThreadPoolExecutor] = field(init=False)
    _pending: "dict[str, Future[Any]]" = field(default_factory=dict, init=False)
    _found: tuple[datetime, Report] | None = field(default=None, init=False)
    _schema: tuple[datetime, str | None] | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._threads = {
            name: ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"readiness-{name}")
            for name in ("asked", "reads", "writes")
        }

    async def asked(self) -> Report:
        """`look`, for a loop; all that ask meanwhile wait for one look."""
        return await asyncio.get_running_loop().run_in_executor(self._threads["asked"], self.look)

    def look(self) -> Report:
        """How it stands."""
        with self._lock:
            now = self.clock()
            if self._found is None or not timedelta(0) <= now - self._found[0] < BELIEVED_FOR:
                report = self._looked()
                self._found = (self.clock(), report)  # from its end: it may have taken longer than it is believed
            return self._found[1]

    def close(self) -> None:
        for thread in self._threads.values():
            thread.shutdown(wait=False, cancel_futures=True)

    def _looked(self) -> Report:
        """Reads and writes in threads that may hang: a lock held elsewhere or a dead network has no error."""
        reads, writes = self._under_way("reads", self._reads), self._under_way("writes", self._write)
        wait([reads, writes], timeout=PATIENCE_SECONDS)
        return Report({"database": self._took_writes(writes), **_was_read(reads)})

    def _under_way(self, name: str, look: "Callable[[], Any]") -> "Future[Any]":
        """What of this kind is under way still, or else a new one."""
        if name not in self._pending or self._pending[name].done():
            self._pending[name] = self._threads[name].submit(look)
        return self._pending[name]

    def _took_writes(self, writes: "Future[None]") -> str | None:
        if not writes.done():
            return f"it takes no writes: no answer for {PATIENCE_SECONDS:.0f} s"
        error = writes.exception()
        return self._room() if error is None else f"it takes no writes: {_reason(error)}"

    def _write(self) -> None:
        take_leases(self.database, [_PROBE], holder=self.name, now=self.clock(), lasts=timedelta(0))

    def _room(self) -> str | None:
        file = sqlite_path(self.database.url)
        free = shutil.disk_usage(file.parent).free if file else LEAST_FREE
        return None if free >= LEAST_FREE else f"its disk is full: {free >> 20} MB are left"

    def _reads(self) -> dict[str, str | None]:
        return {"schema": self._fits(), "scheduler": self._is_led()}

    def _fits(self) -> str | None:
        """What was seen of the tables is believed for a while; that nothing could be seen is not."""
        now = self.clock()
        if self._schema is None or not timedelta(0) <= now - self._schema[0] < SCHEMA_BELIEVED_FOR:
            problem = None
            try:
                require_current(self.database.url)
            except SchemaError as error:
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


def _was_read(reads: "Future[dict[str, str | None]]") -> dict[str, str | None]:
    if not reads.done():
        return {"schema": f"not to be read: no answer for {PATIENCE_SECONDS:.0f} s", "scheduler": "not known"}
    error = reads.exception()
    if error is not None:
        return {"schema": f"not to be read: {_reason(error)}", "scheduler": "not known"}
    return reads.result()


def _reason(error: BaseException) -> str:
    if not isinstance(error, (SQLAlchemyError, OSError, ZgcwatchError)):
        raise error
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0][:200]
