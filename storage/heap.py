"""The heap of a process that is to run for weeks."""

import contextlib
import ctypes
import gc

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h of glibc


def settle() -> None:
    """Leave all that exists now to itself: call it once, when what the process needs for its whole life is loaded.

    Company names, routes and templates are 270,000 objects that never go. Each full look of the garbage collector at
    them stops every request and visit for a tenth of a second and more.
    """
    gc.collect()
    gc.freeze()


def keep_small() -> None:
    """Let what answers took go back to the system: glibc would keep it, in an arena of each thread.

    Best before the first thread, for an arena that a thread has stays. After a sweep of 3,000 pages a process kept
    410 MB, with this 283. Where there is no glibc nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, 64 * 1024)
        libc.mallopt(_M_ARENA_MAX, 2)


def trim() -> None:
    """Give back what is free between what is used: by itself glibc gives back only the end of a heap.

    It takes some milliseconds, and other threads go on meanwhile. Where there is no glibc nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
