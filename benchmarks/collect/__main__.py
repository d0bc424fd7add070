"""One run of the benchmark of collecting: a farm that misbehaves, its hanging hosts, the overhead, and 200 visits.

python -m benchmarks.collect [--outlets 50] [--articles 200] [--skip PART ...]
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.collect.report import write
from benchmarks.report import Row, add_out, verdicts
from scheduler.settings import SchedulerSettings
from tests.servers.farm_judge import RunningFarm, judge
from tests.servers.farm_plan import HABITS

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("farm", "hanging", "overhead", "visits")
HANGING = ("hang", "hanging_page", "closed_robots")
BEHAVED = tuple(HABITS)  # a farm without any of them


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.collect", description="Collecting, on a farm of outlets.")
    parser.add_argument("--outlets", type=int, default=50)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--skip", nargs="*", choices=PARTS, default=[], help="parts to leave out")
    add_out(parser)
    chosen = parser.parse_args()
    rows: list[Row] = []
    data: dict[str, Any] = {}
    started = time.perf_counter()
    for part in PARTS:
        if part in chosen.skip:
            continue
        print(f"{part} ...", file=sys.stderr, flush=True)
        found, figures = _RUNS[part](chosen)
        rows += found
        data[part] = figures
        print(verdicts(found), flush=True)
    data["minutes"] = round((time.perf_counter() - started) / 60, 1)
    print(f"written: {write(rows, data, chosen)}")
    return 0 if all(row.holds is not False for row in rows) else 1


def run(module: str, given: dict[str, Any]) -> dict[str, Any]:
    """The last line of a measured process, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.collect.{module}"],
        cwd=ROOT, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def farm_run(chosen: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """Three sweeps: all that is new, what was refused before, nothing new."""
    with RunningFarm(chosen.outlets, chosen.articles) as farm:
        rows = [farm.row(outlet) for outlet in farm.outlets]
        settings = {"delay": 0.02, "recheck_after": [1000]}
        done = run("sweep", {"outlets": rows, "settings": settings, "hours": [0, 2, 13], "seats": _seats()})
        log = farm.log()
        sweeps = [[entry for entry in log if low < entry["at"] <= high] for low, high in _spans(done["sweeps"])]
        verdict = judge(farm, sweeps[0] + sweeps[1], done["stored"])
        later = judge(farm, sweeps[2], done["stored"])
        # what failed is tried again by right; what is counted is the price of nothing new
        quiet = [outlet for outlet in farm.outlets if outlet.habit not in HANGING]
        third = [entry for entry in sweeps[2] if entry["host"] in {outlet.host for outlet in quiet}]
        robots = [entry for entry in third if entry["path"] == "/robots.txt"]
        asked = [entry for entry in third if entry["path"] != "/robots.txt"]
        again = [entry for entry in asked if entry["path"] not in {"/rss.xml", "/sitemap-news.xml"}]
        sources = sum(len(outlet.sources) for outlet in quiet)
    memory = done["sweeps"][0]["memory_mb"]
    faults = {**verdict.faults, **{f"third sweep: {name}": value for name, value in later.faults.items()}}
    expected = len(farm.expected())
    found = [
        Row("on-topic articles stored exactly once", f"{verdict.stored} of {expected}", "all",
                   not verdict.missing and not verdict.twice and not verdict.surplus),
        Row("requests inside a Crawl-delay", len(verdict.in_crawl_delay), "0", not verdict.in_crawl_delay),
        Row("requests inside a Retry-After", len(verdict.in_retry_after), "0", not verdict.in_retry_after),
        Row("requests inside a Disallow", len(verdict.in_disallow), "0", not verdict.in_disallow),
        Row("requests side by side on one host", len(verdict.side_by_side), "0", not verdict.side_by_side),
        Row("sweep with nothing new: requests a source", round(len(asked) / sources, 3), "<= 1.05",
                   len(asked) / sources <= 1.05),
        Row("of these conditional", f"{sum(entry['conditional'] for entry in asked)} of {len(asked)}", "all",
                   all(entry["conditional"] for entry in asked)),
        Row("memory of the process after the first sweep", f"{memory} MB", "<= 300 MB", memory <= 300),
        Row("robots.txt read again in that sweep (13 h later, believed for 12)", len(robots), "", None),
    ]  # fmt: skip
    return found, {
        "requests": len(log), "faults": faults, "again": [entry["path"] for entry in again][:20],
        "sweeps": [
            {name: value for name, value in one.items() if name not in {"done", "counts"}} for one in done["sweeps"]
        ],
        "counts": done["sweeps"][0]["counts"],
    }  # fmt: skip


def _seats() -> int:
    """As many visits at once as the service makes."""
    return SchedulerSettings().concurrent_visits


def _spans(sweeps: list[dict[str, Any]]) -> list[tuple[float, float]]:
    ends = [sweep["monotonic"] for sweep in sweeps]
    return list(zip([0.0, *ends], ends, strict=False))


def hanging_run(_: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """The same outlets with and without three hosts that hang, in as many seats as the service has, thrice in turn.

    The pause between two requests is a second, so that a sweep takes as long as its pauses and not as its processor.
    """
    seats = _seats()
    means: dict[str, list[float]] = {"with": [], "without": []}
    for name in ("without", "with") * 3:
        left_out = HANGING if name == "without" else ()
        with RunningFarm(50, 8, *left_out) as farm:
            rows = [farm.row(outlet) for outlet in farm.outlets]
            others = [
                row["id"] for row, outlet in zip(rows, farm.outlets, strict=True) if outlet.number not in _hosts()
            ]
            done = run("sweep", {"outlets": rows, "settings": {"delay": 1.0}, "seats": seats})
        means[name].append(mean(done["sweeps"][0]["done"][outlet] for outlet in others))
    ratio = median(means["with"]) / median(means["without"])
    row = Row(
        "mean time until another outlet is done, beside three hosts that hang",
        f"{ratio:.3f} x",
        "<= 1.10",
        ratio <= 1.1,
    )
    return [row], means


def _hosts() -> set[int]:
    return {HABITS.index(habit) for habit in HANGING}


def overhead_run(_: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """The whole pipeline beside bare Scrapy and trafilatura, three times in turn, on the same pages."""
    runs: list[dict[str, float]] = []
    sweep: dict[str, Any] = {}
    with RunningFarm(10, 100, *BEHAVED) as farm:
        given = {"outlets": [farm.row(outlet) for outlet in farm.outlets], "settings": {"delay": 0}, "seats": 64}
        for _ in range(3):
            bare = run("bare", given)
            sweep = run("sweep", given)
            ours = len(sweep["stored"]) / sweep["sweeps"][0]["seconds"]
            runs.append({"bare": bare["pages"] / bare["seconds"], "ours": ours, "bare_cpu": bare["cpu_seconds"],
                         "bare_pages": bare["pages"], "ours_pages": len(sweep["stored"]),
                         "ours_cpu": sweep["sweeps"][0]["cpu_seconds"], "lag_p95_ms": sweep["sweeps"][0]["lag_p95_ms"],
                         "lag_max_ms": sweep["sweeps"][0]["lag_max_ms"]})  # fmt: skip
    ratio = median(one["ours"] / one["bare"] for one in runs)
    lag = median(one["lag_p95_ms"] for one in runs)
    return [
        Row("pages a second, the whole pipeline", round(median(one["ours"] for one in runs), 1), "", None),
        Row("pages a second, bare Scrapy + trafilatura", round(median(one["bare"] for one in runs), 1), "", None),
        Row("ratio", f"{ratio:.2f} x", ">= 0.70", ratio >= 0.7),
        Row("lag of the loop while it extracts, p95", f"{lag} ms", "<= 50 ms", lag <= 50),
        Row("largest lag", f"{max(one['lag_max_ms'] for one in runs)} ms", "", None),
    ], {"runs": runs}


def visits_run(_: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """Two hundred visits and more of the same outlets in one process: does it grow?"""
    with RunningFarm(10, 20, *BEHAVED) as farm:
        given = {"outlets": [farm.row(outlet) for outlet in farm.outlets], "hours": [0] + [1] * 24,
                 "settings": {"delay": 0, "recheck_after": [1, 6, 12, 23]}}  # fmt: skip
        done = run("sweep", given)
    memory = [sweep["memory_mb"] for sweep in done["sweeps"]]
    growth = memory[-1] - memory[4]
    workers = done["worker_memory_mb"]
    return [
        Row("memory of the process after 250 visits", f"{memory[-1]} MB", "<= 300 MB", memory[-1] <= 300),
        Row("growth over the last 200 visits", f"{growth:.1f} MB", "<= 5 MB", growth <= 5),
        Row("memory of each worker (shared pages counted in each)", f"{workers} MB", "", None),
    ], {"memory_mb": memory}


_RUNS = {"farm": farm_run, "hanging": hanging_run, "overhead": overhead_run, "visits": visits_run}


if __name__ == "__main__":
    sys.exit(main())
