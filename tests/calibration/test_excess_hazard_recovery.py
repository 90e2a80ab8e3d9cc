"""Excess hazard ratios and survival of all causes: bias and coverage over simulated cohorts."""

import json

import pytest

from tests.calibration.excess_hazard_recovery import ASKED, COHORTS, FIRST, KINDS, SIZES, STORED, recovered


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_stored_study_recovers(kind, size):
    """At 400 bias within 3 Monte Carlo errors, of 100 cohorts and of all; intervals cover 90 to 99 % at both sizes."""
    found = json.loads(STORED.read_text())[kind][str(size)]
    assert found["cohorts"] == COHORTS
    for name in ASKED:
        one = found[name]
        assert 0.90 <= one["coverage"] <= 0.99, name
        if size == 400:
            for errors in (one, one["all"]):
                assert abs(errors["bias"]) <= 3 * errors["mc_error"], name


@pytest.mark.parametrize("kind", KINDS)
def test_all_causes_dilute(kind):
    """What the table is for: of all causes, the arms' ratio is nearer to 1 and that of age farther, by 4 errors."""
    found = json.loads(STORED.read_text())[kind]["400"]
    arm, age = found["arm"], found["age"]
    assert arm["all_cause_bias"] < -4 * arm["mc_error"]
    assert age["all_cause_bias"] > 4 * age["mc_error"]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_study_repeats(kind, size):
    """The first 100 of the 400 cohorts: the same seeds give the stored numbers, to 1e-6."""
    stored, again = json.loads(STORED.read_text())[kind][str(size)], recovered(kind, size, FIRST)
    for name in ASKED:
        for which in ("bias", "mc_error", "all_cause_bias"):
            assert again[name][which] == pytest.approx(stored[name][which], abs=1e-6)
