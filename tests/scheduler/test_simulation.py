"""Sixty days of forty outlets, Seollal among them: what happens is noticed at its bound, and next to nothing else."""

import math

import pytest

from storage.health import OutletState
from tests.scheduler.simulation import DAYS, START, WORST_VISITS, simulate

SEED = 1


@pytest.fixture(scope="module")
def result():
    return simulate(SEED)


def test_faults_are_noticed_within_two_visits_of_their_bound(result):
    reached = result.reached()
    assert len(reached) >= 15
    assert {outlet.fault.state for outlet in reached} == {
        OutletState.QUIET,
        OutletState.DEGRADED,
        OutletState.FAILING,
        OutletState.BLOCKED,
    }
    late = {outlet.name: result.delay(outlet) for outlet in reached}
    assert all(visits is not None for visits in late.values()), late
    in_time = [visits for visits in late.values() if visits <= WORST_VISITS]
    assert len(in_time) >= 0.95 * len(reached), late


def test_false_alarms_stay_below_one_in_thirty_source_months(result):
    assert len(result.outlets) >= 30
    assert result.source_months == len(result.outlets) * DAYS / 30
    assert len(result.false_alarms()) <= result.source_months / 30, [
        (outlet.name, alarm) for outlet, alarm in result.false_alarms()
    ]


def test_seollal_and_weekends_raise_no_alarm():
    sound = simulate(SEED + 1, faulty=0.0, size=16)
    alarms = [alarm for outlet in sound.outlets for alarm in outlet.alarms if alarm.at >= START]
    quiet = [alarm for alarm in alarms if alarm.state is OutletState.QUIET]
    assert len(quiet) <= math.ceil(sound.source_months / 30)


def test_what_is_mended_is_said_to_be_well_again(result):
    for outlet in result.reached():
        states = [alarm.state for alarm in outlet.alarms if alarm.at >= outlet.fault.starts]
        if (
            outlet.fault.state in {OutletState.FAILING, OutletState.BLOCKED}
            and outlet.fault.ends < START + DAYS * (outlet.fault.ends - outlet.fault.starts) / 30
        ):
            assert states[:2] == [outlet.fault.state, OutletState.OK], outlet.name
