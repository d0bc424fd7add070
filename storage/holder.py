"""Who holds a lease: a name that says host and process, and whether that process can still be alive."""

import contextlib
import os
import secrets
import socket
from pathlib import Path


def new_holder() -> str:
    """A name for this process, never used before: `host/process/random`."""
    return f"{_host()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_dead(holder: str, *, own: str) -> bool:
    """Whether the holder is a process of this machine that has ended. Of other machines nothing is known: False."""
    host, _, rest = holder.rpartition("/")[0].rpartition("/")
    if holder == own or host != _host() or not rest.isdigit():
        return False
    return int(rest) == os.getpid() or not _exists(int(rest))


def _host() -> str:
    """The machine, and where it is known the namespace in which numbers of processes count."""
    namespace = ""
    with contextlib.suppress(OSError):
        namespace = "." + str(Path("/proc/self/ns/pid").readlink()).strip("pid:[]")
    return socket.gethostname().replace("/", "-")[:120] + namespace


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
