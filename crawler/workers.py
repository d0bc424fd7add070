"""Parsing in processes that can be killed. A hostile page costs its own job its deadline and nobody else anything."""

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as DeadlinePassed
from typing import Any, Self

import structlog
from pebble import ProcessExpired, ProcessPool

from storage.errors import ZgcwatchError

log = structlog.get_logger()

PRELOADED = ("crawler.pipelines.extract", "crawler.candidates")
MEMORY_LIMIT = 2 * 1024**3  # bytes of address space of one worker; a 50 MB page needs about 0.8 GB of it
TASKS_OF_A_WORKER = 2000  # then it is replaced, so that a leak in a C library never adds up


LARGEST = 16 * 1024**2  # bytes of one input


class ParseTimeout(ZgcwatchError):  # noqa: N818 (what happened to the job, not a fault of the caller)
    """A job ran past its deadline and its process was killed."""


class ParseCrashed(ZgcwatchError):  # noqa: N818 (named like its siblings, after what happened)
    """The process that did a job died (memory limit, crash of a C library); the pool has a new one."""


class ParseRefused(ZgcwatchError):  # noqa: N818 (named like its siblings)
    """An input is larger than anything that is worth parsing; it never reached a worker."""


def _prepare(memory_limit: int) -> None:
    """Runs first in every worker."""
    # The pool ends a worker by SIGTERM. Python's handler would wait for libxml2 to return; the default action does not.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory_limit if hard == resource.RLIM_INFINITY else min(memory_limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _nothing() -> None:
    pass


def _size(argument: Any) -> int:
    """Bytes of a page, or of a record that carries one as its body."""
    body = getattr(argument, "body", argument)
    return len(body) if isinstance(body, bytes) else 0


class ParsePool:
    """A pool of `processes` workers; each job has `deadline` seconds from the moment it starts, then it is killed.

    Functions and arguments must be picklable. Errors a job raises arrive as they are (NoArticle with its message).
    Close it, or use it as a context manager: jobs still running are killed, waiting ones are cancelled.
    """

    def __init__(
        self, processes: int, deadline: float, *, memory_limit: int = MEMORY_LIMIT, starts: bool = True
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        self.deadline = deadline
        self._closed = False
        self._open: set[Any] = set()  # futures of jobs waiting or running
        self._pool = ProcessPool(
            max_workers=processes,
            max_tasks=TASKS_OF_A_WORKER,
            initializer=_prepare,
            initargs=(memory_limit,),
            context=context,
        )
        # The pool starts its processes with its first job, which takes most of a second: not on somebody's loop.
        if starts:
            self._pool.schedule(_nothing)

    async def run(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
        """The result of `function(*args, **keywords)` in a worker, without blocking the loop. Cancelling kills the job.

        Raises ParseTimeout, ParseCrashed, or what the function raised.
        """
        future = self._schedule(function, args, keywords)
        try:
            return await asyncio.wrap_future(future)
        except (DeadlinePassed, ProcessExpired, MemoryError) as error:
            raise self._explain(error, function) from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if self._closed and not (task is not None and task.cancelling()):
                raise self._closed_error() from error  # the pool went away, nobody cancelled the caller
            raise

    def run_sync(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
        """Like `run`, for callers without a loop."""
        future = self._schedule(function, args, keywords)
        try:
            return future.result()
        except (DeadlinePassed, ProcessExpired, MemoryError) as error:
            raise self._explain(error, function) from error
        except CancelledError as error:
            raise self._closed_error() from error

    def close(self) -> None:
        """Kills running jobs, cancels waiting ones and ends the workers. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        for future in list(self._open):
            future.cancel()  # a stopped pool never answers for the jobs it still had
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _schedule(self, function: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if self._closed:
            raise self._closed_error()
        largest = max((_size(argument) for argument in (*args, *keywords.values())), default=0)
        if largest > LARGEST:
            # Handing it over would copy it twice in this process before a worker could say no.
            raise ParseRefused(f"An input of {largest / 1e6:.0f} MB is not read: no page or feed is so large.")
        future = self._pool.schedule(function, args=args, kwargs=keywords, timeout=self.deadline)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def _explain(self, error: BaseException, function: Callable[..., Any]) -> ZgcwatchError:
        name = getattr(function, "__name__", str(function))
        if isinstance(error, DeadlinePassed):
            log.warning("parse.killed", function=name, deadline=self.deadline)
            return ParseTimeout(
                f"`{name}` did not finish within {self.deadline:g} s and was killed; the page is kept, "
                "raise `crawler.parse_deadline` if pages of this kind are wanted."
            )
        log.warning("parse.crashed", function=name, error=type(error).__name__)
        return ParseCrashed(f"The process that ran `{name}` died ({error}): the page needs more memory than it gets.")

    @staticmethod
    def _closed_error() -> ZgcwatchError:
        return ZgcwatchError("The parse pool is closed: the service is stopping, the page is read on the next visit.")
