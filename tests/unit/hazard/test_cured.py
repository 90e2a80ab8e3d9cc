"""Curves of patients of whom some are cured: the mixture by hand, and what follows from its cumulative hazard."""

import numpy as np
import pytest

from escc_bayes.hazard.baseline import WeibullHazard
from escc_bayes.hazard.cured import cured
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.proportional import Proportional


@pytest.fixture(scope="module")
def found():
    """Three patients in two draws, in which 20 and 60 % are cured."""
    rng = np.random.default_rng(5)
    baseline = WeibullHazard(np.log([0.6, 0.9]), np.log([1.3, 0.9]), 12.0)
    others = Proportional(rng.normal(0.0, 0.5, (2, 2)), baseline)
    return cured(others, np.log([0.25, 1.5])), rng.normal(size=(3, 2))


def test_survival_is_a_mixture(found):
    hazards, columns = found
    times, share = np.array([0.0, 6.0, 30.0, 400.0]), np.full((1, 3), 1.0 / 3.0)
    left = np.exp(-hazards.others.cumulative(columns, times)).mean(axis=0)
    fraction = np.array([0.2, 0.6])[:, None]
    expected = (fraction + (1.0 - fraction) * left).T
    np.testing.assert_allclose(hazards.survival(columns, share, times)[:, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(np.exp(-hazards.cumulative(columns, times)).mean(axis=0).T, expected, rtol=1e-12)


def test_restricted_mean_is_the_area(found):
    """Second source: trapezoids of 60,000 steps."""
    hazards, columns = found
    share, times = np.full((1, 3), 1.0 / 3.0), np.linspace(0.0, 60.0, 60_001)
    curves = hazards.survival(columns, share, times)[:, 0]
    means = hazards.restricted_mean(columns, share, np.array([60.0]))[0, :, 0]
    np.testing.assert_allclose(means, np.trapezoid(curves, times, axis=0), atol=1e-4)


def test_a_median_that_most_never_reach_is_infinite(found):
    hazards, columns = found
    share = np.full(3, 1.0 / 3.0)
    middle = hazards.median(columns, share)
    assert np.isinf(middle[1])
    assert hazards.survival(columns, share[None], middle[:1])[0, 0, 0] == pytest.approx(0.5, abs=1e-10)


def test_hazard_is_the_slope(found):
    hazards, columns = found
    times = np.array([5.0, 20.0, 60.0])
    ahead = np.broadcast_to(times + 1e-5, (2, 3))
    slope = (hazards.cumulative_at(columns, ahead) - hazards.cumulative_at(columns, ahead - 2e-5)) / 2e-5
    np.testing.assert_allclose(np.exp(hazards.log_hazard_at(columns, times)), slope, rtol=1e-6)


def test_predicted_months_are_those_of_the_general_way(found):
    """Second source: the root of the cumulative hazard, as of any model; infinite where it is never reached."""
    hazards, columns = found
    unit = np.random.default_rng(2).standard_exponential((2, 3)) * np.array([0.2, 1.0, 3.0])
    entry = np.array([0.0, 4.0, 1.0])
    mine = hazards.event_times(columns, entry, unit)
    general = PatientHazards.event_times(hazards, columns, entry, unit)
    assert np.isinf(mine).any()
    np.testing.assert_allclose(mine, general, rtol=1e-8)
