"""Curves of a number are recovered (``make calibrate``; some minutes).

Of a fixed truth a posterior mean is off by the prior's pull towards a straight line (of truths drawn from the prior it
is not: ``drawn_truths.py``) and by what the knots cannot follow, so that 0.1 on the log scale is allowed; the maximum
of the likelihood at a truth that its knots can follow is not.
"""

import json

import pytest

from tests.calibration.spline_recovery import STORED, TRUTH, VALUES, maxima, recovered


def assert_recovered(found):
    """Bias within 0.1 on the log scale and 95 % intervals that cover 90 to 100 % of 100 cohorts, at every value."""
    assert found["not_fit_for_use"] == 0
    for value in VALUES:
        at = found[f"{value:g}"]
        assert abs(at["bias"]) <= 0.1, value
        assert at["coverage"] >= 0.90, value


@pytest.mark.parametrize("shape", TRUTH)
def test_the_stored_study_recovers_every_curve(shape):
    assert_recovered(json.loads(STORED.read_text())[shape])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
@pytest.mark.parametrize("shape", TRUTH)
def test_the_study_repeats(shape):
    assert_recovered(recovered(shape))


def assert_unbiased(found):
    """Cox whose knots can follow the truth, 2,000 cohorts: within 0.012 of it.

    A maximum of the likelihood has a bias of the order of the truth over the events per coefficient, 0.67 x 5 / 280
    (measured: up to 0.0065, Monte Carlo error 0.0025 to 0.0038); what 6 knots cannot follow is 0.05 to 0.08.
    """
    for value in VALUES:
        assert abs(found[f"{value:g}"]["bias"]) <= 0.012, value


def test_the_stored_maxima_have_no_bias():
    assert_unbiased(json.loads(STORED.read_text())["cox_through_knots"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
def test_the_maxima_repeat():
    assert_unbiased(maxima())
