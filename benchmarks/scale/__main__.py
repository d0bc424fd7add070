"""The service on many processes, killed, stopped, cut off and squeezed: `python -m benchmarks.scale --only PART ...`.

Each part is a run of some minutes; a run replaces its parts of the day's results.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import Row, add_out, verdicts
from benchmarks.scale import dying, faults, speed
from benchmarks.scale.report import keep

ABOUT = """\
A scheduler, crawlers and web as processes of their own, a real PostgreSQL, and a farm of outlets in one more process,
all on this machine. Outlets misbehave by plan (`tests/servers/farm_plan.py`). What happened is judged from the farm's
own log, where every process has its own User-Agent, and from the archive. Other work on the machine slows all of it."""

PARTS: dict[str, Callable[[argparse.Namespace], tuple[list[Row], dict[str, Any]]]] = {
    "kill -9 of any process": dying.killed,
    "SIGTERM at random moments": dying.told_to_stop,
    "one process and two": speed.throughput,
    "database restarted": faults.restarted,
    "locks and disks": faults.squeezed,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description="The service on many processes.")
    parser.add_argument(
        "--only", nargs="*", choices=[name.split()[0] for name in PARTS], help="first word of the parts"
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--outlets", type=int, default=50)
    add_out(parser)
    chosen = parser.parse_args()
    well = True
    for name, part in PARTS.items():
        if chosen.only and name.split()[0] not in chosen.only:
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        rows, data = part(chosen)
        data["minutes"] = round((time.perf_counter() - started) / 60, 1)
        print(verdicts(rows), flush=True)
        print(
            f"written: {keep('scale', 'The service on many processes', ABOUT, name, rows, data, chosen.out)}",
            flush=True,
        )
        well = well and all(row.holds is not False for row in rows)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
