"""The arm of another study with a drift: bias and coverage over simulated cohorts."""

import json

import pytest

from tests.calibration.drift_recovery import ASKED, COHORTS, SIZES, STORED, recovered

QUANTITIES = ("drift", *ASKED)


@pytest.mark.parametrize("size", SIZES)
def test_the_stored_study_recovers(size):
    """At 400 bias within 3 Monte Carlo errors; intervals cover 90 to 99 % at both sizes."""
    found = json.loads(STORED.read_text())[str(size)]
    assert found["cohorts"] == COHORTS[size]
    for name in QUANTITIES:
        one = found[name]
        assert 0.90 <= one["coverage"] <= 0.99, name
        if size == 400:
            assert abs(one["bias"]) <= 3 * one["mc_error"], name


def test_a_study_that_is_taken_for_ours_misleads():
    """Without a drift intervals of survival at 60 months hold the truth too rarely at 400 patients."""
    found = json.loads(STORED.read_text())["400"]
    assert found["survival_coverage_without_drift"] < 0.90 <= found["survival"]["coverage"]


# In some cohorts nuts answers (`by_nuts` of the stored study counts them), in a few no engine is fit: all are counted.
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.EsccBayesWarning")
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_the_study_repeats(size):
    """The same seeds give the stored numbers, to 1e-6."""
    stored, again = json.loads(STORED.read_text())[str(size)], recovered(size)
    for name in QUANTITIES:
        assert again[name]["bias"] == pytest.approx(stored[name]["bias"], abs=1e-6)
        assert again[name]["coverage"] == stored[name]["coverage"]
