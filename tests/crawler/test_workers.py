"""The pool of killable workers. Functions run in the workers live in this module, so that they can be pickled."""

import asyncio
import functools
import os
import re
import time

import pytest

from crawler.extract import NoArticle, extract
from crawler.workers import LARGEST, ParseCrashed, ParsePool, ParseRefused, ParseTimeout
from storage.errors import ZgcwatchError

from .extract.samples import STORY, page, paragraphs

DEADLINE = 1.5
GOOD = page(f"<div id='articleBody'>{paragraphs()}</div>")


def spin():
    while True:
        pass


def stuck_in_c():
    """A loop inside a C library never lets a Python signal handler run."""
    re.match(r"(a+)+$", "a" * 64 + "b")


def hungry():
    return len(bytearray(8 * 1024**3))


def die():
    os._exit(3)


def whoami():
    return os.getpid()


def patient(seconds):
    time.sleep(seconds)
    return seconds


def in_a_loop(test):
    """Runs a coroutine test in a loop of its own."""

    @functools.wraps(test)
    def run(*args, **keywords):
        asyncio.run(test(*args, **keywords))

    return run


@pytest.fixture(scope="module")
def pool():
    with ParsePool(2, DEADLINE) as pool:
        pool.run_sync(extract, GOOD)  # the first job pays for starting the workers
        yield pool


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_page_comes_back_as_an_article(pool):
    assert pool.run_sync(extract, GOOD, url="https://sample.example/1").body == STORY
    assert pool.run_sync(whoami) != os.getpid()


def test_an_error_crosses_the_border_with_its_message(pool):
    with pytest.raises(NoArticle, match="not HTML"):
        pool.run_sync(extract, b"plain text")


@pytest.mark.parametrize("function", [spin, stuck_in_c])
def test_a_job_over_its_deadline_is_killed_and_the_next_page_is_served_soon(pool, function):
    started = time.monotonic()
    with pytest.raises(ParseTimeout, match=function.__name__):
        pool.run_sync(function)
    assert time.monotonic() - started < DEADLINE + 2
    started = time.monotonic()
    assert pool.run_sync(extract, GOOD).body == STORY
    assert time.monotonic() - started < 2


def test_the_process_of_a_killed_job_is_gone():
    with ParsePool(1, DEADLINE) as single:
        before = single.run_sync(whoami)
        with pytest.raises(ParseTimeout):
            single.run_sync(stuck_in_c)
        after = single.run_sync(whoami)
        assert after != before
        assert not alive(before)


@pytest.mark.parametrize("function", [hungry, die])
def test_a_worker_that_dies_takes_nobody_with_it(pool, function):
    with pytest.raises(ParseCrashed, match=function.__name__):
        pool.run_sync(function)
    assert pool.run_sync(extract, GOOD).body == STORY


def test_a_hostile_page_costs_its_deadline_and_no_more(pool):
    attributes = b"<p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">"
    started = time.monotonic()
    with pytest.raises(ZgcwatchError):
        pool.run_sync(extract, page("").replace(b"</body>", attributes + b"</body>"))
    assert time.monotonic() - started < DEADLINE + 2
    assert pool.run_sync(extract, GOOD).body == STORY


@in_a_loop
async def test_many_pages_beside_a_hostile_one(pool):
    hostile = asyncio.create_task(pool.run(spin))
    articles = await asyncio.gather(*(pool.run(extract, GOOD) for _ in range(8)))
    assert {article.body for article in articles} == {STORY}
    with pytest.raises(ParseTimeout):
        await hostile


@in_a_loop
async def test_the_loop_goes_on_while_pages_are_parsed(pool):
    job = asyncio.create_task(pool.run(patient, 0.6))
    longest = 0.0
    while not job.done():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    assert await job == 0.6
    assert longest < 0.3


@in_a_loop
async def test_a_cancelled_job_frees_its_worker(pool):
    jobs = [asyncio.create_task(pool.run(patient, 1.4)) for _ in range(2)]
    await asyncio.sleep(0.2)
    for job in jobs:
        job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await jobs[0]
    assert (await pool.run(extract, GOOD)).body == STORY


@in_a_loop
async def test_closing_ends_running_and_waiting_jobs():
    pool = ParsePool(1, 30)
    jobs = [asyncio.create_task(pool.run(patient, 20)) for _ in range(3)]
    await asyncio.sleep(1)
    started = time.monotonic()
    await asyncio.to_thread(pool.close)
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert time.monotonic() - started < 5
    assert all(isinstance(result, ZgcwatchError) and "closed" in str(result) for result in results)
    with pytest.raises(ZgcwatchError, match="closed"):
        await pool.run(extract, GOOD)
    with pytest.raises(ZgcwatchError, match="closed"):
        pool.run_sync(extract, GOOD)
    pool.close()


def test_an_absurd_input_never_reaches_a_worker(pool):
    with pytest.raises(ParseRefused, match="MB"):
        pool.run_sync(extract, bytes(LARGEST + 1))
    assert pool.run_sync(extract, GOOD).body == STORY
