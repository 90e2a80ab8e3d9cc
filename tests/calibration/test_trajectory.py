"""Trajectories: the truths of simulated cohorts are found again, and ranks are uniform (``make calibrate``)."""

import json

import numpy as np
import pytest

from tests.calibration import trajectory_calibration as calibration
from tests.calibration import trajectory_recovery as recovery
from tests.calibration.shipped_models import holm, uniform_p

STUDIES = json.loads(recovery.STORED.read_text())
RANKED = json.loads(calibration.STORED.read_text())


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


def ranks():
    """Return ranks by quantity, of every stored cohort."""
    return {name: [one["ranks"][name] for one in RANKED] for name in RANKED[0]["ranks"]}


def test_the_stored_ranks_are_uniform():
    """No quantity's ranks differ from uniform (chi-square, Holm P > 0.01); no divergences in 98 % of the cohorts."""
    assert min(holm([uniform_p(of) for of in ranks().values()])) > 0.01
    assert np.mean([one["divergences"] > 0 for one in RANKED]) <= 0.02


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


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_ranks_repeat():
    """Among 99 draws, each rank to within 15: chains in other coordinates give other draws of the same posterior."""
    for place in range(3):
        found, stored = calibration.ranks_of(place)["ranks"], RANKED[place]["ranks"]
        assert max(abs(found[name] - stored[name]) for name in stored) <= 15
