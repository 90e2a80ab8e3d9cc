"""Weibull hazards against scipy.stats, quadrature and the incomplete gamma function."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from escc_bayes.hazard import weibull

SHAPES = [0.4, 0.7, 1.0, 1.5, 2.5, 5.0]


def draws(shape, cumulative):
    return np.array([np.log(cumulative)]), np.array([np.log(shape)])


@pytest.mark.parametrize("shape", SHAPES)
def test_survival_and_hazard_match_scipy_stats(shape):
    # H(t) = c (t / t0)^k is scipy's weibull_min with scale t0 c^(-1/k).
    times = np.array([0.2, 3.0, 24.0, 60.0])
    other = stats.weibull_min(shape, scale=24.0 * 0.7 ** (-1 / shape))
    H = weibull.cumulative_hazard(*draws(shape, 0.7), 24.0, times)[0]
    log_h = weibull.log_hazard(*draws(shape, 0.7), 24.0, times)[0]
    np.testing.assert_allclose(np.exp(-H), other.sf(times), rtol=1e-12)
    np.testing.assert_allclose(log_h, other.logpdf(times) - other.logsf(times), rtol=0, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_cumulative_hazard_is_the_integral_of_the_hazard(shape):
    # Substituting t = v^4 takes the pole of shapes below 1 at zero away from quad.
    level = draws(shape, 0.7)

    def hazard(v):
        return np.exp(weibull.log_hazard(*level, 24.0, np.array([v**4]))[0, 0]) * 4.0 * v**3

    area, _ = integrate.quad(hazard, 0.0, 30.0**0.25, epsabs=1e-12)
    assert weibull.cumulative_hazard(*level, 24.0, np.array([30.0]))[0, 0] == pytest.approx(area, abs=1e-9)


def test_cumulative_hazard_at_zero_is_zero():
    assert weibull.cumulative_hazard(*draws(0.4, 0.7), 24.0, np.zeros(1))[0, 0] == 0.0


@pytest.mark.parametrize("shape", SHAPES)
def test_time_at_inverts_the_cumulative_hazard(shape):
    times = np.array([1e-3, 1.0, 24.0, 100.0])
    target = weibull.cumulative_hazard(*draws(shape, 0.7), 24.0, times)
    np.testing.assert_allclose(weibull.time_at(*draws(shape, 0.7), 24.0, target)[0], times, rtol=1e-11)
    assert weibull.time_at(*draws(shape, 0.7), 24.0, np.zeros((1, 1)))[0, 0] == 0.0


@pytest.mark.parametrize("shape", [0.4, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("relative", [0.01, 0.3, 1.0, 8.0])
def test_restricted_mean_matches_adaptive_quadrature(shape, relative):
    level = draws(shape, 0.7)

    def survival(t):
        return np.exp(-relative * weibull.cumulative_hazard(*level, 24.0, np.array([t]))[0, 0])

    area, _ = integrate.quad(survival, 0.0, 60.0, epsabs=1e-11, epsrel=1e-12, limit=400)
    found = weibull.restricted_mean(*level, 24.0, np.full((1, 1), relative), np.ones((1, 1)), np.array([60.0]))
    assert found.item() == pytest.approx(area, abs=1e-8)


@pytest.mark.parametrize("shape", [0.4, 1.0, 5.0])
@pytest.mark.parametrize("cumulative", [1e-3, 1.0, 30.0, 1000.0])
def test_restricted_mean_matches_the_incomplete_gamma_function(shape, cumulative):
    # Integral of exp(-c (t/u)^k) over (0, u] = u c^(-1/k) Gamma(1 + 1/k) P(1/k, c), P the regularised lower function.
    exact = 60.0 * cumulative ** (-1 / shape) * special.gamma(1 + 1 / shape) * special.gammainc(1 / shape, cumulative)
    found = weibull.restricted_mean(*draws(shape, cumulative), 60.0, np.ones((1, 1)), np.ones((1, 1)), np.array([60.0]))
    assert found.item() == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize("shape", [0.4, 1.0, 2.4, 5.0])
@pytest.mark.parametrize("until", [[12.0, 24.0, 36.0], [1.0, 2.0, 60.0], [0.1, 59.0, 60.0]])
@pytest.mark.parametrize("cumulative", [1e-3, 2.0, 90.0, 1000.0])
def test_restricted_means_to_several_months_are_those_to_each(shape, until, cumulative):
    """Two patients, the second with twice the hazard and a third of the weight; by the incomplete gamma function."""
    months, relative, share = np.array(until), np.array([[1.0], [2.0]]), np.array([[0.75, 0.25]])
    found = weibull.restricted_mean(*draws(shape, cumulative), 60.0, relative, share, months)[0, 0]
    reached = cumulative * relative * (months / 60.0) ** shape
    exact = months * reached ** (-1 / shape) * special.gamma(1 + 1 / shape) * special.gammainc(1 / shape, reached)
    np.testing.assert_allclose(found, share[0] @ exact, rtol=0, atol=1e-8)


@pytest.mark.parametrize("groups", [1, 3])
def test_restricted_means_of_gentle_and_steep_draws_do_not_depend_on_each_other(groups):
    """Each draw is integrated with as many nodes as it needs alone, and each group as it would be alone."""
    rng = np.random.default_rng(5)
    level = np.log([0.01, 0.4, 5.0, 80.0, 900.0, 2.0]), np.log([0.6, 1.0, 1.3, 0.8, 2.0, 4.0])
    relative, share = np.exp(rng.normal(size=(4, 6))), rng.dirichlet(np.ones(4), size=groups)
    months = np.array([20.0, 60.0])
    found = weibull.restricted_mean(*level, 60.0, relative, share, months)
    for draw in range(6):
        alone = (level[0][[draw]], level[1][[draw]], 60.0, relative[:, [draw]])
        for group in range(groups):
            one = weibull.restricted_mean(*alone, share[[group]], months)
            np.testing.assert_allclose(found[group, draw], one[0, 0], rtol=0, atol=1e-12)
