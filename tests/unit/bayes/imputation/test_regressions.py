"""The regressions that impute: probabilities, their derivatives, modes and draws."""

import numpy as np
import pytest
from scipy import stats

from escc_bayes.bayes.imputation.categorical import cumulative, draw_probabilities, mode, multinomial
from escc_bayes.bayes.imputation.continuous import draw_regression
from escc_bayes.foundation.errors import CohortError


def predictors(n, seed=0):
    rng = np.random.default_rng(seed)
    return np.column_stack([np.ones(n), rng.integers(0, 2, n), rng.standard_normal(n)])


@pytest.mark.parametrize("make", [multinomial, cumulative])
def test_probabilities_add_up_and_their_derivatives_are_those_of_differences(make):
    """Central differences, to 1e-8."""
    model = make(predictors(7), 4)
    theta = np.random.default_rng(1).normal(0.0, 0.5, model.prior_sd.size)
    p, d = model.probabilities(theta)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-14)
    assert (p > 0.0).all()
    for k, step in enumerate(np.eye(theta.size) * 1e-6):
        numeric = (model.probabilities(theta + step)[0] - model.probabilities(theta - step)[0]) / 2e-6
        np.testing.assert_allclose(d[:, :, k], numeric, atol=1e-8)


@pytest.mark.parametrize(("make", "levels"), [(multinomial, 2), (multinomial, 3), (cumulative, 3), (cumulative, 4)])
def test_the_mode_has_no_slope_and_is_that_of_a_general_optimiser(make, levels):
    """scipy.optimize on the log posterior, to 1e-4."""
    from scipy.optimize import minimize

    x = predictors(60)
    level = np.random.default_rng(2).integers(0, levels, 60)
    model = make(x, levels)
    found, _ = mode(model, level)
    assert np.abs(model.slope(found, level)[0]).max() < 1e-3
    other = minimize(lambda theta: -model.log_posterior(theta, level), np.zeros(model.prior_sd.size), method="BFGS")
    np.testing.assert_allclose(found, other.x, atol=2e-4)


def test_separated_levels_have_a_mode():
    """Every patient with the indicator has the level: maximum likelihood is infinite, the posterior is not."""
    x = np.column_stack([np.ones(30), np.repeat([0.0, 1.0], 15)])
    drawn = draw_probabilities(x, np.repeat([0, 1], 15), 2, ordered=False, rng=np.random.default_rng(1))
    assert np.isfinite(drawn).all()
    assert drawn[20, 1] > 0.7 > 0.3 > drawn[0, 1]


def test_draws_of_a_proportion_have_the_spread_of_its_posterior():
    """Intercept alone, 30 of 100: logit about log(3/7), SD 1 / sqrt(100 x 0.3 x 0.7) = 0.218."""
    x, level = np.ones((100, 1)), np.repeat([1, 0], [30, 70])
    rng = np.random.default_rng(3)
    p = np.array([draw_probabilities(x, level, 2, ordered=False, rng=rng)[0, 1] for _ in range(2000)])
    logit = np.log(p / (1.0 - p))
    assert logit.mean() == pytest.approx(np.log(3 / 7), abs=0.02)
    assert logit.std() == pytest.approx(0.218, rel=0.06)


def test_regression_draws_follow_the_t_distribution():
    """With an intercept alone the expectation is t with n - 1 degrees of freedom about the mean, scale s / sqrt(n)."""
    y = np.random.default_rng(4).normal(65.0, 9.0, 20)
    rng = np.random.default_rng(5)
    drawn = np.array([draw_regression(np.ones((20, 1)), y, "age", rng)[0][0] for _ in range(3000)])
    scaled = (drawn - y.mean()) / (y.std(ddof=1) / np.sqrt(20))
    assert stats.kstest(scaled, stats.t(19).cdf).pvalue > 0.01


def test_too_few_patients_for_the_regression_are_refused():
    with pytest.raises(CohortError, match=r"'age' is imputed by a regression of 3 coefficients, and 4 patients"):
        draw_regression(predictors(4), np.arange(4.0), "age", np.random.default_rng(1))
