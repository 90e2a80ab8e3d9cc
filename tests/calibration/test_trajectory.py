"""Trajectories: the truths of simulated cohorts are found again (``make calibrate``)."""

import json

import pytest

from tests.calibration import trajectory_recovery as recovery

STUDIES = json.loads(recovery.STORED.read_text())


@pytest.mark.parametrize("patients", recovery.SIZES)
def test_the_stored_intervals_hold_their_truths(patients):
    """Of 20 at least 17, every quantity; with 400 patients no mean error beyond 3 of its Monte Carlo errors."""
    studies = STUDIES[str(patients)]
    assert len(studies) == recovery.COHORTS
    assert sum(one["divergences"] for one in studies) == 0
    found = recovery.summary(studies)["quantities"]
    assert min(one["covered"] for one in found.values()) >= 17, found
    if patients == 400:
        for name, one in found.items():
            assert abs(one["bias"]) < 3.0 * one["mc_error"], name


def test_values_carried_forward_and_naive_are_nearer_to_no_effect():
    found = recovery.summary(STUDIES["400"])
    own = recovery.TRUE["alc"] + found["quantities"]["alc"]["bias"]
    assert own < found["carried_forward"] < found["naive"] < 0.0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("patients", recovery.SIZES)
def test_cohorts_repeat(patients):
    """Means within 0.3 posterior SDs: chains in other coordinates give other draws of the same posterior."""
    for place in range(2):
        found, stored = recovery.recovered(patients, place), STUDIES[str(patients)][place]
        for name, (mean, sd, *_) in found["found"].items():
            assert abs(mean - stored["found"][name][0]) < 0.3 * sd, name
        assert found["naive"] == pytest.approx(stored["naive"])
        assert found["carried_forward"] == pytest.approx(stored["carried_forward"])
