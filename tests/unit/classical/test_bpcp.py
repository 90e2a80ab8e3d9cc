"""Beta product limits: Clopper-Pearson without censoring, products of betas drawn at random, and by hand."""

import numpy as np
import pytest
from scipy.special import betaincinv

from escc_bayes.classical.bpcp import beta_product_limits
from escc_bayes.classical.km import kaplan_meier


def clopper_pearson(alive, n, level):
    """The exact binomial interval by its beta quantiles, Clopper & Pearson 1934, Biometrika 26:404."""
    tail = (1 - level) / 2
    lower = betaincinv(alive, n - alive + 1, tail) if alive else 0.0
    upper = betaincinv(alive + 1, n - alive, 1 - tail) if alive < n else 1.0
    return lower, upper


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("n", [1, 6, 23])
def test_without_censoring_limits_are_those_of_clopper_and_pearson(n, level):
    lower, upper = beta_product_limits(kaplan_meier(np.arange(1.0, n + 1), np.ones(n), level=level), level)
    expected = [clopper_pearson(n - dead, n, level) for dead in range(n + 1)]
    np.testing.assert_allclose(np.column_stack((lower, upper)), expected, atol=1e-10)


def test_tied_deaths_are_one_step_of_the_binomial():
    # Five of nine die at month 2: alive 4 of 9 from then on.
    time = np.array([2.0] * 5 + [7.0] * 4)
    lower, upper = beta_product_limits(kaplan_meier(time, time < 7, level=0.95), 0.95)
    assert (lower[1], upper[1]) == pytest.approx(clopper_pearson(4, 9, 0.95))


def test_six_of_six_alive_is_at_least_54_percent_by_hand():
    # Beta(6, 1) has the distribution function x^6: its 2.5 % quantile is 0.025^(1/6) = 0.5407.
    curve = kaplan_meier(np.arange(26.0, 32.0), np.zeros(6), level=0.95)
    lower, upper = beta_product_limits(curve, 0.95)
    assert lower[0] == pytest.approx(0.025 ** (1 / 6), abs=1e-12)
    np.testing.assert_allclose(lower[1:], [0.025 ** (1 / left) for left in (5, 4, 3, 2, 1)] + [0.0], atol=1e-12)
    assert (upper == 1.0).all()


def test_censored_product_is_near_the_quantiles_of_products_drawn_at_random():
    # S after deaths with 10 and 6 at risk: Beta(10, 1) Beta(6, 1), and Beta(5, 1) more below. 400,000 draws leave a
    # Monte Carlo error of 0.001; matching two moments costs less than 0.005.
    rng = np.random.default_rng(3)
    time = np.array([1.0, 2, 2, 2, 3, 4, 5, 6, 7, 8])
    event = np.array([1, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    lower, upper = beta_product_limits(kaplan_meier(time, event, level=0.95), 0.95)
    above = rng.beta(10, 1, 400_000) * rng.beta(6, 1, 400_000)
    assert upper[3] == pytest.approx(np.quantile(above, 0.975), abs=0.006)
    assert lower[3] == pytest.approx(np.quantile(above * rng.beta(5, 1, 400_000), 0.025), abs=0.006)


def test_last_death_leaves_a_lower_limit_of_0_and_an_upper_one_above():
    lower, upper = beta_product_limits(kaplan_meier(np.array([1.0, 2.0]), np.ones(2), level=0.95), 0.95)
    assert lower[-1] == 0.0
    assert upper[-1] == pytest.approx(1 - 0.025 ** (1 / 2))
