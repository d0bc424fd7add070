"""What the judgement of outlets notices in simulated worlds of sixty days, and what it says without cause.

python -m benchmarks.health [--seeds 10]
"""

import argparse
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from benchmarks.report import add_out, machine, table, today, write
from tests.scheduler.simulation import DAYS, WORST_VISITS, simulate

SIZE = 40


@dataclass
class World:
    """What came of one seed; a delay is visits from the bound to the alarm, None: never."""

    months: float
    delays: dict[str, list[int | None]] = field(default_factory=lambda: defaultdict(list))
    unreached: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    false_alarms: list[tuple[str, str, str]] = field(default_factory=list)


def look_at(seed: int) -> World:
    result = simulate(seed, size=SIZE)
    world = World(result.source_months)
    for outlet in result.outlets:
        if outlet.fault is not None and outlet.bound is not None:
            world.delays[outlet.fault.name].append(result.delay(outlet))
        elif outlet.fault is not None:
            world.unreached[outlet.fault.name] += 1
    for outlet, alarm in result.false_alarms():
        world.false_alarms.append((outlet.kind.name, alarm.state.value, alarm.why))
    world.delays, world.unreached = dict(world.delays), dict(world.unreached)
    return world


def rows_of(worlds: list[World]) -> list[dict[str, Any]]:
    names = sorted({name for world in worlds for name in (*world.delays, *world.unreached)})
    return [_row(name, worlds) for name in names]


def _row(name: str, worlds: list[World]) -> dict[str, Any]:
    delays = [delay for world in worlds for delay in world.delays.get(name, [])]
    told = [delay for delay in delays if delay is not None]
    return {
        "what happens": name,
        "outlets": len(delays) + sum(world.unreached.get(name, 0) for world in worlds),
        "bound reached": len(delays),
        "at its bound": sum(delay == 0 for delay in told),
        f"within {WORST_VISITS} visits": sum(delay <= WORST_VISITS for delay in told),
        "worst": max(told, default=0),
        "never": len(delays) - len(told),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    add_out(parser)
    options = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        worlds = list(pool.map(look_at, range(options.seeds)))
    rows = rows_of(worlds)
    months = sum(world.months for world in worlds)
    false_alarms = [alarm for world in worlds for alarm in world.false_alarms]
    by_kind = [{"outlet": kind, "state": state, "why": why} for kind, state, why in false_alarms]
    share = len(false_alarms) / months * 30
    ran = machine()
    text = (
        f"# Watching outlets, {today()}\n\n"
        f"{ran['cores']} cores, {ran['processor']}, Python {ran['python']}; nothing here depends on speed.\n"
        f"{len(worlds)} simulated worlds of {SIZE} outlets and {DAYS} days from 2027-01-04, over Seollal; visit rows "
        f"through the judgement itself. Made by `make bench-health`.\n\n{table(rows)}\n\n"
        "The bound is reckoned apart from the judgement: max(3 working days, 5 median gaps, 2 median gaps between days "
        "with news); 5 failures; 3 refusals; 10 pages read since the redesign, 40 before it.\n\n"
        f"False alarms: {len(false_alarms)} in {months:.0f} source-months, {share:.2f} in 30 (at most 1 is asked).\n\n"
        + (table(by_kind) if by_kind else "")
    )
    figures = {"machine": ran, "rows": rows, "source_months": months, "false_alarms": by_kind, "in_30": share}
    write("health", text, figures, options.out)
    print(text)


if __name__ == "__main__":
    main()
