"""Estimates at the stop: by simulated paths, one look against the ordinary normal, coverage against its level."""

import math

import numpy as np
import pytest

from escc_bayes.trial.significance.estimation import Design, Stopped, estimators, median_unbiased
from escc_bayes.trial.significance.stagewise import stagewise_estimate

INFORMATION = np.array([25.0, 43.75, 62.5])
UPPER = np.array([3.357, 2.444, 2.0])
NONE = np.full(3, -np.inf)
FUTILE = np.array([0.0, 0.6, -np.inf])
PATHS = 200_000


def ended(effect, lower):
    """Return the look and Z at which 200,000 Brownian paths end."""
    gained = np.diff(INFORMATION, prepend=0.0)
    steps = np.random.default_rng(4).standard_normal((PATHS, 3)) * np.sqrt(gained) + effect * gained
    z = np.cumsum(steps, axis=1) / np.sqrt(INFORMATION)
    stop = (z > UPPER) | (z < lower)
    stop[:, -1] = True
    look = stop.argmax(axis=1)
    return look, z[np.arange(PATHS), look]


@pytest.mark.parametrize("lower", [NONE, FUTILE], ids=["without futility", "with futility"])
@pytest.mark.parametrize("effect", [0.0, 0.2, 0.35])
def test_the_naive_estimate_is_that_of_simulated_paths(effect, lower):
    """Bias, root mean square error and coverage within 4 errors of 200,000 paths."""
    naive, _ = estimators(Design(INFORMATION, lower, UPPER, NONE), effect, level=0.95)
    look, z = ended(effect, lower)
    error = z / np.sqrt(INFORMATION[look]) - effect
    assert naive.bias == pytest.approx(error.mean(), abs=4.0 * error.std() / math.sqrt(PATHS))
    assert naive.rmse**2 == pytest.approx(np.mean(error**2), abs=4.0 * np.std(error**2) / math.sqrt(PATHS))
    held = np.mean(np.abs(z - effect * np.sqrt(INFORMATION[look])) < 1.959964)
    assert naive.coverage == pytest.approx(held, abs=4.0 * math.sqrt(0.05 * 0.95 / PATHS))


@pytest.mark.parametrize("effect", [-0.1, 0.0, 0.2, 0.35])
@pytest.mark.parametrize("counted", [NONE, FUTILE], ids=["without futility", "binding"])
def test_adjusted_limits_hold_their_level_and_half_of_the_estimates_are_too_large(effect, counted):
    """The ordering counts on what stops the trial: coverage is exact, and so is the median."""
    _, adjusted = estimators(Design(INFORMATION, counted, UPPER, counted), effect, level=0.9)
    assert adjusted.coverage == pytest.approx(0.9, abs=1e-8)
    assert adjusted.median_bias == pytest.approx(0.0, abs=2e-3)


@pytest.mark.parametrize("look", [0, 1, 2])
def test_estimates_of_the_table_are_those_of_one_trial(look):
    """Interpolated probits against root finding, within a thousandth of a standard error."""
    z = np.linspace(-1.0, 4.0, 6)
    end = Stopped(look, float(INFORMATION[look]), z, np.ones(z.size))
    found = median_unbiased(end, Design(INFORMATION, NONE, UPPER, NONE), 0.3)
    one = [stagewise_estimate(INFORMATION[: look + 1], NONE[:look], UPPER[:look], at, 0.95).estimate for at in z]
    assert found == pytest.approx(one, abs=1e-3 / math.sqrt(float(INFORMATION[look])))


def test_one_look_is_the_ordinary_estimate():
    naive, adjusted = estimators(Design(INFORMATION[-1:], NONE[-1:], UPPER[-1:], NONE[-1:]), 0.3, level=0.95)
    for found in (naive, adjusted):
        assert found.bias == pytest.approx(0.0, abs=1e-4)
        assert found.rmse == pytest.approx(1.0 / math.sqrt(62.5), abs=1e-4)
        assert found.coverage == pytest.approx(0.95, abs=1e-8)
