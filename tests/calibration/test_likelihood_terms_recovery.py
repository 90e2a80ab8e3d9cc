"""Events between visits and survivors of another source: bias and coverage over simulated cohorts."""

import json

import pytest

from tests.calibration.likelihood_terms_recovery import MONTH, SIZES, STORED, recovered

QUANTITIES = ("arm", "age", "survival")


def assert_recovered(found, size):
    """At 400 bias within 3 Monte Carlo errors; intervals cover 90 to 99 % at both sizes."""
    for name in QUANTITIES:
        one = found[name]
        assert 0.90 <= one["coverage"] <= 0.99, name
        if size == 400:
            assert abs(one["bias"]) <= 3 * one["mc_error"], name


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", MONTH)
def test_the_stored_study_recovers(kind, size):
    found = json.loads(STORED.read_text())[kind][str(size)]
    assert found["cohorts"] == 100
    assert_recovered(found, size)


@pytest.mark.parametrize("kind", ["weibull", "piecewise"])
def test_right_ends_move_survival(kind):
    """What the intervals are for: survival at 12 months is 2 to 6 points too high where events count when found."""
    found = json.loads(STORED.read_text())[kind]["400"]["survival"]
    assert 0.02 < found["right_end_bias"] < 0.06
    assert abs(found["bias"]) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", MONTH)
def test_the_study_repeats(kind, size):
    """The same seeds give the stored numbers, to 1e-6."""
    stored, again = json.loads(STORED.read_text())[kind][str(size)], recovered(kind, size)
    for name in QUANTITIES:
        assert again[name]["bias"] == pytest.approx(stored[name]["bias"], abs=1e-6)
        assert again[name]["coverage"] == stored[name]["coverage"]
