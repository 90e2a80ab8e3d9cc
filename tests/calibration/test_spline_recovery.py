"""Curves of a number are recovered (``make calibrate``; some minutes)."""

import json

import pytest

from tests.calibration.spline_recovery import STORED, TRUTH, VALUES, recovered


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
