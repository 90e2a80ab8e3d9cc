"""Crossing probabilities against scipy's multivariate normal, and boundaries against their own definition."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from escc_bayes.trial.significance.boundaries import (
    futility_design,
    pocock_boundaries,
    spending_boundaries,
    spent_by_look,
)
from escc_bayes.trial.significance.boundary_crossing import boundary_crossing, upper_crossing
from escc_bayes.trial.significance.conditional_power import averaged_power, conditional_power
from escc_bayes.trial.significance.spending_functions import SPENDING, hwang_shih_decani, obrien_fleming

LOOKS = np.array([0.3, 0.7, 1.0]) * 40.0
UPPER = np.array([2.9, 2.4, 2.0])
LOWER = np.array([-0.5, 0.3, -np.inf])


@pytest.mark.parametrize("drift", [-0.2, 0.0, 0.3, 0.6])
def test_three_looks_agree_with_the_multivariate_normal(drift):
    """Paths inside both boundaries at two looks and above at the third: scipy.stats, absolute error 1e-6."""
    covariance = np.sqrt(np.minimum.outer(LOOKS, LOOKS) / np.maximum.outer(LOOKS, LOOKS))
    normal = multivariate_normal(mean=drift * np.sqrt(LOOKS), cov=covariance, seed=1, maxpts=2_000_000, abseps=1e-9)

    def inside(low, high):
        return normal.cdf(np.array(high), lower_limit=np.array(low))

    found = boundary_crossing(LOOKS, LOWER, UPPER, drift=drift)
    last = inside([-0.5, 0.3, 2.0], [2.9, 2.4, np.inf])
    second = inside([-0.5, 2.4, -np.inf], [2.9, np.inf, np.inf])
    low = inside([-0.5, -np.inf, -np.inf], [2.9, 0.3, np.inf])
    assert [found.upper[2], found.upper[1], found.lower[1]] == pytest.approx([last, second, low], abs=1e-6)


def test_every_path_ends_somewhere():
    bounds = np.array([2.9, 2.4, 2.0])
    found = boundary_crossing(LOOKS, np.array([-0.5, 0.3, 2.0]), bounds, drift=0.4)
    assert found.upper.sum() + found.lower.sum() == pytest.approx(1.0, abs=1e-12)


def test_many_drifts_at_once_agree_with_one_at_a_time():
    drifts = np.array([-3.0, -0.5, 0.0, 0.2, 0.6, 2.0])
    found = upper_crossing(LOOKS, LOWER, UPPER, drifts)
    single = [boundary_crossing(LOOKS, LOWER, UPPER, drift=drift).upper.sum() for drift in drifts.tolist()]
    assert found == pytest.approx(single, abs=1e-12)


@pytest.mark.parametrize("name", SPENDING)
def test_twenty_looks_spend_what_they_may(name):
    """An independent recursion under the found boundaries returns the spending function at every look."""
    fractions = tuple(k / 20 for k in range(1, 21))
    found = spending_boundaries(fractions, 0.025, SPENDING[name])
    wanted = [SPENDING[name](0.025, t) for t in fractions]
    assert spent_by_look(fractions, found) == pytest.approx(wanted, abs=1e-9)


def test_boundaries_hold_in_simulation():
    """200,000 Brownian paths at 5 looks; standard error 0.00035."""
    fractions = (0.2, 0.4, 0.6, 0.8, 1.0)
    bounds = pocock_boundaries(fractions, 0.025)
    steps = np.random.default_rng(8).standard_normal((200_000, 5)) * np.sqrt(0.2)
    z = np.cumsum(steps, axis=1) / np.sqrt(fractions)
    assert np.mean((z > bounds).any(axis=1)) == pytest.approx(0.025, abs=4.0 * 0.00035)


def test_a_futility_design_has_its_power():
    found = futility_design(
        (0.4, 0.7, 1.0), alpha=0.025, power=0.85, spending=obrien_fleming, beta_spending=hwang_shih_decani(-2.0)
    )
    at = boundary_crossing(found.fractions, found.lower, found.upper, drift=found.drift)
    assert at.upper.sum() == pytest.approx(0.85, abs=1e-9)
    assert found.lower[-1] == pytest.approx(found.upper[-1], abs=1e-9)


def test_predictive_power_averages_conditional_power_over_the_posterior():
    """Gauss-Hermite over the normal posterior of the drift; a drift that is known gives conditional power itself."""
    z, t, bound, mean, sd = 0.8, 0.4, 1.98, 2.0, 1.5
    precision = 1.0 / sd**2 + t
    centre = (mean / sd**2 + z * t**0.5) / precision
    x, w = np.polynomial.hermite_e.hermegauss(80)
    powers = [conditional_power(z, t, bound, drift) for drift in centre + x / precision**0.5]
    found = averaged_power(np.array(z), t, bound, np.array([centre, mean]), np.array([precision**-0.5, 0.0]))
    assert found[0] == pytest.approx(w @ powers / w.sum(), abs=1e-10)
    assert found[1] == pytest.approx(conditional_power(z, t, bound, mean), abs=1e-14)
