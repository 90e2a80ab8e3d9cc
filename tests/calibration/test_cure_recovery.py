"""A cure fraction, hazard ratios of the others and survival: bias and coverage over simulated cohorts."""

import json

import pytest

from tests.calibration.cure_recovery import ASKED, KINDS, SIZES, STORED, recovered

QUANTITIES = ("cure", *ASKED)
PIECES = ("piecewise", "piecewise_long", "piecewise_longest")


# Where one rate holds beyond month 24 and follow-up ends between months 24 and 84, late and cured are told by few
# patients: what one fixed share gives there is stored, and asked of truths from the prior (``cure_drawn``).
IDENTIFIED = tuple(kind for kind in KINDS if kind != "piecewise")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_stored_study_recovers(kind, size):
    """At 400 bias within 3 Monte Carlo errors; intervals cover 90 to 99 % at both sizes."""
    found = json.loads(STORED.read_text())[kind][str(size)]
    assert found["cohorts"] == 100
    for name in QUANTITIES:
        if name == "cure" and kind not in IDENTIFIED:
            continue
        one = found[name]
        assert 0.90 <= one["coverage"] <= 0.99, name
        if size == 400:
            assert abs(one["bias"]) <= 3 * one["mc_error"], name


def test_the_share_is_known_from_120_months_on():
    """The bias at one fixed share goes with follow-up: to 84, 120 and 144 months, at 400 patients and at 79.

    It is no pull of the prior (that of 400 patients would be 0.005), and survival at 60 months has none.
    """
    found = json.loads(STORED.read_text())
    for size in ("79", "400"):
        to_84, to_120, to_144 = (found[kind][size]["cure"]["bias"] for kind in PIECES)
        assert to_84 < to_120 < to_144 < 0.0
    assert found["piecewise"]["400"]["cure"]["bias"] > -0.1


# In some cohorts nuts answers (`by_nuts` of the stored study counts them), in a few no engine is fit: all are counted.
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.EsccBayesWarning")
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_study_repeats(kind, size):
    """The same seeds give the stored numbers, to 1e-6."""
    stored, again = json.loads(STORED.read_text())[kind][str(size)], recovered(kind, size)
    for name in QUANTITIES:
        assert again[name]["bias"] == pytest.approx(stored[name]["bias"], abs=1e-6)
        assert again[name]["coverage"] == stored[name]["coverage"]
