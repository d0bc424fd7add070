"""The loop everything runs on: Twisted's asyncio reactor, and the visits of a process on it."""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.utils.reactor import install_reactor

from storage import heap

if TYPE_CHECKING:
    from crawler.catalogue import Outlet
    from crawler.visit import CrawlContext, VisitEvent, VisitReport

T = TypeVar("T")
_VITAL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="vital")

PATIENCE_SECONDS = 2.0
REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def install_loop() -> None:
    """Install the asyncio reactor, before anything imports another one. Again is harmless."""
    install_reactor(REACTOR)
    # Scrapy warns about what a visit counts and says itself; what is left is its own mistakes.
    logging.getLogger("scrapy").setLevel(logging.ERROR)


def run_in_reactor(main: Callable[[], Awaitable[T]]) -> T:
    """Run `main` on the reactor's loop and give what it gives; the reactor cannot start again, so once a process.

    SIGINT and SIGTERM cancel `main`, unless it installs handlers of its own, and end in KeyboardInterrupt.
    """
    install_loop()
    from twisted.internet import reactor as installed

    from crawler.fetch.settings import preload

    preload()
    heap.keep_small()

    reactor: Any = installed
    outcome: list[T] = []
    failure: list[BaseException] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome.append(await main())
        except BaseException as error:  # noqa: BLE001 - raised again below, outside the loop
            failure.append(error)
        finally:
            await _end_tasks()
            await loop.shutdown_default_executor()
            reactor.stop()

    def start() -> None:
        task = asyncio.get_running_loop().create_task(run())
        _cancel_on_signals(task)
        tasks.append(task)

    tasks: list[asyncio.Task[None]] = []
    reactor.callLater(0, start)  # the reactor calls what waits for its start before the loop runs
    reactor.run(installSignalHandlers=False)
    tasks[0].get_loop().close()
    if failure:
        raise KeyboardInterrupt if isinstance(failure[0], asyncio.CancelledError) else failure[0]
    return outcome[0]


async def in_vital_thread(work: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """Like `asyncio.to_thread`, for what keeps a lease: it never queues behind pages that wait for the database."""
    return await asyncio.get_running_loop().run_in_executor(
        _VITAL, partial(copy_context().run, work, *arguments, **more)
    )


async def _end_tasks() -> None:
    """What `main` left behind (an interrupted command's visits) is cancelled, so that nothing dies without a word."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + PATIENCE_SECONDS
    # A task that ends may let another begin (the next download of a crawl), so it is looked for until none is left.
    while (left := asyncio.all_tasks() - {asyncio.current_task()}) and loop.time() < ends_at:
        for task in left:
            task.cancel()
        done, _ = await asyncio.wait(left, timeout=max(ends_at - loop.time(), 0.0), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled():
                task.exception()  # seen: it belongs to work that was given up


def _cancel_on_signals(task: "asyncio.Task[None]") -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # a loop without signals
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)


class Visits:
    """The visits of a process: at most one of an outlet at a time, and a stop that waits for all of them."""

    def __init__(self, context: "CrawlContext") -> None:
        self._context = context
        self._running: dict[str, asyncio.Task[VisitReport]] = {}
        self._stopping = False

    def is_running(self, outlet_id: str) -> bool:
        return outlet_id in self._running

    async def visit(
        self,
        outlet: "Outlet",
        *,
        all_sources: bool = False,
        progress: "Callable[[VisitEvent], None] | None" = None,
    ) -> "VisitReport":
        """Visit an outlet; while it is being visited already, wait for that visit and give its report."""
        from crawler.visit import visit_outlet

        task = self._running.get(outlet.id)
        if task is None:
            if self._stopping:
                raise asyncio.CancelledError
            task = asyncio.ensure_future(
                visit_outlet(outlet, self._context, all_sources=all_sources, progress=progress)
            )
            self._running[outlet.id] = task
            task.add_done_callback(lambda _: self._running.pop(outlet.id, None))
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Let no new visit and no new fetch begin, let what is under way end, and wait until it has. For good."""
        self._stopping = True
        self._context.manners.pace.stop()
        if self._context.turns is not None:
            self._context.turns.stop()
        runner = self._context.runner
        await runner.stop()
        await runner.join()
        if self._running:
            await asyncio.wait(list(self._running.values()))
